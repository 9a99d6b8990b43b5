"""Hypotheses: what is kept, since when it is shipped, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from db.annotations import Draft as Note
from db.annotations import annotate
from db.errors import BadHypothesis, UnknownHypothesis
from db.hypotheses import Draft, conclude, link_release, propose, set_hypothesis_state
from db.tables import hypotheses, requests

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
RELEASED = NOW - timedelta(days=9)
BELIEF = Draft("Faster export brings people back", "actors", 0.1, guardrails=("error_rate",))


@pytest.fixture
def release(conn, project):
    return annotate(conn, project.id, Note("release", "Version 2", at=RELEASED)).id


def kept(conn, hypothesis):
    return conn.execute(select(hypotheses).where(hypotheses.c.id == hypothesis)).one()


def test_what_is_believed_is_kept(conn, project, release):
    request = insert(requests).values(project_id=project.id, actor_key=1, title="a", asked_at=NOW)
    linked = conn.execute(request.returning(requests.c.id)).scalar_one()
    draft = replace(
        BELIEF,
        statement="  Faster \n export ",
        event="feature_use",
        subject="export",
        request_id=linked,
        annotation_id=release,
        experiment="export-2",
    )
    row = kept(conn, propose(conn, project.id, draft))
    assert (row.statement, row.metric, row.expected) == ("Faster export", "actors", 0.1)
    assert (row.event, row.subject, row.experiment) == ("feature_use", "export", "export-2")
    assert (row.request_id, row.annotation_id, row.guardrails) == (linked, release, ["error_rate"])
    assert (row.state, row.shipped_at) == ("proposed", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"statement": " "}, "statement"),
        ({"statement": "x" * 501}, "statement"),
        ({"statement": "a\x00b"}, "statement"),
        ({"metric": ""}, "metric"),
        ({"expected": 0.0}, "expected"),
        ({"expected": float("nan")}, "expected"),
        ({"expected": -1.01}, "expected"),
        ({"expected": 10.5}, "expected"),
        ({"subject": "export"}, "subject"),
        ({"guardrails": ("actors",)}, "guardrails"),
        ({"guardrails": ("events", "events")}, "guardrails"),
        ({"guardrails": tuple("abcdef")}, "guardrails"),
        ({"request_id": 999_999}, "request_id"),
        ({"theme_id": 999_999}, "theme_id"),
        ({"annotation_id": 999_999}, "annotation_id"),
    ],
)
def test_what_can_not_be_is_refused_by_its_field(conn, project, change, field):
    with pytest.raises(BadHypothesis, match=f"^{field}:"):
        propose(conn, project.id, replace(BELIEF, **change))


def test_another_projects_release_can_not_be_linked(conn, berlin, release):
    with pytest.raises(BadHypothesis, match="annotation_id"):
        propose(conn, berlin.id, replace(BELIEF, annotation_id=release))


def test_it_is_shipped_since_its_release(conn, project, release):
    made = propose(conn, project.id, replace(BELIEF, annotation_id=release))
    set_hypothesis_state(conn, project.id, made, "shipped", NOW)
    assert kept(conn, made).shipped_at == RELEASED
    set_hypothesis_state(conn, project.id, made, "confirmed", NOW)
    assert kept(conn, made).shipped_at == RELEASED


def test_without_a_release_it_is_shipped_now_until_one_is_linked(conn, project, release):
    made = propose(conn, project.id, BELIEF)
    set_hypothesis_state(conn, project.id, made, "shipped", NOW)
    assert kept(conn, made).shipped_at == NOW
    link_release(conn, project.id, made, release)
    assert kept(conn, made).shipped_at == RELEASED
    link_release(conn, project.id, made, None)
    assert (kept(conn, made).annotation_id, kept(conn, made).shipped_at) == (None, RELEASED)


def test_a_release_that_is_planned_ships_nothing_yet(conn, project, release):
    made = propose(conn, project.id, BELIEF)
    link_release(conn, project.id, made, release)
    assert kept(conn, made).shipped_at is None


def test_what_is_taken_back_is_not_shipped(conn, project):
    made = propose(conn, project.id, BELIEF)
    set_hypothesis_state(conn, project.id, made, "shipped", NOW)
    set_hypothesis_state(conn, project.id, made, "testing", NOW)
    assert kept(conn, made).shipped_at is None


@pytest.mark.parametrize(
    ("decision", "state", "shipped"),
    [
        ("shipped", "confirmed", NOW),
        ("rolled_back", "refuted", None),
        ("inconclusive", "inconclusive", None),
    ],
)
def test_a_decision_concludes_what_its_experiment_was_to_test(
    conn, project, berlin, decision, state, shipped
):
    belief = replace(BELIEF, experiment="short")
    ours, other = propose(conn, project.id, belief), propose(conn, project.id, BELIEF)
    elsewhere = propose(conn, berlin.id, belief)
    conclude(conn, project.id, "short", decision, NOW)
    assert (kept(conn, ours).state, kept(conn, ours).shipped_at) == (state, shipped)
    assert {kept(conn, each).state for each in (other, elsewhere)} == {"proposed"}


def test_what_was_shipped_with_a_release_stays_so_when_it_is_concluded(conn, project, release):
    draft = replace(BELIEF, experiment="short", annotation_id=release)
    made = propose(conn, project.id, draft)
    for decision in ("shipped", "rolled_back"):
        conclude(conn, project.id, "short", decision, NOW)
        assert kept(conn, made).shipped_at == RELEASED


def test_what_is_no_decision_concludes_nothing(conn, project):
    with pytest.raises(BadHypothesis, match="decision"):
        conclude(conn, project.id, "short", "", NOW)


def test_a_state_that_does_not_exist_is_refused(conn, project):
    made = propose(conn, project.id, BELIEF)
    with pytest.raises(BadHypothesis, match="state"):
        set_hypothesis_state(conn, project.id, made, "done", NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda conn, project, one: set_hypothesis_state(conn, project, one, "shipped", NOW),
        lambda conn, project, one: link_release(conn, project, one, None),
    ],
)
def test_another_projects_hypothesis_is_unknown(conn, project, berlin, change):
    made = propose(conn, project.id, BELIEF)
    with pytest.raises(UnknownHypothesis):
        change(conn, berlin.id, made)

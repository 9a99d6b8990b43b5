"""What speaks for each request and pain theme, against plain Python on random worlds."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, text, update

from analytics.feedback.roadmap import evidence, evidence_sql
from analytics.feedback.roadmap.evidence import EVIDENCE
from analytics.scope import PUBLIC
from analytics.showing import shown
from db import tables
from db.access import project_secret
from db.identity import actor_key
from db.segments import create_segment
from tests.analytics.feedback.roadmap import reference
from tests.analytics.reference import anyone, asking

EXACT = ("kind", "item", "state", "people", "mrr_cents", "votes", "comments", "scored", "subject")
CLOSE = ("mood", "negative", "error_rate", "effort")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def world(conn, project, add_events):
    """A random world that is stored, by its seed."""
    return lambda seed: reference.store(conn, project, reference.world(seed), add_events)


def asked(project, first=0, last=10, **more):
    start = reference.DAY
    return asking(project, start + timedelta(days=first), start + timedelta(days=last), **more)


def by_title(rows, title):
    return rows[rows["title"] == title].iloc[0]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("first", "last"), [(0, 10), (3, 7)])
def test_it_is_what_plain_python_counts(conn, project, world, seed, first, last):
    made = world(seed)
    found = evidence(conn, anyone(project), asked(project, first, last))
    expected = reference.evidence(made, first, last)
    assert len(found) == len(expected)
    for row, theirs in zip(found.to_dict("records"), expected, strict=True):
        assert {name: row[name] for name in EXACT} == {name: theirs[name] for name in EXACT}
        for name in CLOSE:
            wanted = float("nan") if theirs[name] is None else theirs[name]
            assert row[name] == pytest.approx(wanted, nan_ok=True), name


def test_the_query_that_is_shown_gives_the_same(conn, project, world):
    world(3)
    viewer, filters = anyone(project), asked(project)
    rows = conn.execute(text(shown(evidence_sql(viewer, filters)).replace(":", "\\:"))).all()
    found = evidence(conn, viewer, filters)
    assert [(row.kind, row.item, row.people) for row in rows] == list(
        found[["kind", "item", "people"]].itertuples(index=False, name=None)
    )


def test_a_segment_keeps_its_members_comments_votes_and_failures(conn, project, world):
    made = world(1)
    segment = create_segment(conn, project.id, "one", "{}", None)
    member = actor_key(project_secret(conn, project.id), "u3")
    theirs = {"project_id": project.id, "segment_id": segment, "actor_key": member}
    conn.execute(insert(tables.segment_members).values(theirs))
    made.comments = [comment for comment in made.comments if comment.who == "u3"]
    made.votes = [vote for vote in made.votes if vote[1] == "u3"]
    made.events = [event for event in made.events if event[0] == "u3"]
    found = evidence(conn, anyone(project), asked(project, segment=segment))
    expected = reference.evidence(made, 0, 10)
    assert list(found["people"]) == [row["people"] for row in expected]
    assert found["people"].max() == 1
    assert list(found["votes"]) == [row["votes"] for row in expected]
    assert list(found["error_rate"].fillna(-1)) == pytest.approx(
        [-1 if row["error_rate"] is None else row["error_rate"] for row in expected]
    )


def test_without_prices_nobody_has_a_known_revenue(conn, project, world):
    world(0)
    conn.execute(delete(tables.plan_prices))
    assert evidence(conn, anyone(project), asked(project))["mrr_cents"].isna().all()


def test_the_plan_is_the_latest_even_when_the_range_ended_before(conn, project, add_events):
    somebody = {
        "project_id": project.id,
        "actor_key": actor_key(project_secret(conn, project.id), "u1"),
    }
    asked_for = {"title": "faster", "asked_at": NOON}
    request = insert(tables.requests).values(somebody | asked_for).returning(tables.requests.c.id)
    vote = {"request_id": conn.execute(request).scalar_one(), "voted_at": NOON}
    conn.execute(insert(tables.votes).values(somebody | vote))
    for plan, cents in (("free", 0), ("pro", 900)):
        price = {"project_id": project.id, "plan": plan, "monthly_cents": cents, "currency": "EUR"}
        conn.execute(insert(tables.plan_prices).values(price))
    add_events(project, "u1 open 2026-03-03T10:00Z plan=free", "u1 open 2026-03-20T10:00Z plan=pro")
    (row,) = evidence(conn, anyone(project), asked(project)).to_dict("records")
    assert (row["people"], row["mrr_cents"]) == (1, 900)


def test_a_comment_of_nobody_known_counts_as_one_persons(conn, project, world):
    made = world(2)
    conn.execute(update(tables.feedback).values(actor_key=0))
    row = by_title(evidence(conn, anyone(project), asked(project)), "theme 0")
    assert row["people"] == row["comments"] == reference.evidence(made, 0, 10)[3]["comments"]
    assert row["mrr_cents"] == 0


def test_what_somebody_asked_lately_of_one_project_is_nothing_in_another(
    conn, project, berlin, world
):
    world(0)
    assert evidence(conn, anyone(project, berlin), asked(berlin)).empty


def test_a_stranger_gets_the_columns_alone(conn, project, world):
    world(0)
    found = evidence(conn, PUBLIC, asked(project))
    assert found.empty
    assert found.dtypes.astype(str).to_dict() == EVIDENCE

"""After six months of personal feedback the scores are left."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.access import create_project
from db.feedback import Said, record
from db.tables import feedback, feedback_history, invitations, surveys
from jobs.forgetting import forget_old_feedback
from jobs.upkeep import keep_up

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
EDGE = datetime(2026, 3, 15, 12, tzinfo=UTC)
OLD, YOUNG = EDGE - timedelta(seconds=1), EDGE + timedelta(seconds=1)
WORDS = {"comment": "Slow", "context": {"screen": "home"}, "subject": "export", "plan": "pro"}


@pytest.fixture
def kept(conn):
    def read(*names):
        chosen = select(*(feedback.c[name] for name in names)).order_by(feedback.c.id)
        return [tuple(row) for row in conn.execute(chosen)]

    return read


def test_what_is_old_loses_its_person_and_words_and_keeps_its_score(conn, project, kept):
    for at in (OLD, EDGE, YOUNG):
        record(conn, project.id, 7, Said(at, interaction=f"{at}", score=2, helpful=False, **WORDS))
    scored = {"sentiment": "negative", "compound": -0.4, "lexicon": "1", "released_at": NOW}
    conn.execute(feedback.update().values(scored))
    assert forget_old_feedback(conn, NOW) == 1
    assert kept("actor_key", "comment", "context", "released_at") == [
        (0, None, None, None),
        (7, "Slow", {"screen": "home"}, NOW),
        (7, "Slow", {"screen": "home"}, NOW),
    ]
    assert [bool(interaction) for (interaction,) in kept("interaction")] == [False, True, True]
    same = (2, False, "negative", "export", "pro")
    assert kept("score", "helpful", "sentiment", "subject", "plan") == [same] * 3


def test_forgetting_again_changes_nothing(conn, project, kept):
    record(conn, project.id, 7, Said(OLD, interaction="i1", score=2, **WORDS))
    assert forget_old_feedback(conn, NOW) == 1
    once = kept(*feedback.c.keys())
    assert forget_old_feedback(conn, NOW) == 0
    assert kept(*feedback.c.keys()) == once


def test_two_people_may_be_forgotten_who_spoke_of_the_same_interaction(conn, project, kept):
    for key in (7, 8):
        record(conn, project.id, key, Said(OLD, interaction="i1", score=2))
    assert forget_old_feedback(conn, NOW) == 2
    assert kept("actor_key", "interaction") == [(0, ""), (0, "")]


def test_what_was_changed_lately_is_not_old_but_what_was_said_before_is(conn, project, kept):
    record(conn, project.id, 7, Said(OLD, interaction="i1", comment="Slow"))
    record(conn, project.id, 7, Said(YOUNG, interaction="i1", comment="Slower"))
    assert forget_old_feedback(conn, NOW) == 0
    assert kept("actor_key", "comment") == [(7, "Slower")]
    assert conn.execute(select(feedback_history)).all() == []


def test_an_old_invitation_was_shown_to_nobody_known(conn, project):
    survey = {"project_id": project.id, "name": "s", "questions": [], "starts_at": OLD}
    survey_id = conn.execute(surveys.insert().values(survey).returning(surveys.c.id)).scalar_one()
    for at in (OLD, YOUNG):
        place = {"project_id": project.id, "survey_id": survey_id, "actor_key": 7}
        conn.execute(invitations.insert().values(place | {"shown_at": at, "answered_at": at}))
    forget_old_feedback(conn, NOW)
    shown = select(invitations.c.actor_key, invitations.c.answered_at).order_by(invitations.c.id)
    assert [tuple(row) for row in conn.execute(shown)] == [(0, OLD), (7, YOUNG)]


def test_a_project_that_keeps_events_for_less_keeps_feedback_for_less(conn, kept):
    short = create_project(conn, "short", consent="opt-out", retention_months=2)
    long = create_project(conn, "long", consent="opt-out", retention_months=24)
    three_months_ago = NOW - timedelta(days=92)
    for project in (short, long):
        record(conn, project.id, 7, Said(three_months_ago, score=2))
        record(conn, project.id, 7, Said(OLD, score=2))
    forget_old_feedback(conn, NOW)
    assert kept("actor_key") == [(0,), (0,), (7,), (0,)]


def test_the_worker_forgets_at_its_upkeep(own_engine):
    with own_engine.begin() as conn:
        project = create_project(conn, "shop", consent="opt-out", retention_months=None)
        record(conn, project.id, 7, Said(OLD, comment="Slow"))
    keep_up(own_engine, NOW)
    with own_engine.connect() as conn:
        assert conn.execute(select(feedback.c.actor_key, feedback.c.comment)).one() == (0, None)

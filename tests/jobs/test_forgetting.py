"""After six months of personal feedback the scores are left."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from db.access import create_project
from db.feedback import Said, record
from db.outbox import Letter, post
from db.requests import Wish, ask_for
from db.tables import (
    feedback,
    feedback_history,
    invitations,
    messages,
    notices,
    requests,
    surveys,
    votes,
)
from db.targets import set_target
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


@pytest.mark.parametrize(
    ("quiet_days", "ended", "known"), [(365, None, 7), (365, OLD, 0), (90, None, 0)]
)
def test_an_invitation_is_known_for_as_long_as_it_keeps_a_survey_quiet(
    conn, project, quiet_days, ended, known
):
    survey = {"project_id": project.id, "name": "s", "questions": [], "starts_at": OLD}
    asked = surveys.insert().values(survey | {"quiet_days": quiet_days, "ends_at": ended})
    survey_id = conn.execute(asked.returning(surveys.c.id)).scalar_one()
    place = {"project_id": project.id, "survey_id": survey_id, "actor_key": 7}
    conn.execute(invitations.insert().values(place | {"shown_at": OLD}))
    forget_old_feedback(conn, NOW)
    assert conn.execute(select(invitations.c.actor_key)).scalars().all() == [known]


@pytest.fixture
def wanted(conn, project):
    """Make a request of 7 that 8 voted for and 7 was told of, with these columns; its id."""

    def make(name, **columns):
        made = ask_for(conn, project.id, 7, Wish(name, "My eyes."), OLD).id
        conn.execute(update(requests).where(requests.c.id == made).values(columns))
        conn.execute(votes.insert().values(MINE | {"project_id": project.id, "request_id": made}))
        told = {"project_id": project.id, "request_id": made, "actor_key": 7}
        conn.execute(notices.insert().values(told))
        return made

    return make


MINE = {"actor_key": 8, "voted_at": OLD}
ANSWERED = {
    "shipped long ago": ({"state": "shipped", "shipped_at": OLD, "told_at": OLD}, True),
    "declined long ago": ({"state": "declined", "closed_at": OLD}, True),
    "declined lately": ({"state": "declined", "closed_at": YOUNG}, False),
    "declined, nobody knows when": ({"state": "declined", "closed_at": None}, True),
    "still open": ({"state": "open"}, False),
    "shipped lately": ({"state": "shipped", "shipped_at": YOUNG}, False),
    "told of lately": ({"state": "shipped", "shipped_at": OLD, "told_at": YOUNG}, False),
}


@pytest.mark.parametrize(("columns", "forgotten"), ANSWERED.values(), ids=ANSWERED.keys())
def test_who_wanted_what_was_answered_long_ago_is_forgotten(conn, wanted, columns, forgotten):
    made = wanted("Dark mode", **columns)
    forget_old_feedback(conn, NOW)
    row = conn.execute(select(requests).where(requests.c.id == made)).one()
    assert row.title == "Dark mode"
    assert (row.actor_key, row.details) == ((0, "") if forgotten else (7, "My eyes."))
    assert (row.external_id is None) == forgotten
    for table, kept in ((votes, 2), (notices, 1)):
        assert len(conn.execute(select(table)).all()) == (0 if forgotten else kept)


def test_what_was_merged_is_forgotten_with_what_it_was_merged_into(conn, project, wanted):
    answered = wanted("Dark mode", state="shipped", shipped_at=OLD)
    waiting = wanted("Night colours", state="open")
    for into in (answered, waiting):
        wanted(f"Merged into {into}", merged_into=into)
    forget_old_feedback(conn, NOW)
    actors = conn.execute(select(requests.c.actor_key).order_by(requests.c.id)).scalars().all()
    assert actors == [0, 7, 0, 7]


def test_a_message_that_was_sent_is_kept_for_a_month(conn, project):
    set_target(conn, project.id, "team", "json://127.0.0.1:9/", ("shipped",))
    month = timedelta(days=30)
    for about, at, due in (
        ("old", NOW - month - timedelta(seconds=1), None),
        ("young", NOW - month, None),
        ("waiting", NOW - 2 * month, NOW),
    ):
        post(conn, project.id, "shipped", about, Letter("t", "m", "h"), at)
        chosen = update(messages).where(messages.c.about == about)
        conn.execute(chosen.values(created_at=at, due_at=due))
    forget_old_feedback(conn, NOW)
    left = conn.execute(select(messages.c.about).order_by(messages.c.id)).scalars().all()
    assert left == ["young", "waiting"]


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

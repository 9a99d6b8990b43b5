"""What the people of the demo say, and that it fits what they do."""

from datetime import timedelta

import pandas as pd
import pytest
from sqlalchemy import func, select

from db.access import create_demo
from db.demo import fill
from db.demo.consenting import FEEDBACK, decisions
from db.demo.experiments.trials import TRIALS
from db.demo.feedback.topics import TOPICS
from db.demo.load import EVENTS_PER_COMMENT
from db.errors import BadSetting
from db.tables import (
    DIMENSIONS,
    OPEN_REQUESTS,
    feedback,
    hypotheses,
    invitations,
    requests,
    surveys,
    votes,
)
from tests.db.demo.frames import NOW, SHAPE
from tests.db.demo.said import comments, said
from tests.thorough import thorough

pytestmark = thorough


@pytest.fixture(scope="module")
def last_said(demo: pd.DataFrame) -> pd.DataFrame:
    """Each comment with the event of its person that came last before it."""
    columns = ["actor_key", "occurred_at", "subject", *DIMENSIONS]
    events = demo[columns].astype(dict.fromkeys(["subject", *DIMENSIONS], str))
    return pd.merge_asof(
        comments().sort_values("said_at"),
        events.sort_values("occurred_at"),
        left_on="said_at",
        right_on="occurred_at",
        by="actor_key",
        suffixes=("", "_then"),
    )


def test_the_shares_of_the_topics_add_up():
    assert sum(topic.share for topic in TOPICS) == pytest.approx(1)


def test_there_are_about_as_many_comments_as_asked_for():
    assert len(comments()) == pytest.approx(SHAPE.events / EVENTS_PER_COMMENT, rel=0.03)


def test_comments_rarely_repeat():
    longer = comments().query("comment.str.len() > 20")["comment"]
    assert longer.nunique() > 0.95 * len(longer)


def test_everybody_speaks_shortly_after_an_event_of_theirs(last_said):
    waited = last_said["said_at"] - last_said["occurred_at"]
    assert waited.between(pd.Timedelta(0), pd.Timedelta(seconds=90)).all()
    assert last_said["said_at"].max() <= NOW
    assert (last_said["country"] == last_said["country_then"]).all()
    for name in ("platform", "plan", "app_version"):  # but for who goes on meanwhile
        assert (last_said[name] == last_said[f"{name}_then"]).mean() > 0.98, name


def test_nothing_is_said_after_an_exposure():
    assert not set(said(SHAPE)["subject"]) & {trial.key for trial in TRIALS}


def test_nobody_speaks_who_has_not_agreed_to_be_asked():
    keys, granted = decisions(SHAPE)
    assert not set(keys[(granted & FEEDBACK) == 0]) & set(said(SHAPE)["actor_key"])


def test_ratings_without_words_are_the_events_that_are_ratings(demo):
    silent = said(SHAPE).query("comment.isna()")
    events = demo[demo["name"] == "rating"]
    assert len(silent) == len(events)
    given = events.groupby(events["subject"].astype(str))["value"].mean()
    assert silent.groupby("subject")["score"].mean().to_dict() == pytest.approx(given.to_dict())


def test_nobody_is_in_the_sample_of_two_surveys_and_asked_twice(own_engine):
    with own_engine.begin() as conn:
        project = create_demo(conn, "demo")
    fill(own_engine, project, 20_000, days=30, now=NOW, comments=500)
    with own_engine.connect() as conn:
        invited = pd.read_sql(select(invitations), conn)
        given = pd.read_sql(select(feedback).where(feedback.c.survey_id.is_not(None)), conn)
    assert len(invited) > 20
    assert invited["actor_key"].is_unique
    answered = invited.dropna(subset="answered_at").set_index("id")
    first = given[given["question"] == 0]
    assert len(answered) == len(first) > 5
    named = {f"survey-{number}-0" for number in answered.index}
    assert set(first["interaction"]) == named
    assert (answered["answered_at"] > answered["shown_at"]).all()


def test_filling_again_replaces_what_was_said(own_engine):
    tables = (feedback, surveys, invitations, requests, votes, hypotheses)

    def stored() -> list[int]:
        with own_engine.connect() as conn:
            return [conn.execute(select(func.count()).select_from(t)).scalar_one() for t in tables]

    with own_engine.begin() as conn:
        project = create_demo(conn, "demo")
    fill(own_engine, project, 3_000, days=10, now=NOW - timedelta(days=20), comments=800)
    fill(own_engine, project, 3_000, days=10, now=NOW, comments=100)
    again = stored()
    assert again[0] < 400  # and not the 800 of before
    assert again[1] == 3
    assert all(again)


def test_the_asker_of_a_request_is_the_first_to_vote(own_engine):
    with own_engine.begin() as conn:
        project = create_demo(conn, "demo")
    fill(own_engine, project, 5_000, days=20, now=NOW)
    first = select(votes.c.request_id, func.min(votes.c.voted_at).label("at"))
    first = first.group_by(votes.c.request_id).subquery()
    query = select(requests.c.asked_at, first.c.at).outerjoin(
        first, first.c.request_id == requests.c.id
    )
    with own_engine.connect() as conn:
        rows = conn.execute(query).all()
    assert len(rows) > 5
    assert all(row.asked_at == row.at for row in rows)


def test_a_number_of_comments_below_none_is_refused(own_engine):
    with own_engine.begin() as conn:
        project = create_demo(conn, "demo")
    with pytest.raises(BadSetting):
        fill(own_engine, project, 200, days=5, now=NOW, comments=-1)


def test_what_a_moderator_has_estimated_is_released_and_what_was_answered_is_closed(own_engine):
    with own_engine.begin() as conn:
        project = create_demo(conn, "demo")
    fill(own_engine, project, 5_000, days=20, now=NOW)
    with own_engine.connect() as conn:
        rows = conn.execute(select(requests)).all()
    assert {row.released_at is not None for row in rows} == {True, False}
    for row in rows:
        assert (row.released_at is None) == (row.effort is None)
        assert (row.closed_at is None) == (row.state in OPEN_REQUESTS)

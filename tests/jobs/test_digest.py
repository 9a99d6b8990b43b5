"""A digest is made once a week, on Monday morning of the project, when its comments are scored."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from analytics.feedback.digest import digest
from db import tables
from db.access import create_project
from db.targets import remove_target, set_target
from jobs.digest import LONGEST_WAIT, SILENCE, DigestMaker

MONDAY = datetime(2026, 3, 9, 7, tzinfo=UTC)
SAID = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def shop(own_engine):
    with own_engine.begin() as conn:
        return create_project(conn, "shop", consent="opt-out")


def say(engine, project, comment="It is terrible, horrible, bad.", lexicon="1", said_at=SAID):
    row = {"project_id": project.id, "actor_key": 1, "kind": "text", "comment": comment}
    row |= {"said_at": said_at, "compound": -0.9, "sentiment": "negative", "lexicon": lexicon}
    with engine.begin() as conn:
        conn.execute(insert(tables.feedback).values(row))


def target(engine, project, name="team", kinds=("digest",)):
    with engine.begin() as conn:
        set_target(conn, project.id, name, "json://127.0.0.1:1/secret", kinds)


def stored(engine, *columns):
    with engine.connect() as conn:
        return conn.execute(select(*columns)).all()


def test_it_is_made_once_and_posted_to_the_targets_of_digests(own_engine, shop):
    say(own_engine, shop)
    target(own_engine, shop)
    target(own_engine, shop, "others", kinds=("shipped",))
    assert DigestMaker().make(own_engine, MONDAY) == 1
    assert DigestMaker().make(own_engine, MONDAY + timedelta(days=3)) == 0
    week, figures = stored(own_engine, tables.digests.c.week, tables.digests.c.figures)[0]
    assert week == date(2026, 3, 2)
    assert figures["volumes"]["comments"] == {"now": 1, "before": 0}
    m = tables.messages.c
    sent = stored(own_engine, m.about, m.title, m.due_at)
    assert sent == [("2026-03-02", "Feedback on shop, 2 March to 8 March 2026", MONDAY)]


def test_nobodys_words_are_stored_with_it(own_engine, shop):
    say(own_engine, shop)
    target(own_engine, shop)
    DigestMaker().make(own_engine, MONDAY)
    m, d = tables.messages.c, tables.digests.c
    for row in stored(own_engine, m.markdown, m.html) + stored(own_engine, d.markdown, d.html):
        assert "terrible" not in str(row)


def test_it_is_not_made_before_monday_morning_of_the_project(own_engine):
    with own_engine.begin() as conn:
        tokyo = create_project(conn, "tokyo", consent="opt-out", timezone="Asia/Tokyo")
    say(own_engine, tokyo)
    morning = datetime(2026, 3, 8, 22, tzinfo=UTC)
    assert DigestMaker().make(own_engine, morning - timedelta(seconds=1)) == 0
    assert DigestMaker().make(own_engine, morning) == 1


def test_it_waits_a_day_at_most_for_comments_that_are_not_scored(own_engine, shop):
    say(own_engine, shop, lexicon=None)
    assert DigestMaker().make(own_engine, MONDAY + LONGEST_WAIT) == 0
    assert DigestMaker().make(own_engine, MONDAY + LONGEST_WAIT + timedelta(seconds=1)) == 1


def test_it_does_not_wait_once_they_are_scored(own_engine, shop):
    say(own_engine, shop, lexicon=None)
    assert DigestMaker().make(own_engine, MONDAY) == 0
    with own_engine.begin() as conn:
        conn.execute(update(tables.feedback).values(lexicon="1"))
    assert DigestMaker().make(own_engine, MONDAY) == 1


def test_a_project_in_which_nothing_is_said_gets_none(own_engine, shop):
    say(own_engine, shop, said_at=SAID - timedelta(days=20))
    assert DigestMaker().make(own_engine, MONDAY) == 0


def test_a_silence_is_looked_into_once_an_hour(own_engine, shop, monkeypatch):
    asked, maker = [], DigestMaker()

    def counted(*args):
        asked.append(args)
        return digest(*args)

    monkeypatch.setattr("jobs.digest.digest", counted)
    for minute in range(60):
        assert maker.make(own_engine, MONDAY + timedelta(minutes=minute)) == 0
    assert len(asked) == 1
    say(own_engine, shop)
    assert maker.make(own_engine, MONDAY + SILENCE) == 1


def test_what_waits_goes_with_its_target(own_engine, shop):
    say(own_engine, shop)
    target(own_engine, shop)
    DigestMaker().make(own_engine, MONDAY)
    with own_engine.begin() as conn:
        assert remove_target(conn, shop.id, "team")
        assert not remove_target(conn, shop.id, "team")
    assert stored(own_engine, tables.messages.c.id) == []

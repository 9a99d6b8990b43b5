"""Whom a notice tells what, and how often it is new."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from db.moderating import merge_requests, release_request, set_request_state
from db.notices import tell
from db.requests import Wish, ask_for
from db.tables import notices

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ANN, BOB, CLEO = 11, -12, 13


def notify(conn, project, who, request_id, at=NOW):
    values = {"project_id": project.id, "actor_key": who, "request_id": request_id}
    conn.execute(insert(notices).values(values | {"created_at": at}))


def told(conn, project, who, limit=100):
    return [(each.title, each.new) for each in tell(conn, project.id, who, limit, NOW)]


@pytest.fixture
def dark(conn, project):
    made = ask_for(conn, project.id, ANN, Wish("Dark mode"), NOW)
    set_request_state(conn, project.id, made.id, "shipped", NOW)
    return made.id


def test_a_notice_is_new_once(conn, project, dark):
    notify(conn, project, ANN, dark)
    (first,) = tell(conn, project.id, ANN, 100, NOW)
    assert (first.request, first.title, first.shipped_at) == (dark, "Dark mode", NOW)
    assert (first.told_at, first.new) == (NOW, True)
    assert told(conn, project, ANN) == [("Dark mode", False)]


def test_a_person_is_told_of_their_own_alone(conn, project, berlin, dark):
    notify(conn, project, ANN, dark)
    assert told(conn, project, BOB) == []
    assert told(conn, berlin, ANN) == []
    assert told(conn, project, ANN) == [("Dark mode", True)]


def test_only_what_is_told_counts_as_seen(conn, project, dark):
    other = ask_for(conn, project.id, ANN, Wish("Export"), NOW).id
    notify(conn, project, ANN, dark)
    notify(conn, project, ANN, other, NOW + timedelta(days=1))
    assert told(conn, project, ANN, limit=1) == [("Export", True)]
    assert told(conn, project, ANN) == [("Export", False), ("Dark mode", True)]


def test_nobody_reads_the_words_of_others_that_were_not_released(conn, project, dark):
    mine = ask_for(conn, project.id, BOB, Wish("Night colours"), NOW).id
    merge_requests(conn, project.id, mine, dark)
    notify(conn, project, BOB, dark)
    notify(conn, project, CLEO, dark)
    assert told(conn, project, BOB) == [("Night colours", True)]
    assert told(conn, project, CLEO) == [("", True)]
    release_request(conn, project.id, dark, None, NOW)
    assert told(conn, project, BOB) == [("Dark mode", False)]
    assert told(conn, project, CLEO) == [("Dark mode", False)]

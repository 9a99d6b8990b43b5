"""However many look at a project, one asks; and who may not see it any more, sees it no more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st
from sqlalchemy import delete, event, update

from analytics.filters import Filters
from analytics.operations.live import live
from analytics.scope import viewer_of
from db.access import create_project, ensure_person, sign_in, sign_out
from db.engine import engine
from db.tables import memberships, people
from tests.thorough import thorough
from ui import doors, shared
from ui.frame import ask
from ui.shared import WATCHERS, fetch_shared

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Stopped(Exception):
    """The run of the page has ended."""


@pytest.fixture
def look(conn, project, monkeypatch):
    """Look at a project in a turn, as who holds a sign-in: the answer, which is of that moment."""

    def stop():
        raise Stopped

    monkeypatch.setattr(st, "stop", stop)

    def at(token, turn=0, viewer=None, project=project):
        moment = NOON + timedelta(seconds=2 * turn)
        monkeypatch.setattr(shared, "clock", lambda _: moment)
        monkeypatch.setattr(type(st.context), "cookies", {doors.COOKIE: token})
        day = moment.date()
        filters = Filters(project.id, "UTC", "opt-out", day, day + timedelta(days=1), moment)
        viewer = viewer or viewer_of(conn, token)
        return fetch_shared(viewer, project.id, ask(live, filters), "operations")

    return at


@pytest.fixture
def somebody(conn, project):
    """Make somebody who may see the project; their sign-in."""

    def make(name, role="operations"):
        person = ensure_person(conn, f"{name}@example.org", role, (project.id,))
        token = sign_in(conn, person)
        conn.commit()
        return token

    return make


@pytest.fixture
def statements(conn):
    """The statements that the dashboard sends to the database."""
    sent = []

    def remember(_conn, _cursor, statement, *_):
        sent.append(statement)

    event.listen(engine(), "before_cursor_execute", remember)
    yield sent
    event.remove(engine(), "before_cursor_execute", remember)


def cost(look, tokens, viewers, statements):
    """How many statements ten turns of these people take, once all of them look."""
    for token in tokens:
        look(token, 0, viewers[token])
    statements.clear()
    for turn in range(1, 11):
        for token in tokens:
            look(token, turn, viewers[token])
    return len(statements)


@thorough
def test_twenty_viewers_cost_the_database_as_much_as_one(look, conn, somebody, statements):
    tokens = [somebody(f"p{number}") for number in range(20)]
    viewers = {token: viewer_of(conn, token) for token in tokens}
    one = cost(look, tokens[:1], viewers, statements)
    st.cache_resource.clear()
    twenty = cost(look, tokens, viewers, statements)
    assert one >= 10
    assert twenty <= one * 1.05


def test_who_asks_at_the_same_time_waits_for_the_same_answer(look, conn, somebody, statements):
    token = somebody("ann")
    viewer = viewer_of(conn, token)
    look(token, 0, viewer)
    before = len(statements)
    look(token, 1, viewer)
    a_turn = len(statements) - before
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: look(token, 2, viewer), range(8)))
    assert len(statements) - before == 2 * a_turn


def test_all_get_the_same_and_the_next_turn_is_another(look, add_events, conn, project, somebody):
    ann, bob = somebody("ann"), somebody("bob", "product")
    add_events(project, f"u open {(NOON - timedelta(seconds=5)).isoformat()}")
    conn.commit()
    assert look(ann).events == look(bob).events == 1
    add_events(project, f"u open {(NOON - timedelta(seconds=4)).isoformat()}")
    conn.commit()
    assert look(bob).events == 1
    assert look(bob, 1).events == 2


@pytest.mark.parametrize("what", ["signed out", "another role", "not a member", "closed"])
def test_who_may_not_see_it_any_more_sees_it_no_more(look, conn, project, somebody, what):
    ann, bob = somebody("ann"), somebody("bob")
    viewers = {token: viewer_of(conn, token) for token in (ann, bob)}
    for token in (ann, bob):
        look(token, 0, viewers[token])
    of_ann = viewers[ann].person_id
    if what == "signed out":
        sign_out(conn, ann)
    elif what == "another role":
        conn.execute(update(people).where(people.c.id == of_ann).values(role="author"))
    elif what == "closed":
        conn.execute(update(people).where(people.c.id == of_ann).values(closed_at=NOON))
    else:
        conn.execute(delete(memberships).where(memberships.c.person_id == of_ann))
    conn.commit()
    assert look(bob, 1, viewers[bob]).events == 0
    with pytest.raises(Stopped):
        look(ann, 1, viewers[ann])
    with pytest.raises(Stopped):
        look(ann, 2, viewers[ann])
    assert look(bob, 2, viewers[bob]).events == 0


def test_a_stranger_gets_nothing_and_takes_nothing_from_others(look, conn, project, somebody):
    other = create_project(conn, "other", consent="opt-out", retention_months=None)
    stranger = ensure_person(conn, "eve@example.org", "operations", (other.id,))
    token = sign_in(conn, stranger)
    conn.commit()
    with pytest.raises(Stopped):
        look(token)
    assert token not in WATCHERS.of(project.id)
    assert look(somebody("ann")).events == 0


def test_an_admin_is_let_in_without_being_a_member(look, conn, project, somebody):
    admin = ensure_person(conn, "root@example.org", "admin")
    token = sign_in(conn, admin)
    conn.commit()
    look(somebody("ann"))
    assert look(token, 0).events == 0
    assert look(token, 1).events == 0


def test_who_has_not_looked_for_a_while_is_forgotten(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(shared.time, "monotonic", lambda: now[0])
    watchers = shared.Watchers()
    watchers.see(1, "ann")
    now[0] += 30
    watchers.see(1, "bob")
    watchers.see(2, "eve")
    assert watchers.of(1) == ("ann", "bob")
    now[0] += 31
    watchers.see(1, "bob")
    assert watchers.of(1) == ("bob",)

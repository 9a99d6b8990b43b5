"""Whoever wanted a request is told once it is shipped, and targets get one message."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, insert, select

from db.access import create_project
from db.moderating import merge_requests, set_request_state
from db.tables import messages, notices, requests, targets, votes
from jobs.notifying import notify

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def ask_for(own_engine, shop):
    """Keep a request of an actor, with the votes of others; its id."""

    def keep(asker, *voters, title="Faster export"):
        values = {"project_id": shop.id, "actor_key": asker, "title": title, "asked_at": NOW}
        with own_engine.begin() as conn:
            made = insert(requests).values(values).returning(requests.c.id)
            request = conn.execute(made).scalar_one()
            for actor in voters:
                row = {"request_id": request, "project_id": shop.id, "actor_key": actor}
                conn.execute(insert(votes).values(row | {"voted_at": NOW}))
        return request

    return keep


@pytest.fixture
def ship(own_engine, shop):
    def change(request, state="shipped", at=NOW):
        with own_engine.begin() as conn:
            set_request_state(conn, shop.id, request, state, at)

    return change


@pytest.fixture
def target(own_engine, shop):
    def make(name, *kinds, project=None):
        values = {"project_id": (project or shop).id, "name": name, "kinds": list(kinds)}
        with own_engine.begin() as conn:
            conn.execute(insert(targets).values(values | {"address": "json://localhost"}))

    return make


def told(engine):
    with engine.connect() as conn:
        return sorted(conn.execute(select(notices.c.request_id, notices.c.actor_key)).all())


def posted(engine):
    with engine.connect() as conn:
        return conn.execute(select(messages).order_by(messages.c.id)).all()


def test_the_asker_and_every_voter_are_told_and_nobody_else(own_engine, ask_for, ship):
    faster, other = ask_for(1, 1, 2, 3), ask_for(4, 4, title="Dark mode")
    ship(faster)
    assert notify(own_engine, NOW) == 3
    assert told(own_engine) == [(faster, 1), (faster, 2), (faster, 3)]
    ship(other)
    assert notify(own_engine, NOW) == 1


def test_nobody_is_told_before_it_is_shipped(own_engine, ask_for, ship):
    request = ask_for(1, 1)
    for state in ("planned", "started", "declined"):
        ship(request, state)
        assert notify(own_engine, NOW) == 0


def test_who_asked_is_told_also_after_taking_the_vote_back(own_engine, ask_for, ship):
    ship(ask_for(1))
    assert notify(own_engine, NOW) == 1


def test_it_is_told_once_however_often_it_is_shipped(own_engine, ask_for, ship, target):
    target("chat", "shipped")
    request = ask_for(1, 1, 2)
    ship(request)
    notify(own_engine, NOW)
    ship(request, "started")
    ship(request, at=LATER)
    assert notify(own_engine, LATER) == 0
    assert len(told(own_engine)) == 2
    assert len(posted(own_engine)) == 1


def test_who_wanted_what_was_merged_into_it_is_told(own_engine, shop, ask_for, ship):
    twin, request = ask_for(5, 5, 6, title="Quicker export"), ask_for(1, 1)
    with own_engine.begin() as conn:
        merge_requests(conn, shop.id, twin, request)
    ship(request)
    assert notify(own_engine, NOW) == 3
    assert {actor for _, actor in told(own_engine)} == {1, 5, 6}


def test_where_nobody_is_known_nobody_is_told(own_engine, ask_for, ship):
    ship(ask_for(0, 0))
    assert notify(own_engine, NOW) == 0


def test_each_target_that_wants_it_gets_a_message_that_is_due(own_engine, ask_for, ship, target):
    target("chat", "shipped", "digest")
    target("mail", "digest")
    request = ask_for(1, 1, 2)
    ship(request)
    notify(own_engine, NOW)
    (message,) = posted(own_engine)
    assert (message.kind, message.about, message.title) == (
        "shipped",
        str(request),
        "A request was shipped",
    )
    assert "**Faster export**" in message.markdown
    assert "2 people who wanted it were told." in message.markdown
    assert (message.due_at, message.sent_at, message.tries) == (NOW, None, 0)


def test_another_projects_targets_get_nothing(own_engine, ask_for, ship, target):
    with own_engine.begin() as conn:
        other = create_project(conn, "other")
    target("chat", "shipped", project=other)
    ship(ask_for(1, 1))
    notify(own_engine, NOW)
    assert posted(own_engine) == []


def test_a_title_is_text_in_every_form_of_the_message(own_engine, ask_for, ship, target):
    target("chat", "shipped")
    ship(ask_for(1, 1, title="<script>x</script> [a](http://b) **c**"))
    notify(own_engine, NOW)
    (message,) = posted(own_engine)
    assert "<script>" not in message.html
    assert "&lt;script&gt;" in message.html
    assert "[a](" not in message.markdown
    assert "<a " not in message.html
    assert "\\*\\*c\\*\\*" in message.markdown


def test_two_workers_tell_everybody_once(own_engine, ask_for, ship, target):
    target("chat", "shipped")
    for number in range(20):
        ship(ask_for(number + 1, number + 1, 100, title=f"request {number}"))
    together, counts = Barrier(2), []

    def work():
        together.wait()
        counts.append(notify(own_engine, NOW))

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(counts) == 40
    assert len(told(own_engine)) == 40
    assert len(posted(own_engine)) == 20


def test_nothing_is_half_told_when_it_fails(own_engine, ask_for, ship, monkeypatch):
    ship(ask_for(1, 1, 2))

    def fail(*_):
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr("jobs.notifying._post", fail)
        with pytest.raises(RuntimeError):
            notify(own_engine, NOW)
    assert told(own_engine) == []
    assert notify(own_engine, NOW) == 2
    with own_engine.connect() as conn:
        marked = select(func.count()).where(requests.c.told_at == NOW)
        assert conn.execute(marked).scalar_one() == 1

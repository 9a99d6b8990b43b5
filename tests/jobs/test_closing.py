"""Thirty days after an account was closed, nobody can tell whose it was."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from db.access import create_project, ensure_person
from db.accounts import close_account, link_actor
from db.tables import erasures, organisation_members, people, person_actors, runs
from jobs.erasing import erase_waiting
from jobs.upkeep import keep_up
from tests.packages import add_member, add_run

CLOSED = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN = 7


@pytest.fixture
def ann(own_engine):
    """Somebody who ran something in two projects, and closed their account."""
    with own_engine.begin() as conn:
        person = ensure_person(conn, "ann@x.example", "author")
        for name in ("first", "second"):
            project = create_project(conn, name, consent="opt-out", retention_months=None)
            add_run(conn, project.id, ANN, CLOSED)
            add_run(conn, project.id, ANN + 1, CLOSED)
            add_member(conn, project.id, ANN + 1)
            link_actor(conn, person, project.id, ANN)
        close_account(conn, person)
        conn.execute(update(people).where(people.c.id == person).values(closed_at=CLOSED))
    return person


def actors(engine):
    with engine.connect() as conn:
        return conn.execute(select(runs.c.actor_key).order_by(runs.c.actor_key)).scalars().all()


def email(engine, person):
    with engine.connect() as conn:
        return conn.execute(select(people.c.email).where(people.c.id == person)).scalar_one()


def test_an_account_is_nobodys_after_thirty_days_and_its_runs_are_erased(own_engine, ann):
    keep_up(own_engine, CLOSED + timedelta(days=30))
    assert erase_waiting(own_engine) == 0
    assert email(own_engine, ann) == "ann@x.example"
    keep_up(own_engine, CLOSED + timedelta(days=30, seconds=1))
    assert email(own_engine, ann) == f"nobody-{ann}"
    assert erase_waiting(own_engine) == 2
    assert actors(own_engine) == [ANN + 1, ANN + 1]
    with own_engine.connect() as conn:
        receipts = conn.execute(select(erasures.c.actor_key, erasures.c.receipt)).all()
        assert [(key, receipt["runs"]) for key, receipt in receipts] == [(0, 1), (0, 1)]
        linked = select(person_actors.c.actor_key)
        assert conn.execute(linked).scalars().all() == [ANN + 1, ANN + 1]
        members = select(func.count()).select_from(organisation_members)
        assert conn.execute(members).scalar_one() == 2


def test_it_is_done_once(own_engine, ann):
    for day in (31, 32):
        keep_up(own_engine, CLOSED + timedelta(days=day))
    assert erase_waiting(own_engine) == 2


def test_whoever_comes_back_in_time_stays(own_engine, ann):
    with own_engine.begin() as conn:
        conn.execute(update(people).where(people.c.id == ann).values(closed_at=None))
    keep_up(own_engine, CLOSED + timedelta(days=31))
    assert email(own_engine, ann) == "ann@x.example"
    assert erase_waiting(own_engine) == 0

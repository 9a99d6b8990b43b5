"""The worker may be killed at any moment, and there may be several of it."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from db.access import Project, create_project
from db.tables import ledger
from jobs.catching_up import catch_up
from jobs.rollups import rebuild
from tests.jobs.conftest import store_batch
from tests.jobs.reference import Happened, contents, expected, found
from tests.processes import Running, running
from tests.thorough import thorough

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def own_project(own_engine: Engine) -> Project:
    with own_engine.begin() as conn:
        return create_project(conn, "crashed", consent="opt-out", retention_months=None)


def make_events(count: int) -> list[Happened]:
    return [
        Happened(
            START + timedelta(minutes=7 * n),
            n % 13 + 1,
            f"e{n % 5}",
            session_key=n % 17,
            duration_ms=n % 50 or None,
            ok=n % 9 > 0,
        )
        for n in range(count)
    ]


def store(engine: Engine, project: Project, happened: list[Happened], size: int) -> None:
    for n in range(0, len(happened), size):
        with engine.begin() as conn:
            store_batch(conn, project, happened[n : n + size])


def assert_exact(engine: Engine, project: Project, happened: list[Happened]) -> None:
    catch_up(engine)
    with engine.begin() as conn:
        assert found(conn, project.id) == expected(happened, project.timezone)
        before = contents(conn, project.id)
        rebuild(conn, project.id)
        assert contents(conn, project.id) == before


def rolled(engine: Engine) -> int:
    with engine.connect() as conn:
        done = select(func.count()).where(ledger.c.rolled_at.is_not(None))
        return conn.execute(done).scalar_one()


def wait_for_work(engine: Engine, worker: Running, before: int) -> None:
    """Until the worker has rolled something since."""
    for _ in range(400):
        if rolled(engine) > before:
            return
        assert worker.is_alive()
        time.sleep(0.02)
    raise AssertionError("the worker did nothing")


@thorough
def test_a_worker_that_is_killed_again_and_again_counts_everything_once(
    own_database, own_engine, own_project
):
    happened = make_events(5_000)
    for part in range(5):
        before = rolled(own_engine)
        with running("jobs", own_database) as worker:
            store(own_engine, own_project, happened[part * 1_000 :][:200], size=10)
            wait_for_work(own_engine, worker, before)
            store(own_engine, own_project, happened[part * 1_000 + 200 :][:800], size=100)
            time.sleep(random.uniform(0, 0.5))
            worker.kill()
    assert_exact(own_engine, own_project, happened)


@thorough
def test_two_workers_at_once_share_the_work(own_database, own_engine, own_project):
    happened = make_events(1_000)
    with running("jobs", own_database) as one, running("jobs", own_database) as other:
        store(own_engine, own_project, happened, size=10)
        for _ in range(1_000):
            if rolled(own_engine) == 100:
                break
            time.sleep(0.02)
        assert "failed" not in one.stop() + other.stop()
    assert_exact(own_engine, own_project, happened)


@thorough
def test_a_worker_that_is_told_to_stop_stops(own_database, own_engine, own_project):
    store(own_engine, own_project, make_events(10), size=10)
    with running("jobs", own_database) as worker:
        wait_for_work(own_engine, worker, before=0)
        started = time.monotonic()
        assert worker.stop() == ""
        assert time.monotonic() - started < 5

"""The prober keeps to its schedule, beside what hangs and while the database is away."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from db.access import create_project
from db.probes import MOST_AT_ONCE, Draft, save_probe
from db.tables import probe_hours, probe_results, probes
from jobs.probing import prober as module
from jobs.probing.prober import Prober, Remembered
from tests.jobs.probing.conftest import probe

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def place(own_engine, monkeypatch):
    monkeypatch.setattr(module, "TICK_SECONDS", 0.02)
    with own_engine.begin() as conn:
        conn.execute(delete(probes))
        return create_project(conn, "shop", consent="opt-out", retention_months=None).id


def results(engine):
    with engine.connect() as conn:
        rows = select(probes.c.name, probe_results.c.ok, probe_results.c.reason)
        return conn.execute(rows.join(probes, probes.c.id == probe_results.c.probe_id)).all()


def until(holds):
    """Wait until it does, and not for long."""
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()


def test_what_is_due_is_looked_at_and_what_hangs_holds_up_nothing(own_engine, place, site):
    at = f"http://127.0.0.1:{site.server_port}"
    with own_engine.begin() as conn:
        save_probe(conn, place, Draft("hangs", "http", f"{at}/slow", timeout_seconds=9))
        save_probe(conn, place, Draft("well", "http", f"{at}/"))
        save_probe(conn, place, Draft("ill", "http", f"{at}/down"))
    prober = Prober(own_engine)
    prober.start()
    try:
        until(lambda: len(results(own_engine)) == 2)
    finally:
        started = time.monotonic()
        prober.stop()
    assert time.monotonic() - started < 3
    found = sorted(results(own_engine))
    assert found == [("ill", False, "It answers with 503."), ("well", True, "")]


@pytest.mark.parametrize(
    ("address", "minutes", "kept"),
    [("looplens:api", 0, 0), ("looplens:api", 2, 1), ("http://127.0.0.1:1/", 0, 1)],
)
def test_a_process_of_ours_that_comes_up_is_no_outage(monkeypatch, address, minutes, kept):
    monkeypatch.setenv("API_URL", "http://127.0.0.1:1")
    prober, at = Prober(None), datetime.now(UTC) + timedelta(minutes=minutes)
    asyncio.run(prober._look(probe("http", address), at))
    assert [found.ok for found in prober._found] == [False] * kept


def test_while_the_database_is_away_probes_go_on_and_results_wait(own_engine, place, site):
    with own_engine.begin() as conn:
        save_probe(conn, place, Draft("well", "http", f"http://127.0.0.1:{site.server_port}/"))
    prober, away = Prober(own_engine), True
    take, store = prober._take, prober._store

    def gone(work):
        def try_it(*args):
            if away and prober._known.probes:
                raise OperationalError("", {}, Exception())
            return work(*args)

        return try_it

    prober._take, prober._store = gone(take), gone(store)
    prober.start()
    try:
        until(lambda: len(prober._found) == 1)
        for key in prober._known.due_at:
            prober._known.due_at[key] = datetime.now(UTC)
        until(lambda: len(prober._found) == 2)
        assert results(own_engine) == []
        away = False
        until(lambda: len(results(own_engine)) == 2)
        until(lambda: len(prober._found) == 0)
    finally:
        prober.stop()
    with own_engine.connect() as conn:
        assert conn.execute(select(probe_hours.c.n)).scalars().all() == [2]


def test_what_is_remembered_is_due_in_its_time():
    known = Remembered()
    known.learn(probe("tcp", "a:1", id=1, every_seconds=30), NOW)
    known.learn(probe("tcp", "b:1", id=2, every_seconds=90), NOW)
    assert known.take(NOW + timedelta(seconds=29), 10, {}) == []
    assert [each.id for each in known.take(NOW + timedelta(seconds=30), 10, {})] == [1]
    assert known.take(NOW + timedelta(seconds=31), 10, {}) == []
    assert [each.id for each in known.take(NOW + timedelta(seconds=200), 1, {})] == [1]
    assert [each.id for each in known.take(NOW + timedelta(seconds=200), 10, {})] == [2]


def test_what_is_remembered_is_shared_among_projects():
    known = Remembered()
    for number in range(MOST_AT_ONCE + 5):
        known.learn(probe("tcp", "a:1", id=number, project_id=1), NOW)
    known.learn(probe("tcp", "b:1", id=99, project_id=2), NOW)
    due = NOW + timedelta(seconds=60)
    taken = [each.id for each in known.take(due, 50, {1: 2})]
    assert taken == [*range(MOST_AT_ONCE - 2), 99]
    assert len(known.take(due, 50, {})) == 7

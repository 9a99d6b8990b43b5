"""What is measured of this machine and this database, and how it is kept."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from sqlalchemy import func, select

from analytics.operations.health.metrics import GAUGES
from db.gauges import HOURS_KEPT, Gauge, keep_gauges, thin
from db.tables import gauges
from jobs.measuring import LARGEST_TABLES, Measurer, database, forget_old, part_of

NOW = datetime(2026, 3, 10, 12, 34, 56, tzinfo=UTC)
SHARES = ("cpu", "memory", "disk", "connections", "cache_hits")


def kept(conn, *columns):
    return conn.execute(select(*columns).order_by(*columns)).all()


def test_a_worker_measures_everything_that_has_a_definition(own_engine):
    measurer = Measurer()
    measurer.measure(own_engine, NOW)
    measurer.measure(own_engine, NOW + timedelta(minutes=1))
    with own_engine.connect() as conn:
        found = conn.execute(select(gauges)).all()
    names = {row.name for row in found}
    ours = {"process_cpu", "process_memory"}  # of processes that don't run here
    assert names | ours == set(GAUGES)
    assert all(0 <= row.value <= 1 for row in found if row.name in SHARES)
    assert {row.at for row in found} == {
        NOW.replace(second=0) + timedelta(minutes=minute) for minute in (0, 1)
    }
    tables = {row.subject for row in found if row.name == "table_bytes"}
    assert 0 < len(tables) <= LARGEST_TABLES
    assert not any(name.startswith("events_") for name in tables)  # partitions are in their whole


def test_how_busy_it_is_is_told_from_the_second_time_on(own_engine):
    measurer, busy = Measurer(), select(func.count()).where(gauges.c.name == "cpu")
    for minute, expected in ((0, 0), (1, 1)):
        measurer.measure(own_engine, NOW + timedelta(minutes=minute))
        with own_engine.connect() as conn:
            assert conn.execute(busy).scalar_one() == expected


def test_our_processes_are_found_by_their_module_and_folder(tmp_path):
    code = "import sys; print('up', flush=True); sys.stdin.read()"
    (tmp_path / "jobs.py").write_text(code)
    measurer = Measurer()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        child = subprocess.Popen(
            [sys.executable, "-m", "jobs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=tmp_path,
        )
        try:
            child.stdout.readline()
            first, again = measurer._running(), measurer._running()
        finally:
            child.communicate()
    assert [(part, process.pid) for part, process in first] == [("worker", child.pid)]
    assert again[0][1] is first[0][1]  # so that it knows how busy it was
    assert isinstance(first[0][1], psutil.Process)


@pytest.mark.parametrize(
    ("command", "part"),
    [
        (["python", "-m", "jobs"], "worker"),
        (["python", "-X", "dev", "-m", "ingest_api", "--port", "1"], "api"),
        (["python", "-m", "ui"], "dashboard"),
        (["python", "-m"], ""),
        (["python", "-m", "http.server"], ""),
        (["vi", "jobs"], ""),
        ([], ""),
    ],
)
def test_a_part_is_known_by_its_command(command, part):
    assert part_of(command) == part


def test_a_query_that_runs_for_long_and_one_that_waits_are_counted(own_engine):
    quiet = {gauge.name: gauge.value for gauge in _measured(own_engine)}
    assert (quiet["long_queries"], quiet["locks_waiting"], quiet["queue"]) == (0, 0, 0)
    assert 0 < quiet["connections"] < 1
    assert quiet["database_bytes"] > 1_000_000


def _measured(engine):
    with engine.connect() as conn:
        return database(conn, NOW)


def test_what_is_measured_twice_in_a_minute_is_kept_once(conn):
    for value in (1.0, 2.0):
        keep_gauges(conn, [Gauge("queue", value)], NOW)
    assert kept(conn, gauges.c.value) == [(1.0,)]


def test_minutes_that_are_past_become_the_means_of_their_hours(conn):
    old = NOW - timedelta(days=3)
    for minute, value in ((0, 1.0), (1, 2.0), (59, 6.0), (60, 5.0)):
        at = old.replace(minute=0) + timedelta(minutes=minute)
        keep_gauges(conn, [Gauge("cpu", value, "a"), Gauge("cpu", 2 * value, "b")], at)
    keep_gauges(conn, [Gauge("cpu", 9.0, "a")], NOW)
    assert thin(conn, NOW) == 4
    hours = [old.replace(minute=0, second=0, hour=hour) for hour in (12, 13)]
    found = kept(conn, gauges.c.host, gauges.c.at, gauges.c.value)
    assert found == [
        ("a", hours[0], 3.0),
        ("a", hours[1], 5.0),
        ("a", NOW.replace(second=0), 9.0),
        ("b", hours[0], 6.0),
        ("b", hours[1], 10.0),
    ]
    assert thin(conn, NOW) == 0
    assert kept(conn, gauges.c.host, gauges.c.at, gauges.c.value) == found


def test_what_is_thinned_goes_on_where_it_ended(conn):
    for day in (4, 3):
        keep_gauges(conn, [Gauge("cpu", float(day))], NOW - timedelta(days=day))
        thin(conn, NOW - timedelta(days=day - 3))
    assert kept(conn, gauges.c.value) == [(3.0,), (4.0,)]


def test_after_a_year_and_a_month_they_are_forgotten(own_engine):
    with own_engine.begin() as conn:
        keep_gauges(conn, [Gauge("cpu", 1.0)], NOW - HOURS_KEPT - timedelta(hours=1))
        keep_gauges(conn, [Gauge("cpu", 2.0)], NOW)
    forget_old(own_engine, NOW)
    with own_engine.connect() as conn:
        assert kept(conn, gauges.c.value) == [(2.0,)]

"""Counts of requests: kept once a report, added up without loss, forgotten in time."""

import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from db.request_stats import (
    BIN,
    COUNT,
    MOST_IN_A_BIN,
    Served,
    add_up,
    bin_of,
    bins_of,
    forget,
    record,
    report,
)
from db.tables import projects, request_reports, request_stats

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
RUNS = "GET /runs"


def served(at, durations=(10.0,), endpoint=RUNS, **more):
    bins = Counter(bin_of(each) for each in durations)
    return Served(at, "shop", endpoint, len(durations), bins, duration_sum=sum(durations), **more)


def kept(conn, project):
    """The rows of the project, with bins and counts as one mapping."""
    mine = select(request_stats).where(request_stats.c.project_id == project.id)
    rows = conn.execute(mine.order_by(request_stats.c.at, request_stats.c.endpoint)).all()
    return [
        (
            row,
            dict(zip(np.frombuffer(row.bins, BIN), np.frombuffer(row.counts, COUNT), strict=True)),
        )
        for row in rows
    ]


def test_a_bin_holds_what_is_longer_than_the_one_before_and_no_longer_than_its_end():
    assert bin_of(1.0) == 0
    assert bin_of(1.04) == 1
    assert bin_of(1.0401) == 2
    assert bin_of(0.0) == bin_of(0.001) == -176


@given(st.lists(st.floats(0, 1e10), max_size=20))
def test_many_durations_fall_into_the_bins_of_each(durations):
    assert bins_of(durations).tolist() == [bin_of(each) for each in durations]


def test_a_report_is_kept_once_however_often_it_comes(conn, project, berlin):
    number, rows = uuid.uuid4(), [served(NOW)]
    assert report(conn, project.id, number, rows, NOW)
    assert not report(conn, project.id, number, rows, NOW)
    assert report(conn, berlin.id, number, rows, NOW)
    assert len(kept(conn, project)) == len(kept(conn, berlin)) == 1


def test_nothing_to_keep_is_nothing_kept(conn, project):
    assert record(conn, project.id, []) == 0


def test_rows_of_one_minute_become_one_once_it_is_past(conn, project):
    minute = NOW - timedelta(minutes=5)
    first = served(minute, (10.0, 10.0, 500.0), failures=1, errors={"KeyError": 1})
    second = served(minute, (10.0,), refused=1, cache_hits=1, errors={"404": 1})
    record(conn, project.id, [first, second, served(minute, endpoint="POST /runs"), served(NOW)])
    assert add_up(conn, NOW) == 2
    (row, bins), *others = kept(conn, project)
    assert (row.n, row.failures, row.refused, row.cache_hits, row.minutes) == (4, 1, 1, 1, 1)
    assert row.duration_sum == 530.0
    assert row.errors == {"KeyError": 1, "404": 1}
    assert bins == {bin_of(10.0): 3, bin_of(500.0): 1}
    assert [other.n for other, _ in others] == [1, 1]
    assert add_up(conn, NOW) == 0


def test_minutes_become_hours_after_two_days(conn, project):
    old = datetime(2026, 3, 8, 10, 5, tzinfo=UTC)
    record(
        conn, project.id, [served(old + timedelta(minutes=number)) for number in (0, 20, 54, 55)]
    )
    record(conn, project.id, [served(datetime(2026, 3, 8, 12, 1, tzinfo=UTC))])
    assert add_up(conn, NOW) == 4
    assert [(row.at.isoformat(), row.minutes, row.n) for row, _ in kept(conn, project)] == [
        ("2026-03-08T10:00:00+00:00", 60, 3),
        ("2026-03-08T11:00:00+00:00", 60, 1),
        ("2026-03-08T12:01:00+00:00", 1, 1),
    ]


def test_hours_begin_where_the_project_is(conn, project):
    kathmandu = {"timezone": "Asia/Kathmandu"}  # 5 h 45 min ahead of UTC
    conn.execute(update(projects).where(projects.c.id == project.id).values(kathmandu))
    for minute in (14, 15):
        record(conn, project.id, [served(datetime(2026, 3, 1, 10, minute, tzinfo=UTC))])
    add_up(conn, NOW)
    assert [f"{row.at:%H:%M}" for row, _ in kept(conn, project)] == ["09:15", "10:15"]


def test_a_bin_never_overflows(conn, project):
    minute = NOW - timedelta(minutes=5)
    full = Served(minute, "shop", RUNS, MOST_IN_A_BIN, {0: MOST_IN_A_BIN})
    record(conn, project.id, [full, full])
    add_up(conn, NOW)
    ((row, bins),) = kept(conn, project)
    assert bins == {0: MOST_IN_A_BIN}
    assert row.n == 2 * MOST_IN_A_BIN


def test_what_is_past_its_time_is_forgotten(conn, project):
    report(conn, project.id, uuid.uuid4(), [served(NOW - timedelta(days=800))], NOW)
    report(conn, project.id, uuid.uuid4(), [served(NOW)], NOW)
    forget(conn, NOW + timedelta(days=1), oldest=NOW - timedelta(days=730))
    assert len(kept(conn, project)) == 1
    mine = select(request_reports).where(request_reports.c.project_id == project.id)
    assert len(conn.execute(mine).all()) == 2
    forget(conn, NOW + timedelta(days=3), oldest=NOW - timedelta(days=730))
    assert conn.execute(mine).all() == []


@pytest.mark.parametrize("minutes", [1, 60])
def test_adding_up_changes_no_sum(conn, project, minutes):
    start = NOW - timedelta(days=3)
    for number in range(40):
        at = start + timedelta(minutes=7 * number)
        record(conn, project.id, [served(at, (number + 1.0, 5.0))], minutes=1)
    later = NOW if minutes == 60 else start + timedelta(days=1)
    before = Counter()
    for _, bins in kept(conn, project):
        before.update(bins)
    add_up(conn, later)
    after = Counter()
    for _, bins in kept(conn, project):
        after.update(bins)
    assert after == before

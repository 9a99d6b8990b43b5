"""Runs go after twelve months, ratings after six, and both sooner where a project says so."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, insert, select

from db.access import create_project
from db.partitions import existing_months
from db.tables import (
    event_hour,
    event_pack,
    events,
    member_days,
    published_blocks,
    published_cells,
    published_people,
    runs,
    unpublished,
)
from jobs.expiring import drop_old_runs
from jobs.upkeep import keep_up
from tests.packages import add_run

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def kept(conn, table, of):
    """The days or instants of what the table has of a project, in their order."""
    column = next(c for c in table.c if c.name in ("occurred_at", "day", "last_start"))
    query = select(column).where(table.c.project_id == of.id).order_by(column)
    return conn.execute(query).scalars().all()


def test_a_run_is_kept_for_twelve_months_or_as_long_as_events(conn):
    year, half = datetime(2025, 3, 15, 12, tzinfo=UTC), datetime(2025, 9, 15, 12, tzinfo=UTC)
    made = {}
    for months in (None, 24, 6):
        made[months] = create_project(
            conn, f"{months} months", consent="opt-out", retention_months=months
        )
        for actor, at in enumerate((year - MINUTE, year, half - MINUTE, half)):
            add_run(conn, made[months].id, actor, at)
    drop_old_runs(conn, NOW)
    assert kept(conn, runs, made[None]) == [year, half - MINUTE, half]
    assert kept(conn, runs, made[24]) == [year, half - MINUTE, half]
    assert kept(conn, runs, made[6]) == [half]


def test_the_sums_of_a_day_go_with_it(conn, project):
    for at in (datetime(2025, 3, 14, 23, tzinfo=UTC), datetime(2025, 3, 15, 1, tzinfo=UTC)):
        add_run(conn, project.id, 1, at)
    drop_old_runs(conn, NOW)
    for table in (member_days, unpublished, published_people):
        assert kept(conn, table, project) == [date(2025, 3, 15)]


def test_who_rated_is_known_for_six_months(conn, project):
    for month in (8, 10):
        add_run(conn, project.id, month, datetime(2025, month, 1, tzinfo=UTC), "ratings")
        add_run(conn, project.id, month + 50, datetime(2025, month, 2, tzinfo=UTC), "runs")
    drop_old_runs(conn, NOW)
    for table in (unpublished, published_people):
        days = kept(conn, table, project)
        assert days == [date(2025, 8, 2), date(2025, 10, 1), date(2025, 10, 2)]


def test_what_was_published_stays(conn, project):
    long_ago = {"first_day": date(2020, 1, 1), "last_day": date(2020, 1, 2)}
    block = {"project_id": project.id, "owner": "package", "owner_id": 1, "stream": "runs"}
    new = insert(published_blocks).values(block | long_ago).returning(published_blocks.c.id)
    block_id = conn.execute(new).scalar_one()
    cell = {"block_id": block_id, "cut": "", "keys": [], "people": 7, "n": 70}
    conn.execute(insert(published_cells).values(cell))
    drop_old_runs(conn, NOW)
    assert conn.execute(select(published_cells.c.n)).scalars().all() == [70]


def test_the_events_of_old_runs_go_with_them_and_what_was_counted_stays(conn, project, add_events):
    for day in ("2025-03-10", "2025-03-20", "2026-03-01"):
        ran = f"u1 package_run {day}T10:00Z subject=code-reviewer"
        add_events(project, ran, f"u1 package_download {day}T10:00Z", f"u1 open {day}T10:00Z")
    drop_old_runs(conn, NOW)
    drop_old_runs(conn, NOW)
    kept_events = select(events.c.name, func.count()).group_by(events.c.name).order_by("name")
    counts = [("open", 3), ("package_download", 2), ("package_run", 2)]
    assert [tuple(row) for row in conn.execute(kept_events)] == counts
    packed = select(event_pack.c.name, func.sum(event_pack.c.n)).group_by("name").order_by("name")
    assert [tuple(row) for row in conn.execute(packed)] == counts
    assert conn.execute(select(func.sum(event_hour.c.n))).scalar_one() == 9


def test_months_that_no_project_keeps_are_dropped_whole(own_engine):
    with own_engine.begin() as conn:
        project = create_project(conn, "first", consent="opt-out", retention_months=None)
        add_run(conn, project.id, 1, datetime(2025, 2, 28, 23, tzinfo=UTC))
        add_run(conn, project.id, 1, datetime(2025, 3, 31, 23, tzinfo=UTC))
    keep_up(own_engine, NOW)
    with own_engine.connect() as conn:
        left = existing_months(conn, runs)
        assert date(2025, 2, 1) not in left
        assert date(2025, 3, 1) in left
        assert date(2025, 2, 1) in existing_months(conn)  # events of this project are kept
        assert conn.execute(select(func.count()).select_from(runs)).scalar_one() == 1

"""Runs are kept for twelve months, ratings by somebody for six; what was published of them stays.

Where a project keeps its events for less, that holds for these too. The events of runs go with
them; what was counted of them stays in the rollups.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import structlog
from dateutil.relativedelta import relativedelta
from sqlalchemy import ColumnElement, Connection, Table, delete, select

from db.partitions import drop_month, existing_months, next_month
from db.tables import (
    RUN_MONTHS,
    RUN_NAMES,
    event_pack,
    events,
    member_days,
    projects,
    published_people,
    runs,
    unpublished,
)
from jobs import forgetting

MONTHS = RUN_MONTHS
DAY = timedelta(days=1)
RATINGS = "ratings"
BY_STREAM = (unpublished, published_people)

log = structlog.get_logger()


def drop_old_runs(conn: Connection, now: datetime) -> None:
    """Delete runs, and of whom they tell, past their retention: whole months where all are done.

    People whom no block reaches any more are no longer counted by any question, which asks about a
    year at most.
    """
    _drop_months(conn, now)
    for cutoff, ids in _cutoffs(conn, now, MONTHS):
        conn.execute(delete(runs).where(_of(runs, ids), runs.c.occurred_at < cutoff))
        _drop_events(conn, ids, cutoff)
        past = member_days.c.day < cutoff.date()
        conn.execute(delete(member_days).where(_of(member_days, ids), past))
        for table in BY_STREAM:
            _delete(conn, table, ids, cutoff, table.c.stream != RATINGS)
    for cutoff, ids in _cutoffs(conn, now, forgetting.MONTHS):
        for table in BY_STREAM:
            _delete(conn, table, ids, cutoff, table.c.stream == RATINGS)


def _drop_months(conn: Connection, now: datetime) -> None:
    oldest = min((cutoff for cutoff, _ in _cutoffs(conn, now, MONTHS)), default=None)
    for month in sorted(existing_months(conn, runs)):
        if oldest and next_month(month) <= oldest.date():
            drop_month(conn, month, runs)
            log.info("dropped a month of runs", month=str(month))


def _cutoffs(conn: Connection, now: datetime, most: int) -> Iterator[tuple[datetime, list[int]]]:
    """The instants before which something is dropped, each with the projects that it is for."""
    ids = defaultdict(list)
    for row in conn.execute(select(projects.c.id, projects.c.retention_months)):
        ids[min(most, row.retention_months or most)].append(row.id)
    for months, those in ids.items():
        yield now - relativedelta(months=months), those


def _drop_events(conn: Connection, ids: list[int], cutoff: datetime) -> None:
    """Delete the events of runs with their packs, which tell the days that still have some.

    A day is over everywhere a day later than it is in UTC.
    """
    p, e, names = event_pack.c, events.c, list(RUN_NAMES.values())
    past = _of(event_pack, ids) & p.name.in_(names) & (p.day < (cutoff - DAY).date())
    days: list[date] = list(conn.execute(delete(event_pack).where(past).returning(p.day)).scalars())
    if days:
        since = datetime.combine(min(days), time(), UTC) - DAY
        old = e.name.in_(names) & (e.occurred_at >= since) & (e.occurred_at < cutoff)
        conn.execute(delete(events).where(_of(events, ids), old))


def _delete(
    conn: Connection, table: Table, ids: list[int], cutoff: datetime, which: ColumnElement[bool]
) -> None:
    day = table.c.day if table is unpublished else table.c.last_start
    conn.execute(delete(table).where(_of(table, ids), day < cutoff.date(), which))


def _of(table: Table, ids: list[int]) -> ColumnElement[bool]:
    return table.c.project_id.in_(ids)

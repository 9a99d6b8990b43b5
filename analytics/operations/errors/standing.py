"""Errors in a few figures: the last day against the day before, and what is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from analytics.scope import Viewer, visible_error_groups, visible_event_minutes, within

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ErrorStanding:
    """The last 24 hours: failures, attempts and their rate; `before` is that of the day before.

    `open` errors are those that nobody has resolved or ignored; of the last 24 hours are those that
    are `new`, and those that `regressed`. Rates are None without an attempt.
    """

    failures: int
    attempts: int
    rate: float | None
    before: float | None
    open: int
    new: int
    regressed: int


def error_standing(
    conn: Connection, viewer: Viewer, project_id: int, now: datetime
) -> ErrorStanding:
    """How errors stand now; all empty for who may not ask about operations."""
    last = _attempts(conn, viewer, project_id, now - DAY, now)
    before = _attempts(conn, viewer, project_id, now - 2 * DAY, now - DAY)
    g = visible_error_groups(viewer, project_id).c
    recent = now - DAY
    counted = select(
        func.count().filter(g.state == "open"),
        func.count().filter(g.first_seen >= recent),
        func.count().filter(g.regressed_at >= recent),
    )
    open_groups, new, regressed = conn.execute(counted).one()
    rates = [failures / n if n else None for n, failures in (last, before)]
    return ErrorStanding(last[1], last[0], rates[0], rates[1], open_groups, new, regressed)


def _attempts(
    conn: Connection, viewer: Viewer, project_id: int, start: datetime, end: datetime
) -> tuple[int, int]:
    """Events of the minutes of [start, end), and how many of them failed."""
    m = visible_event_minutes(within(viewer, "operations"), project_id).c
    sums = select(func.coalesce(func.sum(m.n), 0), func.coalesce(func.sum(m.failures), 0))
    n, failures = conn.execute(sums.where(m.minute >= start, m.minute < end)).one()
    return int(n), int(failures)

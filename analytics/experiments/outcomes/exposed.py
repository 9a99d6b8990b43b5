"""Who was exposed to an experiment, with the time in which their outcomes count, as SQL."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Date,
    Interval,
    Select,
    and_,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.filters import EARLIEST, LATEST, Filters, add_months
from analytics.periods import midnight
from analytics.scope import Viewer, visible_exposures, within

HOURS_A_DAY = 24
MONTHS = 60  # longer than any experiment takes
ONE_DAY = timedelta(days=1)


def exposed(
    viewer: Viewer,
    filters: Filters,
    experiment_id: int,
    window_days: int,
    *,
    phase: int | None = None,
    days: Sequence[date] | None = None,
) -> CTE:
    """One row an actor whose window is over by `filters.now`; nobody who saw two variants.

    Columns: actor_key, phase, variant, cell_id, exposed_at, since (as long before), until (the end
    of the window) and day (the local day on which it ended), of which `days` keeps some.
    """
    e = visible_exposures(within(viewer, "product"), filters.project_id)
    window = elapsed(window_days)
    ends = e.c.exposed_at + window
    query: Select[Any] = select(
        e.c.actor_key,
        e.c.phase,
        e.c.variant,
        e.c.cell_id,
        e.c.exposed_at,
        (e.c.exposed_at - window).label("since"),
        ends.label("until"),
        local_day(filters, ends).label("day"),
    ).where(e.c.experiment_id == experiment_id, e.c.mixed_at.is_(None), ends <= filters.now)
    if phase is not None:
        query = query.where(e.c.phase == phase)
    if days is not None:
        query = query.where(on_days(filters, e.c.exposed_at, window_days, days))
    return query.cte("exposed")


def ripe_days(
    conn: Connection, viewer: Viewer, filters: Filters, experiment_id: int, window_days: int
) -> list[date]:
    """The days on which windows ended by `filters.now`, in order."""
    e = visible_exposures(within(viewer, "product"), filters.project_id)
    ends = e.c.exposed_at + elapsed(window_days)
    query = select(local_day(filters, ends)).where(
        e.c.experiment_id == experiment_id, ends <= filters.now
    )
    return sorted(conn.execute(query.distinct()).scalars())


def around(filters: Filters, days: Sequence[date], window_days: int) -> Filters:
    """The range in which all lies that counts for windows which ended on these days."""
    start = min(days) - (2 * window_days + 1) * ONE_DAY
    end = max(days) + 2 * ONE_DAY
    return filters.of_anybody().over(max(EARLIEST, start), min(LATEST, end))


def at_any_time(filters: Filters) -> Filters:
    """The last years, for a statement that has to find all days of an experiment by itself."""
    start = max(EARLIEST, add_months(filters.today, -MONTHS))
    return filters.of_anybody().over(start, filters.today + 2 * ONE_DAY)


def elapsed(days: int) -> ColumnElement[timedelta]:
    """SQL for so many days of 24 hours each, whatever the clock of a zone does meanwhile."""
    hours = func.make_interval(0, 0, 0, 0, days * HOURS_A_DAY, type_=Interval)
    return hours


def local_day(filters: Filters, moment: ColumnElement[datetime]) -> ColumnElement[date]:
    """SQL for the calendar day of a moment, in the project's zone."""
    return cast(func.timezone(filters.zone, moment), Date)


def on_days(
    filters: Filters, exposed_at: ColumnElement[datetime], window_days: int, days: Sequence[date]
) -> ColumnElement[bool]:
    """SQL for whether the window of an exposure ends on one of these days; an index serves it."""
    length = timedelta(days=window_days)
    first = midnight(min(days), filters.tz) - length
    last = midnight(max(days) + ONE_DAY, filters.tz) - length
    chosen = literal(list(days), ARRAY(Date))
    day = local_day(filters, exposed_at + elapsed(window_days))
    return and_(exposed_at >= first, exposed_at < last, day == func.any(chosen))


def exposure_days(
    viewer: Viewer,
    filters: Filters,
    experiment_id: int,
    phase: int | None = None,
    days: Sequence[date] | None = None,
) -> Select[Any]:
    """phase, variant, day (local), n and mixed of the exposures by now, on all or some days."""
    e = visible_exposures(within(viewer, "product"), filters.project_id)
    day = local_day(filters, e.c.exposed_at).label("day")
    query = (
        select(
            e.c.phase,
            e.c.variant,
            day,
            func.count().label("n"),
            func.count(e.c.mixed_at).label("mixed"),
        )
        .where(e.c.experiment_id == experiment_id, e.c.exposed_at <= filters.now)
        .group_by(e.c.phase, e.c.variant, day)
    )
    if phase is not None:
        query = query.where(e.c.phase == phase)
    return query if days is None else query.where(on_days(filters, e.c.exposed_at, 0, days))

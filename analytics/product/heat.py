"""When a product is used: events by weekday and hour of the project's zone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Double,
    Integer,
    Select,
    case,
    cast,
    extract,
    false,
    func,
    literal,
    select,
    true,
)

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.measures.packs import load_log
from analytics.periods import Instants, instants, midnight
from analytics.scope import Viewer, visible_event_hours, visible_events

SLOT = timedelta(minutes=30)  # all clocks are set by whole ones
HEAT = {"weekday": "int64", "hour": "int64", "events": "float64", "total": "int64"}
HOURS = 7 * 24


def heat(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row an hour of the week, from Monday, midnight.

    Columns: weekday (int64, 0 is Monday), hour (int64, 0 to 23), events (float64, the mean an hour;
    NaN where the range holds no such hour that is over), total (int64, events in all these hours).
    Hours are those of clocks in the project's zone: one that comes twice in a night counts as two,
    one that is left out as none. The hour that is not over is left out.
    """
    if not viewer.sees(filters.project_id, "product"):
        return pd.DataFrame(columns=list(HEAT)).astype(HEAT)
    at, n = _counted(conn, viewer, filters)
    over = at < instants([_until(filters)])[0]
    total = np.bincount(_hour_of_week(at[over], filters), n[over], HOURS)
    hours = _hours(filters)
    week = np.arange(HOURS)
    mean = np.divide(total, hours, out=np.full(HOURS, np.nan), where=hours > 0)
    columns = {"weekday": week // 24, "hour": week % 24, "events": mean, "total": total}
    return pd.DataFrame(columns).astype(HEAT)


def heat_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `heat`, as one statement."""
    first, last = midnight(filters.start, filters.tz), _until(filters) - SLOT
    times = func.generate_series(_literal(first), _literal(last), SLOT)
    slots = times.table_valued("slot", name="slots").render_derived()
    elapsed = _by_hour_of_week(slots.c.slot, filters, func.count() / cast(2, Double), "hours")
    done = _events_sql(viewer, filters)
    places = func.generate_series(0, HOURS - 1).table_valued("place", name="week")
    week = places.render_derived()
    n = func.coalesce(done.c.n, 0)
    allowed = true() if viewer.sees(filters.project_id, "product") else false()
    return (
        select(
            (week.c.place // 24).label("weekday"),
            (week.c.place % 24).label("hour"),
            case((elapsed.c.hours > 0, n / elapsed.c.hours)).label("events"),
            n.label("total"),
        )
        .join_from(week, elapsed, elapsed.c.place == week.c.place, isouter=True)
        .join(done, done.c.place == week.c.place, isouter=True)
        .where(allowed)
        .order_by(week.c.place)
    )


def _counted(
    conn: Connection, viewer: Viewer, filters: Filters
) -> tuple[Instants, np.ndarray[Any, np.dtype[np.int64]]]:
    """How many events there were from each instant on, before the hour of a clock ends."""
    if filters.dimensions or filters.segment is not None:
        moments = load_log(conn, viewer, filters, columns=("at",), ordered=False).at
        width = SLOT // timedelta(microseconds=1)
        slots, n = np.unique(moments // width, return_counts=True)
        return (slots * width).view("datetime64[us]"), n
    e = visible_event_hours(viewer, filters)
    summed = func.sum(e.c.n).cast(BigInteger).label("n")
    rows = read(conn, select(e.c.hour, summed).group_by(e.c.hour))
    return instants(rows["hour"].tolist()), rows["n"].to_numpy(np.int64)


def _until(filters: Filters) -> datetime:
    """The end of the range, or of the last hour in it that is over."""
    hour = filters.now.astimezone(filters.tz).replace(minute=0, second=0, microsecond=0)
    start, end = (midnight(day, filters.tz) for day in (filters.start, filters.end))
    return max(start, min(end, hour.astimezone(UTC)))


def _hours(filters: Filters) -> np.ndarray[Any, np.dtype[np.float64]]:
    """How many hours of each kind the range has had."""
    start, until = instants([midnight(filters.start, filters.tz), _until(filters)])
    slots = np.arange(start, until, np.timedelta64(SLOT))
    return np.bincount(_hour_of_week(slots, filters), minlength=HOURS) / 2


def _hour_of_week(at: Instants, filters: Filters) -> np.ndarray[Any, np.dtype[np.int64]]:
    local = pd.DatetimeIndex(at, tz="UTC").tz_convert(filters.zone)
    return (local.day_of_week * 24 + local.hour).to_numpy(np.int64)


def _events_sql(viewer: Viewer, filters: Filters) -> Any:
    until = _literal(_until(filters))
    if filters.dimensions or filters.segment is not None:
        e = visible_events(viewer, filters)
        before = select(e.c.occurred_at.label("at"), literal(1).label("n"))
        rows = before.where(e.c.occurred_at < until).subquery("before")
    else:
        h = visible_event_hours(viewer, filters)
        rows = select(h.c.hour.label("at"), h.c.n).where(h.c.hour < until).subquery("before")
    return _by_hour_of_week(rows.c.at, filters, func.sum(rows.c.n), "n")


def _by_hour_of_week(
    at: ColumnElement[datetime], filters: Filters, counted: ColumnElement[Any], label: str
) -> Any:
    local = func.timezone(filters.zone, at)
    place = (extract("isodow", local) - 1) * 24 + extract("hour", local)
    whole = cast(place, Integer)
    return select(whole.label("place"), counted.label(label)).group_by(whole).subquery(label)


def _literal(moment: datetime) -> ColumnElement[datetime]:
    return cast(moment, DateTime(timezone=True))

"""Failures by the day, of all causes or of one."""

from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Date, Select, cast, func, select

from analytics.filters import Filters
from analytics.measures.cutting import ALL, read
from analytics.periods import day_periods, midnight
from analytics.scope import Viewer, visible_error_hours

DAYS = {
    "period": "datetime64[us]",
    "series": "str",
    "n": "int64",
    "value": "float64",
    "complete": "bool",
    "which": "str",
    "at": "datetime64[us]",
}


def failures_by_day(
    conn: Connection, viewer: Viewer, filters: Filters, fingerprint: int | None = None
) -> pd.DataFrame:
    """One row a day of the range that has begun, 0 where nothing failed; empty where nothing did.

    Columns as a trend has them, so that the same chart draws them: period and at (datetime64[us],
    local), series ("All"), n (int64), value (float64, the same), complete (bool), which (str:
    "current"). Filters on dimensions don't apply.
    """
    found = read(conn, failures_by_day_sql(viewer, filters, fingerprint))
    if found.empty:
        return pd.DataFrame(columns=list(DAYS)).astype(DAYS)
    n = dict(zip(found["day"].tolist(), found["n"].tolist(), strict=True))
    days = day_periods(filters)
    counts = [n.get(day.first, 0) for day in days]
    frame = pd.DataFrame({"period": [day.label for day in days], "n": counts, "value": counts})
    return frame.assign(
        series=ALL, complete=[day.complete for day in days], which="current", at=frame["period"]
    )[list(DAYS)].astype(DAYS)


def failures_by_day_sql(
    viewer: Viewer, filters: Filters, fingerprint: int | None = None
) -> Select[Any]:
    """The rows of `failures_by_day` that are not zero: day and n."""
    h = visible_error_hours(viewer, filters.project_id).c
    start, end = (midnight(day, filters.tz) for day in (filters.start, filters.end))
    day = cast(func.timezone(filters.zone, h.hour), Date).label("day")
    columns: list[Any] = [day, cast(func.sum(h.n), BigInteger).label("n")]
    query = select(*columns)
    query = query.where(h.hour >= start, h.hour < end)
    if fingerprint is not None:
        query = query.where(h.fingerprint == fingerprint)
    return query.group_by(day).order_by(day)

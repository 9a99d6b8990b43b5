"""How often each subject was used, how well it went, and since when it is used at all."""

from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, func, select

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.scope import (
    Viewer,
    visible_actor_event_days,
    visible_event_days,
    visible_hours_ever,
    visible_kinds,
)


def load_uses(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row a kind that was used; the index is its id.

    Columns: subject (str), uses (int64), success and error_rate (float64), trend (lists of int: the
    uses on each day that is over).
    """
    door = visible_event_days if filters.segment is None else visible_actor_event_days
    e, k = door(viewer, filters), visible_kinds(viewer, filters.project_id)
    sums = [func.sum(e.c[one]).cast(BigInteger).label(one) for one in ("n", "failures")]
    groups = [e.c.kind_id, e.c.day]
    query = select(*groups, k.c.subject, *sums).join(k, k.c.id == e.c.kind_id)
    found = read(conn, query.group_by(*groups, k.c.subject))
    rows = found.groupby("kind_id").agg(
        subject=("subject", "first"), uses=("n", "sum"), failures=("failures", "sum")
    )
    error_rate = rows.pop("failures").astype("float64") / rows["uses"].astype("float64")
    return rows.assign(
        error_rate=error_rate, success=1 - error_rate, trend=_by_day(found, filters, rows.index)
    )


def load_first_days(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """The local day of the first event ever: first_use (datetime64[us]), by the kind's id.

    Of the kinds of the event that is asked for, or of all; no other filter matters.
    """
    h = visible_hours_ever(viewer, filters.project_id)
    k = visible_kinds(viewer, filters.project_id)
    first = select(h.c.kind_id, func.min(h.c.hour).label("hour")).group_by(h.c.kind_id)
    query = first.join(k, k.c.id == h.c.kind_id)
    if filters.event:
        query = query.where(k.c.name == filters.event)
    rows = read(conn, query).set_index("kind_id")
    local = pd.to_datetime(rows["hour"], utc=True).dt.tz_convert(filters.zone)
    return pd.DataFrame({"first_use": local.dt.tz_localize(None).dt.normalize()})


def _by_day(found: pd.DataFrame, filters: Filters, kinds: pd.Index) -> "pd.Series[Any]":
    over = filters.whole_days()
    days = pd.date_range(over.start, periods=over.days).date.tolist() if over else []
    daily = found.pivot_table(index="kind_id", columns="day", values="n", aggfunc="sum")
    counts = daily.reindex(index=kinds, columns=days).fillna(0).astype("int64")
    return pd.Series(counts.to_numpy().tolist(), index=kinds, dtype="object")

"""The events of a project by name: since when, how many, and whether that changed."""

from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Select,
    Subquery,
    case,
    cast,
    func,
    literal,
    select,
)

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.periods import ends
from analytics.scope import (
    Viewer,
    visible_hours_ever,
    visible_kinds,
    within,
)

VOLUMES = {
    "name": "str",
    "first_seen": "datetime64[us]",
    "last_seen": "datetime64[us]",
    "events": "int64",
    "before": "int64",
    "change": "float64",
    "state": "str",
}


def volumes(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """The events by name, the most frequent first; also those that came before and no more.

    They are those of the whole project, whatever the filters on dimensions. Columns: name (str),
    first_seen and last_seen (datetime64[us], local: the hour), events (int64, in the range), before
    (int64, in as many whole days before), change (float64: the range's days that are over against
    those; NaN where there was nothing before), state (str: "new" when first seen in the range,
    "quiet" when there was something before and nothing since, else missing).
    """
    return read(conn, volumes_sql(viewer, filters)).astype(VOLUMES)


def volumes_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `volumes`."""
    counted = _counted(within(viewer, "product"), filters).c
    begin, end = ends(filters)
    state = case(
        ((counted.first_seen >= begin) & (counted.first_seen < end), "new"),
        ((counted.before > 0) & (counted.events == 0), "quiet"),
    )
    change = counted.over * 1.0 / func.nullif(counted.before, 0) - 1
    return (
        select(
            counted.name,
            func.timezone(filters.zone, counted.first_seen).label("first_seen"),
            func.timezone(filters.zone, counted.last_seen).label("last_seen"),
            counted.events,
            counted.before,
            cast(change, Double).label("change"),
            state.label("state"),
        )
        .where((counted.events > 0) | (counted.before > 0))
        .order_by(counted.events.desc(), counted.name)
    )


def _counted(viewer: Viewer, filters: Filters) -> Subquery:
    """First and last hour of every event ever, and how many there are in which days."""
    over = filters.whole_days()
    e = visible_hours_ever(viewer, filters.project_id).c
    by_kind = (
        select(
            e.kind_id,
            func.min(e.hour).label("first_seen"),
            func.max(e.hour).label("last_seen"),
            _sum(e, filters, "events"),
            _sum(e, over, "over"),
            _sum(e, over and over.previous(), "before"),
        )
        .group_by(e.kind_id)
        .subquery("by_kind")
        .c
    )
    kind = visible_kinds(viewer, filters.project_id).c
    sums = (
        cast(func.sum(by_kind[name]), BigInteger).label(name)
        for name in ("events", "over", "before")
    )
    first, last = func.min(by_kind.first_seen), func.max(by_kind.last_seen)
    return (
        select(kind.name, first.label("first_seen"), last.label("last_seen"), *sums)
        .where(kind.id == by_kind.kind_id)
        .group_by(kind.name)
        .subquery("counted")
    )


def _sum(hours: Any, days: Filters | None, label: str) -> ColumnElement[int]:
    """SQL for the events of some days; 0 of none."""
    if days is None:
        return literal(0).label(label)
    start, end = ends(days)
    total = func.sum(hours.n).filter((hours.hour >= start) & (hours.hour < end))
    return func.coalesce(total, 0).label(label)

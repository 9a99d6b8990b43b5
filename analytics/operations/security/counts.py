"""How often what may be an attack happened, by kind."""

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, Connection, Select, cast, func, select

from analytics.filters import Filters
from analytics.measures.cutting import edge_before, edges, ratio, read
from analytics.operations.security.metrics import SECURITY_METRICS
from analytics.periods import instants, midnight, periods
from analytics.scope import Viewer, visible_security_hours

BY_KIND = {"kind": "str", "label": "str", "n": "int64", "before": "int64", "change": "float64"}
SERIES = {
    "period": "datetime64[us]",
    "series": "str",
    "value": "float64",
    "complete": "bool",
    "which": "str",
}


def security_by_kind(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """A row a kind, in the order of the catalogue; those of no project are in every project's.

    Columns: kind, label (str), n (int64, in the range), before (int64, in as many whole days
    before), change (float64 of the days that are over; NaN where there was nothing before). Empty
    for who may not see it.
    """
    if not viewer.sees(filters.project_id, "operations"):
        return pd.DataFrame(columns=list(BY_KIND)).astype(BY_KIND)
    over = filters.whole_days()
    ranges = (filters, over, over.previous()) if over else (filters, None, None)
    counted = [
        {} if days is None else _counted(conn, security_by_kind_sql(viewer, days))
        for days in ranges
    ]
    n, now, before = ([of.get(kind, 0) for kind in SECURITY_METRICS] for of in counted)
    return pd.DataFrame(
        {
            "kind": list(SECURITY_METRICS),
            "label": [metric.label for metric in SECURITY_METRICS.values()],
            "n": n,
            "before": before,
            "change": ratio(np.asarray(now, np.float64), np.asarray(before, np.float64)) - 1,
        }
    ).astype(BY_KIND)


def security_by_kind_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The statement behind `security_by_kind`, for one range."""
    h = visible_security_hours(viewer, filters.project_id).c
    start, end = midnight(filters.start, filters.tz), midnight(filters.end, filters.tz)
    n = cast(func.sum(h.n), BigInteger).label("n")
    query = select(h.kind, n).where(h.hour >= start, h.hour < end)
    return query.group_by(h.kind).order_by(n.desc())


def security_over_time(
    conn: Connection, viewer: Viewer, filters: Filters, kinds: tuple[str, ...]
) -> pd.DataFrame:
    """These kinds by period, each that happened in the range as a series.

    Columns: period (datetime64[us], local), series (str: the kind's label), value (float64),
    complete (bool), which (str: "current").
    """
    cut = periods(filters)
    if not cut:
        return pd.DataFrame(columns=list(SERIES)).astype(SERIES)
    found = read(conn, security_over_time_sql(viewer, filters, kinds))
    starts = np.searchsorted(instants(edges(cut)), instants([each.start for each in cut])) + 1
    counted = found.pivot_table(index="edge", columns="kind", values="n", aggfunc="sum")
    values = counted.reindex(starts).fillna(0.0)
    named = {kind: SECURITY_METRICS[kind].label for kind in kinds if kind in values}
    when = {
        "period": [each.label for each in cut],
        "complete": [each.complete for each in cut],
        "which": "current",
    }
    parts = [
        pd.DataFrame(when | {"series": label, "value": values[kind].to_numpy()})
        for kind, label in named.items()
    ]
    return pd.concat([pd.DataFrame(columns=list(SERIES)), *parts])[list(SERIES)].astype(SERIES)


def security_over_time_sql(viewer: Viewer, filters: Filters, kinds: tuple[str, ...]) -> Select[Any]:
    """The statement behind `security_over_time`; `edge` is the number of the period's edge."""
    h = visible_security_hours(viewer, filters.project_id).c
    start, end = midnight(filters.start, filters.tz), midnight(filters.end, filters.tz)
    edge = edge_before(h.hour, edges(periods(filters)))
    query = select(edge, h.kind, cast(func.sum(h.n), BigInteger).label("n"))
    query = query.where(h.hour >= start, h.hour < end, h.kind.in_(kinds))
    return query.group_by("edge", h.kind).order_by("edge", h.kind)


def _counted(conn: Connection, query: Select[Any]) -> dict[str, int]:
    return {row.kind: row.n for row in conn.execute(query)}

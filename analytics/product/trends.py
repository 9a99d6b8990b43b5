"""How a metric moves over time, as a whole and by any dimension."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cutting import ALL
from analytics.measures.loading import Measured, load, values_of
from analytics.metrics import Metric, find_metric
from analytics.periods import Period, periods, whole
from analytics.product.subjects import top_subjects
from analytics.scope import Viewer

__all__ = ["top_subjects", "trend"]

OTHER = "Other"
TREND = {
    "period": "datetime64[us]",
    "series": "str",
    "value": "float64",
    "complete": "bool",
    "which": "str",
    "at": "datetime64[us]",
}


def trend(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    metric: str,
    by: str | None = None,
    top: int = 6,
) -> pd.DataFrame:
    """One row a period and series, oldest first; `which` is "current" or "previous".

    Columns: period (datetime64[us], local wall time of the period's start), series (str: "All",
    then the `top` values of the dimension `by` and "Other", each counted on its own: they need
    not add up), value (float64 in the metric's unit; NaN where it has none), complete (bool: False
    while the period isn't over, or when the range cuts it), which (str), at (datetime64[us]: the
    period itself, which for previous rows is not the one they are compared with).
    Periods that have not begun are left out. Raises UnknownMetric, BadFilters, TooWide.
    """
    chosen = find_metric(metric)
    if not viewer.sees(filters.project_id, "product"):
        return _frame([])
    now, before = periods(filters), periods(filters.previous()) if filters.compare else []
    if not now:
        return _frame([])
    loaded = load(conn, viewer, filters, [*before, *now], [chosen], by)
    labels = [period.label for period in now]
    earlier = [filters.compared_with(period.label) for period in before]
    parts = []
    for name, measured in _series(loaded, chosen, whole(filters), by, top).items():
        parts.append(_rows(name, chosen, measured, now, labels, "current"))
        parts.append(_rows(name, chosen, measured, before, earlier, "previous"))
    return _frame(parts)


def _series(
    loaded: dict[str, Measured], metric: Metric, period: Period, by: str | None, top: int
) -> dict[str, Measured]:
    """The total, then the values with the most behind them, then the union of the others."""
    everything = Measured.merged(list(loaded.values())) if loaded else Measured()
    if by is None:
        return {ALL: everything}
    source = metric.sources[0]
    ranked = sorted(loaded, key=lambda value: -loaded[value].volume(source, period))
    rest = [loaded[value] for value in ranked[top:]]
    others = {OTHER: Measured.merged(rest)} if rest else {}
    return {ALL: everything} | {value: loaded[value] for value in ranked[:top]} | others


def _rows(
    name: str,
    metric: Metric,
    measured: Measured,
    shown: Sequence[Period],
    labels: Sequence[datetime],
    which: str,
) -> pd.DataFrame:
    columns = {
        "period": np.array(labels, "datetime64[us]"),
        "series": name,
        "value": values_of(metric, measured, shown),
        "complete": np.array([period.complete for period in shown], bool),
        "which": which,
        "at": np.array([period.label for period in shown], "datetime64[us]"),
    }
    return pd.DataFrame(columns).astype(TREND)


def _frame(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=list(TREND)).astype(TREND)
    return pd.concat(parts, ignore_index=True)

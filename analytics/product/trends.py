"""How a metric moves over time, as a whole and by any dimension or event property."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cutting import ALL
from analytics.measures.loading import Measured, load
from analytics.metrics import Metric, find_metric
from analytics.periods import Period, periods, whole
from analytics.product.properties import REST, check_property, load_by_property, property_of
from analytics.product.readings import Reading, check_reading, read_as
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
    reading: Reading = "each",
) -> pd.DataFrame:
    """One row a period and series, oldest first; `which` is "current" or "previous".

    Columns: period (datetime64[us], local wall time of the period's start), series (str: "All",
    then the `top` values of `by` and "Other", each counted on its own: they add up to "All" only
    where the metric `adds_up`), value (float64 in the metric's unit; NaN where it has none),
    complete (bool: False while the period isn't over, or when the range cuts it), which (str), at
    (datetime64[us]: the period itself, which for previous rows is not the one they are compared
    with). Periods that have not begun are left out.

    `by` is a dimension, or `property:` and the name of a property of the event that the filters
    choose; a breakdown by a property has no previous rows. `reading` says how a value is made of
    periods: see `read_as`. Raises UnknownMetric, BadFilters, TooWide.
    """
    chosen = find_metric(metric)
    check_reading(chosen, reading)
    now = periods(filters)
    if not viewer.sees(filters.project_id, "product") or not now:
        return _frame([])
    before = compared_periods(filters, by)
    loaded = _load(conn, viewer, filters, [*before, *now], chosen, by)
    labels = [period.label for period in now]
    earlier = [filters.compared_with(period.label) for period in before]
    parts = []
    for name, measured in _series(loaded, chosen, whole(filters), by, top).items():
        parts.append(_rows(name, chosen, measured, now, labels, "current", reading))
        parts.append(_rows(name, chosen, measured, before, earlier, "previous", reading))
    return _frame(parts)


def compared_periods(filters: Filters, by: str | None) -> list[Period]:
    """The periods of the time before, where there is something to compare with."""
    return periods(filters.previous()) if filters.compare and not property_of(by) else []


def label_of(value: str) -> str:
    """A value of a breakdown as it is shown; one that is called like a series of ours is quoted."""
    return f"\u201c{value}\u201d" if value in (ALL, OTHER) else value


def _load(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    shown: Sequence[Period],
    metric: Metric,
    by: str | None,
) -> dict[str, Measured]:
    key = property_of(by)
    if key is None:
        return load(conn, viewer, filters, shown, [metric], by)
    check_property(metric, filters)
    return load_by_property(conn, viewer, filters, shown, [metric], key)


def _series(
    loaded: dict[str, Measured], metric: Metric, period: Period, by: str | None, top: int
) -> dict[str, Measured]:
    """The total, then the values with the most behind them, then the union of the others."""
    everything = Measured.merged(list(loaded.values())) if loaded else Measured()
    if by is None:
        return {ALL: everything}
    source = metric.sources[0]
    values = sorted(value for value in loaded if value != REST)
    ranked = sorted(values, key=lambda value: -loaded[value].volume(source, period))
    rest = [loaded[value] for value in [*ranked[top:], REST] if value in loaded]
    others = {OTHER: Measured.merged(rest)} if rest else {}
    return {ALL: everything} | {label_of(v): loaded[v] for v in ranked[:top]} | others


def _rows(
    name: str,
    metric: Metric,
    measured: Measured,
    shown: Sequence[Period],
    labels: Sequence[datetime],
    which: str,
    reading: Reading,
) -> pd.DataFrame:
    columns = {
        "period": np.array(labels, "datetime64[us]"),
        "series": name,
        "value": read_as(reading, metric, measured, shown),
        "complete": np.array([period.complete for period in shown], bool),
        "which": which,
        "at": np.array([period.label for period in shown], "datetime64[us]"),
    }
    return pd.DataFrame(columns).astype(TREND)


def _frame(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=list(TREND)).astype(TREND)
    return pd.concat(parts, ignore_index=True)

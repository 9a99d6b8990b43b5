"""How a metric moves over time, as a whole and by any dimension or event property."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.loading import Measured
from analytics.metrics import Metric, find_metric
from analytics.periods import Period, periods
from analytics.product.properties import property_of
from analytics.product.trends.readings import Reading, check_reading, read_as
from analytics.product.trends.series import load_series
from analytics.scope import Viewer

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
    loaded = load_series(conn, viewer, filters, [*before, *now], metric, by, top)
    labels = [period.label for period in now]
    earlier = [filters.compared_with(period.label) for period in before]
    parts = []
    for name, measured in loaded.items():
        parts.append(_rows(name, chosen, measured, now, labels, "current", reading))
        parts.append(_rows(name, chosen, measured, before, earlier, "previous", reading))
    return _frame(parts)


def compared_periods(filters: Filters, by: str | None) -> list[Period]:
    """The periods of the time before, where there is something to compare with."""
    return periods(filters.previous()) if filters.compare and not property_of(by) else []


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

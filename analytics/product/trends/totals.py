"""A metric over the whole range: in all, and by the values of a breakdown."""

from dataclasses import replace

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cutting import ALL
from analytics.measures.loading import values_of
from analytics.metrics import find_metric
from analytics.periods import whole
from analytics.product.trends.series import load_series
from analytics.scope import Viewer

TOTALS = {"series": "str", "value": "float64", "share": "float64"}


def totals(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    metric: str,
    by: str | None = None,
    top: int = 50,
) -> pd.DataFrame:
    """One row a series: "All", then the `top` values of `by` and "Other", each counted on its own.

    Columns: series (str), value (float64 in the metric's unit, over the whole range; NaN where it
    has none), share (float64, of the value of "All"; NaN where the metric is no count). Shares add
    up to 1 only where the metric `adds_up`. Raises UnknownMetric, BadFilters, TooWide.
    """
    chosen = find_metric(metric)
    if not viewer.sees(filters.project_id, "product"):
        return pd.DataFrame(columns=list(TOTALS)).astype(TOTALS)
    daily = replace(filters, grain="day")
    period = whole(daily)
    loaded = load_series(conn, viewer, daily, [period], metric, by, top)
    values = np.array([values_of(chosen, m, [period])[0] for m in loaded.values()], float)
    frame = pd.DataFrame({"series": list(loaded), "value": values})
    total = values[list(loaded).index(ALL)]
    share = frame["value"] / total if chosen.counts and total else np.nan
    return frame.assign(share=share).astype(TOTALS)

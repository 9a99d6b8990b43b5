"""How much is taken along a day, and on which days that is unusual."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, Select

from analytics.filters import EARLIEST, Filters
from analytics.measures.cutting import edges, read
from analytics.operations.security.counts import security_over_time_sql
from analytics.periods import day_periods, instants
from analytics.scope import Viewer

USUAL_DAYS = 28  # before a day, that tell what is usual
LONGEST = 400  # days; counts are kept for as long
TO_SIGMA = 1.4826  # MAD to the standard deviation of a normal distribution
LEAST_SCALE = float(np.log(2))  # what never varied is not unusual at the first doubling
UNUSUAL = 3.5  # Iglewicz and Hoaglin (1993)
FEWEST_ROWS = 1_000  # fewer are no exfiltration, however unusual
EXPORTS = {
    "day": "datetime64[us]",
    "rows": "int64",
    "usual": "float64",
    "z": "float64",
    "unusual": "bool",
}


def exports_by_day(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """The rows that were exported on each day of the range (its last 400), and how unusual it is.

    `z` is the robust z of log(1 + rows) against the 28 days before: the distance from their median
    by their MAD (Iglewicz and Hoaglin 1993); of logarithms, since volumes vary by factors. Columns:
    day (datetime64[us], local), rows (int64), usual (float64: the median of the days before), z
    (float64), unusual (bool). Empty for who may not see it.
    """
    days = day_periods(_with_days_before(filters))
    if not viewer.sees(filters.project_id, "operations") or len(days) <= USUAL_DAYS:
        return pd.DataFrame(columns=list(EXPORTS)).astype(EXPORTS)
    found = read(conn, exports_by_day_sql(viewer, filters))
    counted = dict(zip(found["edge"], found["n"], strict=True))
    places = np.searchsorted(instants(edges(days)), instants([day.start for day in days])) + 1
    rows = np.array([counted.get(place, 0) for place in places], np.float64)
    before = np.lib.stride_tricks.sliding_window_view(rows, USUAL_DAYS)[:-1]
    shown = rows[USUAL_DAYS:]
    z = robust_z(np.log1p(shown), np.log1p(before))
    return pd.DataFrame(
        {
            "day": [day.label for day in days[USUAL_DAYS:]],
            "rows": shown,
            "usual": np.median(before, axis=1),
            "z": z,
            "unusual": (z >= UNUSUAL) & (shown >= FEWEST_ROWS),
        }
    ).astype(EXPORTS)


def exports_by_day_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The statement behind `exports_by_day`, with the days before the range."""
    return security_over_time_sql(viewer, _with_days_before(filters), ("exported_rows",))


def _with_days_before(filters: Filters) -> Filters:
    """The last LONGEST days of the range at most, and those that tell what is usual."""
    start = max(filters.start, filters.end - timedelta(days=LONGEST))
    before = max(start - timedelta(days=USUAL_DAYS), EARLIEST)
    return replace(filters, start=before, grain="day")


def robust_z(values: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each value lies from the median of its row of former ones, by their MAD."""
    usual = np.median(before, axis=1)
    spread = TO_SIGMA * np.median(np.abs(before - usual[:, None]), axis=1)
    z: NDArray[np.float64] = (values - usual) / np.maximum(spread, LEAST_SCALE)
    return z

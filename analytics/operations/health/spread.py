"""Counts at instants, laid out over the periods of a range as charts of lines draw them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from analytics.filters import Filters
from analytics.measures.cutting import slices
from analytics.periods import periods

Worth = Callable[[pd.DataFrame], Any]
TREND = {
    "period": "datetime64[s]",
    "series": "str",
    "value": "float64",
    "which": "str",
    "complete": "bool",
}


def spread(rows: pd.DataFrame, filters: Filters, worth: Worth) -> pd.DataFrame:
    """What each series is worth in each period, NaN where it has no row: the columns of TREND.

    `rows` has series (str) and at (datetime64[us]), sorted by it within a series, and what `worth`
    makes a number of.
    """
    cut = periods(filters)
    parts = [_one(str(name), part, cut, worth) for name, part in rows.groupby("series")]
    frame = pd.concat(parts) if parts else pd.DataFrame(columns=list(TREND))
    return frame.reset_index(drop=True).astype(TREND)


def _one(name: str, rows: pd.DataFrame, cut: list[Any], worth: Worth) -> pd.DataFrame:
    at = rows["at"].to_numpy("datetime64[us]")
    inside = [rows.iloc[each] for each in slices(at, cut)]
    values = [worth(part) if len(part) else np.nan for part in inside]
    return pd.DataFrame(
        {
            "period": [period.label for period in cut],
            "series": name,
            "value": values,
            "which": "current",
            "complete": [period.complete for period in cut],
        }
    )

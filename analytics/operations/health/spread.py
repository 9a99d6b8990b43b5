"""Values at instants, laid out over the periods of a range as charts of lines draw them."""

import pandas as pd

from analytics.filters import Filters
from analytics.periods import instants, periods

TREND = {
    "period": "datetime64[s]",
    "series": "str",
    "value": "float64",
    "which": "str",
    "complete": "bool",
}


def spread(rows: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The value of each series in each period, NaN where it has none: the columns of TREND.

    `rows` has series (str), at (datetime64[us], where a period begins) and value, one row each.
    """
    cut = periods(filters)
    names = sorted(set(rows["series"]))
    starts = instants([period.start for period in cut])
    places = pd.MultiIndex.from_product([names, starts])
    values = rows.set_index(["series", "at"])["value"].reindex(places)
    frame = pd.DataFrame(
        {
            "period": [period.label for period in cut] * len(names),
            "series": [name for name in names for _ in cut],
            "value": values.to_numpy("float64"),
            "which": "current",
            "complete": [period.complete for period in cut] * len(names),
        }
    )
    return frame.astype(TREND)

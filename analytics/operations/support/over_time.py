"""Support by day, week or month."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select

from analytics.filters import Filters
from analytics.measures.cutting import edge_before, edges, ratio, read
from analytics.operations.support.counting import COUNTED, backlog_sql, counted_sql
from analytics.periods import instants, periods
from analytics.scope import Viewer

BY_PERIOD = {
    "period": "datetime64[us]",
    "complete": "bool",
    **COUNTED,
    "backlog": "int64",
    "csat": "float64",
}
SERIES = {
    "period": "datetime64[us]",
    "series": "str",
    "value": "float64",
    "complete": "bool",
    "which": "str",
}


def support_by_period(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """What happened to tickets in each period of the range, the oldest first.

    Columns: period (datetime64[us], local), complete (bool), opened, answered, prompt (int64),
    first_response_minutes (float64, median), resolved (int64), resolution_hours (float64, median),
    rated, content (int64), backlog (int64: open at its end), csat (float64). Medians and csat are
    NaN where there is nothing to make them of. Empty for who may not see it.
    """
    cut = periods(filters)
    if not cut or not viewer.sees(filters.project_id, "operations"):
        return pd.DataFrame(columns=list(BY_PERIOD)).astype(BY_PERIOD)
    counted = read(conn, support_by_period_sql(viewer, filters)).set_index("key")
    starts = np.searchsorted(instants(edges(cut)), instants([each.start for each in cut])) + 1
    frame = counted.reindex(starts).reset_index(drop=True)
    counts = [name for name, kind in COUNTED.items() if kind == "int64"]
    frame = frame.astype(dict.fromkeys(COUNTED, "float64")).fillna(dict.fromkeys(counts, 0.0))
    waiting = conn.execute(backlog_sql(viewer, filters)).scalar_one_or_none() or 0
    return frame.assign(
        period=[each.label for each in cut],
        complete=[each.complete for each in cut],
        backlog=waiting + (frame["opened"] - frame["resolved"]).cumsum(),
        csat=ratio(frame["content"].to_numpy(), frame["rated"].to_numpy()),
    )[list(BY_PERIOD)].astype(BY_PERIOD)


def support_by_period_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The statement behind `support_by_period`; its key is the number of the period's edge."""
    cuts = edges(periods(filters))
    query = counted_sql(viewer, filters, lambda moment, _: edge_before(moment, cuts))
    return query.order_by("key")


def as_series(frame: pd.DataFrame, named: Mapping[str, str]) -> pd.DataFrame:
    """Columns of `support_by_period` as the series of a chart, one below the other.

    Columns: period (datetime64[us], local), series (str: the name), value (float64), complete
    (bool), which (str: "current").
    """
    parts = [
        frame[["period", "complete"]].assign(series=name, value=frame[column], which="current")
        for column, name in named.items()
    ]
    return pd.concat(parts, ignore_index=True)[list(SERIES)].astype(SERIES)

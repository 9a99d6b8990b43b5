"""Requests over the periods of a page, with those of the time before."""

from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cutting import Values, edges
from analytics.operations.requests.loading import TOGETHER, load
from analytics.operations.requests.measured import Measured
from analytics.operations.requests.series import APDEX_MS
from analytics.periods import Period, periods
from analytics.scope import Viewer

TREND = {
    "period": "datetime64[us]",
    "at": "datetime64[us]",
    "series": "str",
    "value": "float64",
    "complete": "bool",
    "which": "str",
}
PER_SECOND = "per_second"


def request_trend(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    filters: Filters,
    figures: tuple[str, ...],
    apdex_ms: float = APDEX_MS,
) -> pd.DataFrame:
    """Some figures of requests over the filters' periods, and over those before if they compare.

    Figures are those of `request_series`, and per_second: of the seconds that are over. Columns as
    a trend has them, so that the same charts draw them: period and at (datetime64[us], local),
    series (str: the figure; "All" of one alone), value (float64, NaN without any request),
    complete (bool), which (str: current or previous). Empty when there was no request.
    """
    now = _over_periods(conn, viewer, measured, filters, figures, apdex_ms)
    if not filters.compare or now.empty:
        return now
    before = _over_periods(conn, viewer, measured, filters.previous(), figures, apdex_ms)
    shown = [filters.compared_with(label) for label in before["at"].dt.to_pydatetime()]
    before = before.assign(period=shown, which="previous").astype(TREND)
    return pd.concat([now, before], ignore_index=True)


def _over_periods(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    filters: Filters,
    figures: tuple[str, ...],
    apdex_ms: float,
) -> pd.DataFrame:
    spans = periods(filters)
    counted = (
        load(conn, viewer, measured, edges(spans), zone=filters.tz).get(TOGETHER) if spans else None
    )
    if counted is None:
        return pd.DataFrame(columns=list(TREND)).astype(TREND)
    found = counted.figures(spans, apdex_ms)
    found[PER_SECOND] = found["n"] / _seconds_over(spans, filters.now)
    labels = {"period": [span.label for span in spans], "at": [span.label for span in spans]}
    complete = [span.complete for span in spans]
    named = {name: name if len(figures) > 1 else "All" for name in figures}
    parts = [
        pd.DataFrame({**labels, "series": named[name], "value": found[name], "complete": complete})
        for name in figures
    ]
    return pd.concat(parts, ignore_index=True).assign(which="current").astype(TREND)[list(TREND)]


def _seconds_over(spans: list[Period], now: datetime) -> Values:
    """How much of each period is over; of one that has just begun a second."""
    over = [(min(span.end, now) - span.start).total_seconds() for span in spans]
    return np.asarray(np.maximum(over, 1.0))

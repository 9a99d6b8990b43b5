"""How the time to answer is spread over time: a latency heat map (Gregg, CACM 53(7), 2010)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cutting import edges
from analytics.operations.requests.counted import middles
from analytics.operations.requests.loading import TOGETHER, load
from analytics.operations.requests.measured import Measured
from analytics.periods import Period, instants, periods
from analytics.scope import Viewer

LIMITS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)  # ms: where bands end
SPREAD = {
    "period": "datetime64[us]",
    "band": "int64",
    "n": "int64",
    "share": "float64",
}


def latency_spread(
    conn: Connection, viewer: Viewer, measured: Measured, filters: Filters
) -> pd.DataFrame:
    """Requests by period and by how long they took, for bands that hold any.

    Columns: period (datetime64[us], local), band (int64: the place in LIMITS of the band's end, or
    len(LIMITS) for what took longer), n (int64), share (float64: of the period's requests). By the
    middle of bins, so that a request within 2 % of a limit may be in the band beside.
    """
    spans = periods(filters)
    counted = (
        load(conn, viewer, measured, edges(spans), zone=filters.tz).get(TOGETHER) if spans else None
    )
    if counted is None:
        return pd.DataFrame(columns=list(SPREAD)).astype(SPREAD)
    timed = counted.durations
    place = np.searchsorted(instants([span.start for span in spans]), timed.at, side="right") - 1
    band = np.searchsorted(LIMITS, middles(timed.bins), side="left")
    width = len(LIMITS) + 1
    n = np.bincount(place * width + band, timed.n, len(spans) * width)
    return _rows(spans, n.reshape(-1, width).astype(float))


def _rows(spans: list[Period], n: NDArray[np.float64]) -> pd.DataFrame:
    where, band = np.nonzero(n)
    counted = n[where, band]
    share = counted / n.sum(axis=1)[where]
    labels = [spans[number].label for number in where]
    frame = pd.DataFrame({"period": labels, "band": band, "n": counted, "share": share})
    return frame.astype(SPREAD)

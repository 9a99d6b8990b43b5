"""Requests over time, by steps of so many minutes: what alerts and objectives read."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from analytics.operations.requests.counted import FIGURES, SHARES, SUMS, Counted
from analytics.operations.requests.loading import TOGETHER, load
from analytics.operations.requests.measured import Measured
from analytics.operations.steps import Steps
from analytics.periods import Period, instants
from analytics.scope import Viewer

APDEX_MS = 200.0
COUNTS = (*SUMS, "within")
SERIES = {"at": "datetime64[us, UTC]"} | {
    name: "int64" if name in COUNTS else "float64" for name in FIGURES
}
TIMED = ("within", *SHARES, "apdex")  # figures of durations
COUNTED = {name: dtype for name, dtype in SERIES.items() if name not in TIMED}


def request_series(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    start: datetime,
    end: datetime,
    minutes: int,
    apdex_ms: float = APDEX_MS,
) -> pd.DataFrame:
    """One row a step of so many minutes from `start` on in which there were requests.

    Columns: at (datetime64[us, UTC]: when the step begins), n, failures (answers of 500 and above),
    refused (400 to 499), cache_hits, cache_misses (int64), within (int64: took at most apdex_ms),
    error_rate (float64: failures of all), p50, p95, p99 (float64, ms, within 2 %), apdex (float64,
    0 to 1), cache_hit_ratio (float64, NaN where no answer told). Minutes are kept for two days;
    what is older is in the step in which its hour begins. So are requests that clients count.
    """
    cuts = Steps(start, end, minutes).cuts()
    counted = load(conn, viewer, measured, cuts).get(TOGETHER)
    if counted is None:
        return pd.DataFrame(columns=list(SERIES)).astype(SERIES)
    spans = _begun(counted, cuts)
    at = [span.start for span in spans]
    frame = pd.DataFrame({"at": at, **counted.figures(spans, apdex_ms)})
    return frame[list(SERIES)].astype(SERIES)


def request_counts(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    start: datetime,
    end: datetime,
    minutes: int,
) -> pd.DataFrame:
    """The rows of `request_series` without what durations tell, for a tenth of its time.

    Columns: at, n, failures, refused, cache_hits, cache_misses, error_rate and cache_hit_ratio, as
    there.
    """
    cuts = Steps(start, end, minutes).cuts()
    counted = load(conn, viewer, measured, cuts, timed=False).get(TOGETHER)
    if counted is None:
        return pd.DataFrame(columns=list(COUNTED)).astype(COUNTED)
    spans = _begun(counted, cuts)
    frame = pd.DataFrame({"at": [span.start for span in spans], **counted.counts(spans)})
    return frame[list(COUNTED)].astype(COUNTED)


def _begun(counted: Counted, cuts: Sequence[datetime]) -> list[Period]:
    """The steps in which there were requests."""
    places = np.searchsorted(instants(cuts), np.unique(counted.at))
    ends = [(cuts[place], cuts[place + 1]) for place in places]
    return [
        Period(start, start, end, start.date(), end.date(), complete=True) for start, end in ends
    ]

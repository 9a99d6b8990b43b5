"""What alerts read of requests: by steps of so many minutes, so that any window adds up.

Instants are UTC without a zone; a step in which there is nothing that counts has no row.
"""

import pandas as pd
from sqlalchemy import Connection

from analytics.operations.requests.loading import TOGETHER, load
from analytics.operations.requests.measured import Measured
from analytics.operations.requests.series import APDEX_MS, request_counts, request_series
from analytics.operations.steps import Steps
from analytics.scope import Viewer

POINTS = {"at": "datetime64[us]", "value": "float64", "n": "int64"}
BINS = {"at": "datetime64[us]", "bin": "int64", "n": "int64"}


def request_rates(
    conn: Connection, viewer: Viewer, measured: Measured, steps: Steps
) -> pd.DataFrame:
    """Requests of each step: at (datetime64[us]), value (float64), n (int64: the same)."""
    found = request_counts(conn, viewer, measured, *steps)
    return _points(found, found["n"], found["n"])


def request_errors(
    conn: Connection, viewer: Viewer, measured: Measured, steps: Steps
) -> pd.DataFrame:
    """The share that failed of each step: at (datetime64[us]), value (float64), n (int64)."""
    found = request_counts(conn, viewer, measured, *steps)
    return _points(found, found["error_rate"], found["n"])


def cache_hits(conn: Connection, viewer: Viewer, measured: Measured, steps: Steps) -> pd.DataFrame:
    """The share from a cache: at (datetime64[us]), value (float64), n (int64: those that told)."""
    found = request_counts(conn, viewer, measured, *steps)
    return _points(found, found["cache_hit_ratio"], found["cache_hits"] + found["cache_misses"])


def apdex_points(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    steps: Steps,
    apdex_ms: float = APDEX_MS,
) -> pd.DataFrame:
    """Apdex of each step: at (datetime64[us]), value (float64, 0 to 1), n (int64)."""
    found = request_series(conn, viewer, measured, *steps, apdex_ms)
    return _points(found, found["apdex"], found["n"])


def request_bins(
    conn: Connection, viewer: Viewer, measured: Measured, steps: Steps
) -> pd.DataFrame:
    """Durations of each step: at (datetime64[us]), bin (int64), n (int64)."""
    found = load(conn, viewer, measured, steps.cuts()).get(TOGETHER)
    if found is None:
        return pd.DataFrame(columns=list(BINS)).astype(BINS)
    timed = found.durations
    frame = pd.DataFrame({"at": timed.at, "bin": timed.bins, "n": timed.n}).astype(BINS)
    return frame.groupby(["at", "bin"])["n"].sum().reset_index()


def _points(found: pd.DataFrame, value: "pd.Series[float]", n: "pd.Series[int]") -> pd.DataFrame:
    frame = pd.DataFrame({"at": found["at"].dt.tz_localize(None), "value": value, "n": n})
    return frame[frame["n"] > 0].reset_index(drop=True).astype(POINTS)

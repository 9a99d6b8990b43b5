"""Requests over a stretch of time in one row: in all, and by endpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import Connection

from analytics.measures.cutting import Values
from analytics.operations.requests.counted import SUMS
from analytics.operations.requests.loading import TOGETHER, load
from analytics.operations.requests.measured import Measured
from analytics.operations.requests.series import APDEX_MS
from analytics.periods import Period
from analytics.scope import Viewer

COUNTS = (*SUMS, "within")
RATES = (
    "per_second", "error_rate", "refused_share", "p50", "p95", "p99", "apdex", "cache_hit_ratio",
)  # fmt: skip
ENDPOINTS = {
    "service": "str",
    "endpoint": "str",
    **dict.fromkeys(COUNTS, "int64"),
    **dict.fromkeys(RATES, "float64"),
}


@dataclass(frozen=True, slots=True)
class Totals:
    """What there is to tell of requests over a time; rates are None where there were none.

    `within` took at most the threshold of Apdex, `per_second` is over the whole time, percentiles
    are in ms, shares from 0 to 1.
    """

    n: int = 0
    failures: int = 0
    refused: int = 0
    cache_hits: int = 0
    cache_misses: int = 0
    within: int = 0
    per_second: float | None = None
    error_rate: float | None = None
    refused_share: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    apdex: float | None = None
    cache_hit_ratio: float | None = None


def request_totals(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    start: datetime,
    end: datetime,
    apdex_ms: float = APDEX_MS,
) -> Totals:
    """All requests from start to before end, as one; Totals() where there were none."""
    return totals_between(conn, viewer, measured, [start, end], apdex_ms)[start]


def totals_between(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    cuts: Sequence[datetime],
    apdex_ms: float = APDEX_MS,
) -> dict[datetime, Totals]:
    """All requests from each of these instants to before the next, by the first; read in one go."""
    spans = [span_of(start, end) for start, end in pairwise(cuts)]
    counted = load(conn, viewer, measured, cuts).get(TOGETHER)
    if counted is None:
        return {span.start: Totals() for span in spans}
    figures = counted.figures(spans, apdex_ms)
    lasts = [(span.end - span.start).total_seconds() for span in spans]
    rows = [row_of(figures, number, seconds) for number, seconds in enumerate(lasts)]
    totals = [totals_of(row) if row["n"] else Totals() for row in rows]
    return {span.start: each for span, each in zip(spans, totals, strict=True)}


def row_of(figures: Mapping[str, Values], number: int, seconds: float) -> dict[str, float]:
    """The figures of one of the periods that they are of, which lasts for so many seconds."""
    row = {name: float(values[number]) for name, values in figures.items()}
    row["per_second"] = row["n"] / seconds
    row["refused_share"] = row["refused"] / row["n"] if row["n"] else np.nan
    return row


def totals_of(row: Mapping[str, float]) -> Totals:
    """A row of figures as Totals."""
    told: dict[str, Any] = {name: int(row[name]) for name in COUNTS}
    told |= {name: None if np.isnan(row[name]) else row[name] for name in RATES}
    return Totals(**told)


def span_of(start: datetime, end: datetime) -> Period:
    """A stretch of time as a period."""
    return Period(start, start, end, start.date(), end.date(), complete=True)

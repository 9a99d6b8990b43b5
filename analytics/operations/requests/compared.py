"""Requests of a page's range against those of the time before: in all, and by endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cutting import Values, edges
from analytics.operations.requests.loading import TOGETHER, load
from analytics.operations.requests.measured import Measured
from analytics.operations.requests.series import APDEX_MS
from analytics.operations.requests.totals import ENDPOINTS, Totals, row_of, totals_of
from analytics.periods import Period, whole
from analytics.scope import Viewer

NOTHING = Totals()
COMPARED = ENDPOINTS | {"change": "float64"}


@dataclass(frozen=True, slots=True)
class Standing:
    """All of the range; and its days that are over against those before, where they compare."""

    now: Totals = NOTHING
    over: Totals | None = None
    before: Totals | None = None

    def change(self, figure: str) -> float | None:
        """How much a figure has changed, as a share of what it was; None where nothing tells."""
        if self.over is None or self.before is None:
            return None
        later, earlier = getattr(self.over, figure), getattr(self.before, figure)
        return later / earlier - 1 if later is not None and earlier else None


def standing(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    filters: Filters,
    apdex_ms: float = APDEX_MS,
) -> Standing:
    """How requests are served in the range, and how that has changed; read in one go."""
    spans = _spans(filters)
    counted = load(conn, viewer, measured, edges(spans), zone=filters.tz).get(TOGETHER)
    if counted is None:
        return Standing()
    figures = counted.figures(spans, apdex_ms)
    return Standing(*(totals_of(row) for row in _rows(figures, spans, filters.now)))


def endpoints(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    filters: Filters,
    apdex_ms: float = APDEX_MS,
) -> pd.DataFrame:
    """One row an endpoint, or page, of the range, the slowest by its 95th percentile first.

    Columns: service (str, empty of clients), endpoint (str), n, failures, refused, cache_hits,
    cache_misses, within (int64, as in Totals), per_second, error_rate, refused_share, p50, p95,
    p99 (ms), apdex, cache_hit_ratio (float64, NaN where nothing tells), and change (float64: p95
    of the days that are over against those before, as a share; NaN where one of them had no
    request, or nothing is compared).
    """
    spans = _spans(filters)
    found = load(conn, viewer, measured, edges(spans), apart=True, zone=filters.tz)
    rows = []
    for (service, name), counted in found.items():
        now, *others = _rows(counted.figures(spans, apdex_ms), spans, filters.now)
        change = others[0]["p95"] / others[1]["p95"] - 1 if others else np.nan
        rows.append({"service": service, "endpoint": name, **now, "change": change})
    frame = pd.DataFrame(rows, columns=list(COMPARED)).astype(COMPARED)
    frame = frame[frame["n"] > 0]
    return frame.sort_values(["p95", "n"], ascending=False, ignore_index=True)


def _spans(filters: Filters) -> list[Period]:
    """The range; where it compares also its days that are over, and as many before."""
    over = filters.whole_days()
    if over is None or not filters.compare:
        return [whole(filters)]
    return [whole(filters), whole(over), whole(over.previous())]


def _rows(
    figures: Mapping[str, Values], spans: list[Period], now: datetime
) -> list[dict[str, float]]:
    """The figures of each; of the range only the seconds that are over."""
    lasts = [(min(span.end, now) - span.start).total_seconds() for span in spans]
    return [row_of(figures, number, max(last, 1.0)) for number, last in enumerate(lasts)]

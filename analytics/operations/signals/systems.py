"""Signals of systems: requests, probes, error budgets, machines and the database."""

from collections.abc import Callable
from functools import partial

import pandas as pd
from sqlalchemy import Connection, select

from analytics.metrics import Metric
from analytics.operations.health.gauges import gauge_series
from analytics.operations.health.metrics import GAUGES, HEALTH_METRICS
from analytics.operations.health.objectives import burn_series
from analytics.operations.health.uptime import uptime_counts
from analytics.operations.requests.measured import Measured
from analytics.operations.requests.metrics import REQUEST_METRICS
from analytics.operations.requests.signals import (
    apdex_points,
    cache_hits,
    request_bins,
    request_errors,
    request_rates,
)
from analytics.operations.signals.signal import HOUR, Shape, Signal
from analytics.operations.signals.usage import POINTS
from analytics.operations.steps import Steps
from analytics.scope import Viewer, visible_probes

REQUESTS_KEPT, PROBES_KEPT, GAUGES_KEPT = 2, 14, 2  # days of minutes
HEALTH = {metric.key: metric for metric in HEALTH_METRICS}
Requests = Callable[[Connection, Viewer, Measured, Steps], pd.DataFrame]

SERVED = Metric(
    key="requests",
    label="Requests",
    unit="requests",
    definition="Requests that servers answered, whatever the answer.",
    formula="number of requests",
    direction="neutral",
    sources=("counts",),
)
FAILED_PROBES = Metric(
    key="failed_probes",
    label="Failed probes",
    unit="probes",
    definition="Probes that did not find what they look at up, of all probes of the project.",
    formula="probes - good probes",
    direction="down",
    sources=("counts",),
)


def failed_probes(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, probe_kind: str = ""
) -> pd.DataFrame:
    """Probes that failed: at (datetime64[us]), value (float64) and n (float64: all of them).

    They are those of the project itself, of one kind where `probe_kind` is asked for.
    """
    p = visible_probes(viewer, project_id).c
    ours = select(p.id).where(p.project_id == project_id)
    if probe_kind:
        ours = ours.where(p.kind == probe_kind)
    found = [
        uptime_counts(conn, viewer, project_id, *steps, probe_id)
        for probe_id in conn.execute(ours).scalars().all()
    ]
    if not found:
        return pd.DataFrame(columns=list(POINTS)).astype(POINTS)
    counted = pd.concat(found).groupby("at", as_index=False)[["good", "n"]].sum()
    return counted.assign(value=counted["n"] - counted["good"])[list(POINTS)].astype(POINTS)


def uptime(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, probe_kind: str = ""
) -> pd.DataFrame:
    """The share of probes that were good: at (datetime64[us]), value and n (float64)."""
    failed = failed_probes(conn, viewer, project_id, steps, probe_kind)
    return failed.assign(value=1 - failed["value"] / failed["n"])


def burning(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, slo: int = 0
) -> pd.DataFrame:
    """How fast the error budget of the objective `slo` burns: at (datetime64[us]), value and n."""
    return burn_series(conn, viewer, project_id, slo, *steps).astype(POINTS)


def gauge(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, of: str = "cpu"
) -> pd.DataFrame:
    """A figure of machines, where it is highest: at (datetime64[us]), value and n (float64)."""
    return gauge_series(conn, viewer, project_id, of, *steps).astype(POINTS)


def served(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    steps: Steps,
    service: str = "",
    endpoint: str = "",
    of: Requests = request_rates,
) -> pd.DataFrame:
    """Figures of requests of a `service` or an `endpoint`, or of all: what `of` tells."""
    measured = Measured(project_id, service=service, endpoint=endpoint)
    return of(conn, viewer, measured, steps)


def page_loads(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, endpoint: str = ""
) -> pd.DataFrame:
    """How long pages, or one of them, took to load: at (datetime64[us], the hour), bin and n."""
    return request_bins(conn, viewer, Measured(project_id, "pages", endpoint=endpoint), steps)


def _of_requests(metric: Metric, shape: Shape, of: Requests) -> Signal:
    asks = ("service", "endpoint")
    return Signal(
        metric, "operations", shape, 1, partial(served, of=of), fine_days=REQUESTS_KEPT, asks=asks
    )


SYSTEMS = (
    _of_requests(SERVED, "count", request_rates),
    _of_requests(REQUEST_METRICS["request_rate"], "rate", request_rates),
    _of_requests(REQUEST_METRICS["request_errors"], "share", request_errors),
    _of_requests(REQUEST_METRICS["apdex"], "mean", apdex_points),
    _of_requests(REQUEST_METRICS["cache_hit_ratio"], "share", cache_hits),
    _of_requests(REQUEST_METRICS["request_p50"], "p50", request_bins),
    _of_requests(REQUEST_METRICS["request_p95"], "p95", request_bins),
    _of_requests(REQUEST_METRICS["request_p99"], "p99", request_bins),
    Signal(
        REQUEST_METRICS["page_load_p95"],
        "operations",
        "p95",
        HOUR,
        page_loads,
        asks=("endpoint",),
        follows_events=True,
    ),
    Signal(HEALTH["uptime"], "operations", "share", 1, uptime, PROBES_KEPT, ("probe_kind",)),
    Signal(FAILED_PROBES, "operations", "count", 1, failed_probes, PROBES_KEPT, ("probe_kind",)),
    Signal(HEALTH["burn_rate"], "operations", "mean", 1, burning, REQUESTS_KEPT, ("slo",)),
    *(
        Signal(HEALTH[name], "operations", "mean", 1, partial(gauge, of=name), GAUGES_KEPT)
        for name in GAUGES
    ),
)

"""What probes found of the demo product: nothing is asked of these addresses, which are invented.

So the probes are paused, and their results end where the demo data does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from db.demo.shape import INCIDENT_HOURS, Shape

EVERY = 300  # seconds
RESULTS_KEPT = timedelta(days=14)
BROKEN = 0.5  # of probes of the API fail while the incident lasts
DAYS_LEFT = 47.0  # of the certificate, now


@dataclass(frozen=True, slots=True)
class Watched:
    """A probe, the usual duration in ms and the share of its tries that fail."""

    name: str
    kind: str
    address: str
    median_ms: float
    fails: float


API = "API"
WATCHED = (
    Watched("Website", "http", "https://shop.example/", 180.0, 0.0002),
    Watched(API, "http", "https://api.shop.example/health", 65.0, 0.0003),
    Watched("Payments", "tcp", "payments.shop.example:443", 24.0, 0.0001),
    Watched("Certificate", "certificate", "shop.example:443", 40.0, 0.0),
)


def results(shape: Shape, watched: Watched) -> Iterator[dict[str, Any]]:
    """Rows of probe_results, but for their probe, of the whole range."""
    rng = np.random.default_rng([shape.seed, 79, WATCHED.index(watched)])
    begin, end = (shape.instant(shape.incident_day, hour) for hour in INCIDENT_HOURS)
    at = shape.instant(0)
    while at < shape.now:
        broken = watched.name == API and begin <= at < end
        ok = bool(rng.random() >= (BROKEN if broken else watched.fails))
        left = DAYS_LEFT + (shape.now - at).total_seconds() / 86_400
        yield {
            "at": at,
            "ok": ok,
            "duration_ms": round(float(watched.median_ms * rng.lognormal(0.0, 0.3)), 1),
            "days_left": round(left, 2) if watched.kind == "certificate" else None,
            "reason": "" if ok else ("status 503" if broken else "timeout"),
        }
        at += timedelta(seconds=EVERY)


def by_hour(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of probe_hours, but for their probe."""
    hours: dict[datetime, list[dict[str, Any]]] = {}
    for row in rows:
        hour = row["at"].replace(minute=0, second=0, microsecond=0)
        hours.setdefault(hour, []).append(row)
    for hour, found in hours.items():
        lasted = sum(row["duration_ms"] for row in found)
        good = sum(row["ok"] for row in found)
        yield {"hour": hour, "n": len(found), "good": good, "duration_sum": lasted}

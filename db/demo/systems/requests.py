"""What the demo product's servers measured of their requests: counts and bins of durations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from db.demo.kinds import ENDPOINTS, zipf
from db.demo.shape import (
    INCIDENT_FAILURE,
    INCIDENT_HOURS,
    INCIDENT_SLOWNESS,
    INCIDENT_SUBJECT,
    Shape,
)
from db.request_stats import Served, bins_of

SERVICE = "shop-api"
A_DAY = 60_000  # requests on the last day
MINUTES_KEPT = timedelta(hours=26)  # of what is told minute by minute; before, hour by hour
MEDIANS = dict(zip(ENDPOINTS, (120.0, 48.0, 140.0, 260.0, 35.0, 60.0, 42.0, 75.0), strict=True))
SPREAD = 0.5  # standard deviation of the logarithm
FAILURES = 0.0007  # of requests
REFUSED = 0.012
CACHED = 0.72  # of what is only read
SLOWER = "GET /v1/search"  # since the last release
SLOWER_BY = 1.4


@dataclass(frozen=True, slots=True)
class Slice:
    """A span of time in which all is as likely: its start, how long, and the requests expected."""

    at: datetime
    minutes: int
    expected: float


def served(shape: Shape) -> Iterator[tuple[int, Served]]:
    """What was served, with the minutes over which it is told."""
    rng = np.random.default_rng([shape.seed, 71])
    shares = zipf(len(ENDPOINTS), 0.9)
    spans = [*slices(shape)]
    for endpoint, share in zip(ENDPOINTS, shares, strict=True):
        yield from _of_endpoint(rng, shape, endpoint, float(share), spans)


def slices(shape: Shape) -> Iterator[Slice]:
    """The range up to now: hours, and minutes at its end."""
    for day in range(shape.days):
        hourly = shape.hourly(day) * A_DAY * shape.growth(day) / shape.growth(shape.days - 1)
        for hour, expected in enumerate(hourly):
            at = shape.instant(day) + timedelta(hours=hour)
            if at < shape.now - MINUTES_KEPT:
                yield Slice(at, 60, float(expected))
                continue
            for minute in range(60):
                begin = at + timedelta(minutes=minute)
                if begin <= shape.now:
                    yield Slice(begin, 1, float(expected) / 60)


def _of_endpoint(
    rng: np.random.Generator, shape: Shape, endpoint: str, share: float, spans: Sequence[Slice]
) -> Iterator[tuple[int, Served]]:
    begin, end = (shape.instant(shape.incident_day, hour) for hour in INCIDENT_HOURS)
    released = shape.instant(int(shape.release_days[-1]), 9)
    for span in spans:
        hit = endpoint == INCIDENT_SUBJECT and begin <= span.at < end
        slowness = INCIDENT_SLOWNESS if hit else 1.0
        slowness *= SLOWER_BY if endpoint == SLOWER and span.at >= released else 1.0
        n = int(rng.poisson(span.expected * share))
        if n:
            failure = INCIDENT_FAILURE if hit else FAILURES
            yield span.minutes, _served(rng, endpoint, span, n, slowness, failure)


def _served(
    rng: np.random.Generator, endpoint: str, span: Slice, n: int, slowness: float, failure: float
) -> Served:
    lasted = MEDIANS[endpoint] * slowness * np.exp(SPREAD * rng.standard_normal(n))
    bins, counts = np.unique(bins_of(lasted), return_counts=True)
    failures = int(rng.binomial(n, failure))
    refused = int(rng.binomial(n - failures, REFUSED))
    read = endpoint.startswith("GET")
    hits = int(rng.binomial(n, CACHED)) if read else 0
    return Served(
        at=span.at,
        service=SERVICE,
        endpoint=endpoint,
        n=n,
        bins=dict(zip(bins.tolist(), counts.tolist(), strict=True)),
        failures=failures,
        refused=refused,
        cache_hits=hits,
        cache_misses=n - hits if read else 0,
        duration_sum=float(lasted.sum()),
        errors={name: m for name, m in (("500", failures), ("404", refused)) if m},
    )

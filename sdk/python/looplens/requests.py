"""Requests counted in memory by minute and endpoint, so that a report is small and names nobody."""

import math
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

GROWTH = 1.04  # each bin of durations ends 4 % above the one before: within 2 % of its middle
SHORTEST, LONGEST = 0.001, 1e10  # ms
MOST_ENDPOINTS = 500  # of a minute; more than that are addresses that somebody makes up
MOST_KINDS = 20  # of failures of an endpoint in a minute
MOST_MINUTES = 60  # that wait to be taken; then the oldest is lost
OTHER = "other"
MINUTE = 60


@dataclass(slots=True)
class _Counts:
    n: int = 0
    failures: int = 0
    refused: int = 0
    cache_hits: int = 0
    cache_misses: int = 0
    duration_sum_ms: float = 0.0
    bins: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)


class Requests:
    """What a service has answered since it was last taken; threads may share one."""

    def __init__(self, service: str, on_add: Callable[[], None] | None = None) -> None:
        self.service = service
        self.enabled = True
        self._on_add = on_add
        self._lock = threading.Lock()
        self._minutes: dict[int, dict[str, _Counts]] = {}

    def add(
        self,
        endpoint: str,
        status: int,
        milliseconds: float,
        *,
        cached: bool | None = None,
        error: str = "",
        at: float | None = None,
    ) -> None:
        """Count a request: the template of its route, its status, and how long it took.

        `cached` says whether the answer came from a cache, None if nothing tells; `error` is the
        name of an exception. `at` is in seconds since 1970, now if it is left out.
        """
        if not self.enabled:
            return
        minute = int(time.time() if at is None else at) // MINUTE * MINUTE
        with self._lock:
            endpoints = self._minutes.setdefault(minute, {})
            if len(self._minutes) > MOST_MINUTES:
                del self._minutes[min(self._minutes)]
            if endpoint not in endpoints and len(endpoints) >= MOST_ENDPOINTS:
                endpoint = OTHER
            _count(endpoints.setdefault(endpoint, _Counts()), status, milliseconds, cached, error)
        if self._on_add:
            self._on_add()

    def take(self) -> list[dict[str, Any]]:
        """The counts by minute and endpoint, as the API takes them; they begin anew at zero."""
        with self._lock:
            taken, self._minutes = self._minutes, {}
        return [
            _row(minute, endpoint, counts)
            for minute, endpoints in taken.items()
            for endpoint, counts in endpoints.items()
        ]

    def renew(self) -> None:
        """Begin anew in a child process: what was counted before is its parent's to tell."""
        self._lock = threading.Lock()
        self._minutes = {}


def bin_of(milliseconds: float) -> int:
    """The bin of a duration: the power of 1.04 ms that it does not exceed."""
    known = min(max(milliseconds, SHORTEST), LONGEST)
    return math.ceil(math.log(known) / math.log(GROWTH))


def _count(
    counts: _Counts, status: int, milliseconds: float, cached: bool | None, error: str
) -> None:
    took = min(max(0.0, milliseconds), LONGEST)  # and 0 where it is no number
    counts.n += 1
    counts.duration_sum_ms += took
    counts.bins[bin_of(took)] += 1
    if cached is not None:
        counts.cache_hits += cached
        counts.cache_misses += not cached
    if status < 400:
        return
    counts.failures += status >= 500
    counts.refused += status < 500
    kind = error or str(status)
    full = kind not in counts.errors and len(counts.errors) >= MOST_KINDS
    counts.errors[OTHER if full else kind] += 1


def _row(minute: int, endpoint: str, counts: _Counts) -> dict[str, Any]:
    return {
        "at": datetime.fromtimestamp(minute, UTC).isoformat(),
        "endpoint": endpoint,
        "n": counts.n,
        "failures": counts.failures,
        "refused": counts.refused,
        "cache_hits": counts.cache_hits,
        "cache_misses": counts.cache_misses,
        "duration_sum_ms": round(counts.duration_sum_ms, 3),
        "bins": sorted(counts.bins.items()),
        "errors": dict(counts.errors),
    }

"""Requests as they are counted: sums and durations by time, from what servers or clients sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.measures.cutting import Values, ratio, slices
from analytics.measures.durations import GAMMA, Durations
from analytics.periods import Instants, Period
from db.request_stats import BIN, COUNT

SUMS = ("n", "failures", "refused", "cache_hits", "cache_misses")
OF_CLIENTS = ("n", "failures")  # the others only servers tell
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
COUNT_OF_MANY = ">i8"  # how counts are packed that are added up in a statement
TOLERATED = 4  # times the threshold of Apdex
FIGURES = (*SUMS, "within", "error_rate", *SHARES, "apdex", "cache_hit_ratio")


@dataclass(frozen=True, slots=True)
class Counted:
    """Sums by the instant from which they count, sorted by it, and durations likewise."""

    at: Instants
    sums: Mapping[str, NDArray[np.int64]]
    durations: Durations

    def figures(self, periods: Sequence[Period], apdex_ms: float) -> dict[str, Values]:
        """All that is told of requests, over each of the periods; NaN where there is nothing.

        Apdex(T) = (those within T + those within 4T) / 2 / all, which is the same as
        (satisfied + tolerating / 2) / all.
        """
        timed = _summed(self.durations.at, self.durations.n, periods)
        within, tolerated = (
            self.within(limit, periods) for limit in (apdex_ms, TOLERATED * apdex_ms)
        )
        return {
            **self.counts(periods),
            **dict(zip(SHARES, self._percentiles(periods), strict=True)),
            "within": within,
            "apdex": ratio((within + tolerated) / 2, timed),
        }

    def counts(self, periods: Sequence[Period]) -> dict[str, Values]:
        """What the sums alone tell: SUMS, error_rate and cache_hit_ratio."""
        sums = {name: _summed(self.at, self.sums[name], periods) for name in SUMS}
        return {
            **sums,
            "error_rate": ratio(sums["failures"], sums["n"]),
            "cache_hit_ratio": ratio(sums["cache_hits"], sums["cache_hits"] + sums["cache_misses"]),
        }

    def within(self, milliseconds: float, periods: Sequence[Period]) -> Values:
        """Requests that took at most so long, within 2 %."""
        quick = np.where(middles(self.durations.bins) <= milliseconds, self.durations.n, 0)
        return _summed(self.durations.at, quick, periods)

    def _percentiles(self, periods: Sequence[Period]) -> Values:
        """One row a share of SHARES: the duration in ms that this share did not exceed."""
        found = np.full((len(SHARES), len(periods)), np.nan)
        shares = np.array(list(SHARES.values()))
        for number, cut in enumerate(slices(self.durations.at, periods)):
            order = np.argsort(self.durations.bins[cut])
            reached = np.cumsum(self.durations.n[cut][order])
            if len(reached):
                places = order[np.searchsorted(reached, shares * reached[-1])]
                found[:, number] = middles(self.durations.bins[cut][places])
        return found

    @classmethod
    def of_servers(cls, rows: pd.DataFrame) -> Self:
        """From rows of at, the sums, and bins and counts as they are packed, if these were read."""
        durations = _unpacked(rows, COUNT) if "bins" in rows else Durations.empty()
        return cls(rows["at"].to_numpy("datetime64[us]"), _columns(rows, SUMS), durations)

    @classmethod
    def of_clients(cls, rows: pd.DataFrame, packed: pd.DataFrame | None = None) -> Self:
        """From rows of at and the sums, and rows of at, bins and counts, if these were read."""
        durations = Durations.empty() if packed is None else _unpacked(packed, COUNT_OF_MANY)
        return cls(rows["at"].to_numpy("datetime64[us]"), _columns(rows, OF_CLIENTS), durations)


def _unpacked(rows: pd.DataFrame, count: str) -> Durations:
    """Durations of rows of at, sorted by it, and of bins and counts strung together."""
    bins = np.frombuffer(b"".join(rows["bins"]), BIN)
    counts = np.frombuffer(b"".join(rows["counts"]), count)
    widths = [len(each) // np.dtype(BIN).itemsize for each in rows["bins"]]
    return _added_up(rows["at"].to_numpy("datetime64[us]"), widths, bins, counts)


def _added_up(
    at: Instants, widths: Sequence[int], bins: NDArray[np.int16], counts: NDArray[np.integer[Any]]
) -> Durations:
    """Durations of which each instant has so many: what is in the same bin is one entry."""
    if not len(bins):
        return Durations.empty()
    lowest = int(bins.min())
    width = int(bins.max()) - lowest + 1
    place = np.repeat(np.arange(len(at)) * width - lowest, widths) + bins
    n = np.bincount(place, counts)
    filled = np.flatnonzero(n)
    return Durations(at[filled // width], filled % width + lowest, n[filled].astype(np.int64))


def middles(bins: NDArray[np.int64]) -> Values:
    """The durations in ms that bins stand for, as `middle_of_bin` has it for one."""
    return np.asarray(2 * GAMMA ** bins.astype(float) / (GAMMA + 1))


def _columns(rows: pd.DataFrame, told: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    nothing = np.zeros(len(rows), np.int64)
    return {name: rows[name].to_numpy("int64") if name in told else nothing for name in SUMS}


def _summed(at: Instants, n: NDArray[np.int64], periods: Sequence[Period]) -> Values:
    """The sum over each of the periods, of what is sorted by time."""
    added = np.concatenate([[0], np.cumsum(n)])
    return np.array([added[cut.stop] - added[cut.start] for cut in slices(at, periods)], float)

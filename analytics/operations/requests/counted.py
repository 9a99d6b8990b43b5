"""Requests as they are counted: sums and durations by time, from what servers or clients sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.measures.cutting import Values, ratio, slices
from analytics.measures.durations import GAMMA, Durations
from analytics.periods import Instants, Period

SUMS = ("n", "failures", "refused", "cache_hits", "cache_misses")
OF_CLIENTS = ("n", "failures")  # the others only servers tell
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
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
        cuts = slices(self.durations.at, periods)
        timed = _summed(self.durations.n, cuts)
        within, tolerated = (
            self._within(limit, cuts) for limit in (apdex_ms, TOLERATED * apdex_ms)
        )
        return {
            **self.counts(periods),
            **dict(zip(SHARES, self._percentiles(cuts), strict=True)),
            "within": within,
            "apdex": ratio((within + tolerated) / 2, timed),
        }

    def counts(self, periods: Sequence[Period]) -> dict[str, Values]:
        """What the sums alone tell: SUMS, error_rate and cache_hit_ratio."""
        cuts = slices(self.at, periods)
        sums = {name: _summed(self.sums[name], cuts) for name in SUMS}
        return {
            **sums,
            "error_rate": ratio(sums["failures"], sums["n"]),
            "cache_hit_ratio": ratio(sums["cache_hits"], sums["cache_hits"] + sums["cache_misses"]),
        }

    def within(self, milliseconds: float, periods: Sequence[Period]) -> Values:
        """Requests that took at most so long, within 2 %."""
        return self._within(milliseconds, slices(self.durations.at, periods))

    def _within(self, milliseconds: float, cuts: Sequence[slice]) -> Values:
        quick = np.where(middles(self.durations.bins) <= milliseconds, self.durations.n, 0)
        return _summed(quick, cuts)

    def _percentiles(self, cuts: Sequence[slice]) -> Values:
        """One row a share of SHARES: the duration in ms that this share did not exceed."""
        found = np.full((len(SHARES), len(cuts)), np.nan)
        shares = np.array(list(SHARES.values()))
        for number, cut in enumerate(cuts):
            order = np.argsort(self.durations.bins[cut])
            reached = np.cumsum(self.durations.n[cut][order])
            if len(reached):
                places = order[np.searchsorted(reached, shares * reached[-1])]
                found[:, number] = middles(self.durations.bins[cut][places])
        return found

    @classmethod
    def of_servers(cls, rows: pd.DataFrame) -> Self:
        """From rows of at, the sums, and bins and counts as they are packed, if these were read."""
        durations = Durations.packed(rows) if "bins" in rows else Durations.empty()
        return cls(rows["at"].to_numpy("datetime64[us]"), _columns(rows, SUMS), durations)

    @classmethod
    def of_clients(cls, rows: pd.DataFrame, packed: pd.DataFrame | None = None) -> Self:
        """From rows of at and the sums, and rows of at, bins and counts, if these were read."""
        durations = Durations.empty() if packed is None else Durations.packed(packed)
        return cls(rows["at"].to_numpy("datetime64[us]"), _columns(rows, OF_CLIENTS), durations)


def middles(bins: NDArray[np.int64]) -> Values:
    """The durations in ms that bins stand for, as `middle_of_bin` has it for one."""
    return np.asarray(2 * GAMMA ** bins.astype(float) / (GAMMA + 1))


def _columns(rows: pd.DataFrame, told: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    nothing = np.zeros(len(rows), np.int64)
    return {name: rows[name].to_numpy("int64") if name in told else nothing for name in SUMS}


def _summed(n: NDArray[np.int64], cuts: Sequence[slice]) -> Values:
    """The sum over each of these places."""
    added = np.concatenate([[0], np.cumsum(n)])
    starts, stops = [cut.start for cut in cuts], [cut.stop for cut in cuts]
    return np.asarray(added[stops] - added[starts], float)

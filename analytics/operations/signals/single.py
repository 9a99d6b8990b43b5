"""Figures that can't be added up: of single values the median, of levels the latest."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.measures.cutting import Values
from analytics.operations.signals.points import ALWAYS, Figures, Minutes, Stretches, minutes_of


@dataclass(frozen=True, slots=True)
class Medians:
    """Single values, in the order of their stretches: a window has the median of all in it."""

    are_counts: ClassVar[bool] = False
    are_shares: ClassVar[bool] = False
    since: ClassVar[float] = ALWAYS
    stretches: Stretches
    values: Values

    @classmethod
    def of(cls, frame: pd.DataFrame, minutes: int) -> Self:
        """From at and value, a row a value."""
        rows = frame.sort_values("at", kind="stable")
        none = np.empty((len(rows), 0))
        stretches = Stretches.of(minutes_of(rows["at"]), none, minutes)
        return cls(stretches, rows["value"].to_numpy("float64"))

    def over(self, ends: Minutes, window: int) -> Figures:
        """The median of each window, NaN of nothing; alike windows are looked at once."""
        first, beyond = self.stretches.places(ends, window)
        pairs = list(zip(first.tolist(), beyond.tolist(), strict=True))
        found = {
            pair: np.median(self.values[slice(*pair)]) for pair in set(pairs) if pair[0] < pair[1]
        }
        value = np.array([found.get(pair, np.nan) for pair in pairs], float)
        return Figures(value, (beyond - first).astype(float))


@dataclass(frozen=True, slots=True)
class Latest:
    """Figures that can't be added up: a window has the latest that is over in it.

    A window is at least as long as a stretch, so that what is known by the hour is.
    """

    are_counts: ClassVar[bool] = False
    are_shares: ClassVar[bool] = False
    since: ClassVar[float] = ALWAYS
    ends: Minutes
    values: NDArray[np.float64]
    length: int

    @classmethod
    def of(cls, frame: pd.DataFrame, minutes: int) -> Self:
        """From at, value and n; a value is known when its stretch is over."""
        known = frame[frame["value"].notna()].sort_values("at")
        ends = minutes_of(known["at"]) + minutes
        return cls(ends, known[["value", "n"]].to_numpy("float64"), minutes)

    def over(self, ends: Minutes, window: int) -> Figures:
        """The latest figure of each window, NaN where it has none."""
        place = np.searchsorted(self.ends, ends, side="right") - 1
        found = place >= 0
        found[found] = self.ends[place[found]] > ends[found] - max(window, self.length)
        rows = np.full((len(ends), 2), (np.nan, 0.0))
        rows[found] = self.values[place[found]]
        return Figures(rows[:, 0], rows[:, 1])

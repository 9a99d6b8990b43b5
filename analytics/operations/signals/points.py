"""What a signal is made of, stretch by stretch, and the figure of any window over it.

Windows slide by the minute, stretches are fixed: the figure of a window is made of the stretches
that lie in it, by what may be added up. A percentile is that of the merged bins, never a mean of
percentiles; a share that of all tries, never a mean of shares.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.measures.cutting import Values, ratio
from analytics.measures.durations import middle_of_bin

Minutes = NDArray[np.int64]  # since 1970, in UTC
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALWAYS = -math.inf


@dataclass(frozen=True, slots=True)
class Figures:
    """The figure of each window (NaN where there is none), and on how much it rests."""

    value: Values
    n: Values


class Points(Protocol):
    """Whatever has a figure for the window of so many minutes that ends at each moment."""

    are_counts: ClassVar[bool]

    @property
    def are_shares(self) -> bool:
        """Whether each is a share of so many tries as n says."""
        ...

    @property
    def since(self) -> float:
        """The minute since 1970 from which on nothing means none; before, it is not known."""
        ...

    def over(self, ends: Minutes, window: int) -> Figures:
        """The figures of the windows [end - window, end)."""
        ...


@dataclass(frozen=True, slots=True)
class Stretches:
    """Where stretches of `length` minutes begin, sorted, and what adds up of each.

    Rows of `reached` are the sums of all stretches before one, and in the end of all.
    """

    begins: Minutes
    length: int
    reached: NDArray[np.float64]

    @classmethod
    def of(cls, begins: Minutes, parts: NDArray[np.float64], length: int) -> Self:
        """From parts (stretches x what adds up) in any order."""
        order = np.argsort(begins, kind="stable")
        summed = np.cumsum(parts[order], axis=0)
        return cls(begins[order], length, np.vstack([np.zeros((1, parts.shape[1])), summed]))

    def within(self, ends: Minutes, window: int) -> NDArray[np.float64]:
        """What adds up in each window."""
        first, beyond = self.places(ends, window)
        within: NDArray[np.float64] = self.reached[beyond] - self.reached[first]
        return within

    def places(self, ends: Minutes, window: int) -> tuple[Minutes, Minutes]:
        """Of each window the number of its first stretch, and of the first one after it.

        A window ends with the last stretch that is over by then. Stretches are found by their
        middles: days are an hour off after the clocks were changed.
        """
        offset = self.begins[0] % self.length if len(self.begins) else 0
        last = ends - (ends - offset) % self.length
        middles = self.begins + self.length // 2
        first = np.searchsorted(middles, last - self.whole(window))
        return first, np.searchsorted(middles, last)

    def whole(self, window: int) -> int:
        """The minutes of the fewest stretches that a window fits into: as long as that it is."""
        return -(-window // self.length) * self.length


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts: a window has the sum of its stretches, and is never without a figure."""

    are_counts: ClassVar[bool] = True
    are_shares: ClassVar[bool] = False
    stretches: Stretches
    since: float = ALWAYS

    @classmethod
    def of(cls, frame: pd.DataFrame, minutes: int) -> Self:
        """From at, value and n."""
        parts = frame[["value", "n"]].to_numpy("float64")
        return cls(Stretches.of(minutes_of(frame["at"]), parts, minutes))

    def over(self, ends: Minutes, window: int) -> Figures:
        """The sums of each window."""
        sums = self.stretches.within(ends, window)
        return Figures(sums[:, 0], sums[:, 1])


@dataclass(frozen=True, slots=True)
class Rates:
    """Counts by the second: a window has the sum of its stretches, by its length."""

    are_counts: ClassVar[bool] = False
    are_shares: ClassVar[bool] = False
    since: ClassVar[float] = ALWAYS
    stretches: Stretches

    @classmethod
    def of(cls, frame: pd.DataFrame, minutes: int) -> Self:
        """From at, value and n."""
        return cls(Totals.of(frame, minutes).stretches)

    def over(self, ends: Minutes, window: int) -> Figures:
        """How many there were in a second of each window."""
        sums = self.stretches.within(ends, window)
        return Figures(sums[:, 0] / (60 * self.stretches.whole(window)), sums[:, 1])


@dataclass(frozen=True, slots=True)
class Means:
    """Shares and means: a window has the mean of its stretches, each by its weight n."""

    are_counts: ClassVar[bool] = False
    since: ClassVar[float] = ALWAYS
    stretches: Stretches
    are_shares: bool = False

    @classmethod
    def of(cls, frame: pd.DataFrame, minutes: int, are_shares: bool = False) -> Self:
        """From at, value and n; stretches without a value count for nothing."""
        known = frame[frame["value"].notna()]
        n = known["n"].to_numpy("float64")
        parts = np.column_stack([known["value"].to_numpy("float64") * n, n])
        return cls(Stretches.of(minutes_of(known["at"]), parts, minutes), are_shares)

    def over(self, ends: Minutes, window: int) -> Figures:
        """The mean of each window, NaN of nothing."""
        sums = self.stretches.within(ends, window)
        n = np.round(sums[:, 1], 6)
        return Figures(ratio(sums[:, 0], n), n)


@dataclass(frozen=True, slots=True)
class Spread:
    """Durations in bins: a window has a percentile of all that lie in it, within 2 %."""

    are_counts: ClassVar[bool] = False
    are_shares: ClassVar[bool] = False
    since: ClassVar[float] = ALWAYS
    stretches: Stretches
    bins: Minutes
    share: float

    @classmethod
    def of(cls, frame: pd.DataFrame, minutes: int, share: float) -> Self:
        """From at, bin and n: how many durations of each bin a stretch has."""
        bins, column = np.unique(frame["bin"].to_numpy("int64"), return_inverse=True)
        begins, row = np.unique(minutes_of(frame["at"]), return_inverse=True)
        parts = np.zeros((len(begins), len(bins)))
        np.add.at(parts, (row, column), frame["n"].to_numpy("float64"))
        return cls(Stretches.of(begins, parts, minutes), bins, share)

    def over(self, ends: Minutes, window: int) -> Figures:
        """The percentile of each window in ms, NaN of nothing."""
        reached = np.cumsum(self.stretches.within(ends, window), axis=1)
        if not len(self.bins):
            return Figures(np.full(len(ends), np.nan), np.zeros(len(ends)))
        n = reached[:, -1]
        place = (reached < self.share * n[:, None]).sum(axis=1)
        middles = np.array([middle_of_bin(int(number)) for number in self.bins])
        value = np.where(n > 0, middles[np.minimum(place, len(middles) - 1)], np.nan)
        return Figures(value, n)


def minutes_of(at: "pd.Series[pd.Timestamp]") -> Minutes:
    """Instants (naive UTC, or aware) as whole minutes since 1970."""
    utc = pd.to_datetime(at, utc=True).dt.tz_localize(None)
    return utc.to_numpy("datetime64[m]").astype("int64")


def minute_of(moment: datetime) -> int:
    """The whole minutes from 1970 to a moment."""
    return (moment - EPOCH) // MINUTE


def moment_of(minute: int) -> datetime:
    """The moment that lies so many minutes after 1970."""
    return EPOCH + int(minute) * MINUTE

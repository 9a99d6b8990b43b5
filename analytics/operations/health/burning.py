"""Error budgets and how fast they burn: pure arithmetic over counts of what was good.

After the multi-window, multi-burn-rate alerts of the Site Reliability Workbook (Beyer et al., 2018,
chapter 5). A budget is what an objective leaves: 99.9 % over 30 days leave 43.2 minutes. A burn
rate of 1 uses up just the budget in the days of the objective.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from analytics.periods import instants

EXACT = 12  # digits that 1 - objective is rounded to, or 0.999 would leave a little more than 0.001
LEAST_BAD = 2  # one bad answer alone never is a burn


@dataclass(frozen=True, slots=True)
class BurnWindow:
    """A burn rate that is too much over a long time, while it still goes on over a short one.

    `minimum` is how many must have been counted over the long time.
    """

    factor: float
    long: timedelta
    short: timedelta
    minimum: int
    severity: str


WINDOWS = (
    BurnWindow(14.4, timedelta(hours=1), timedelta(minutes=5), 10, "critical"),
    BurnWindow(6.0, timedelta(hours=6), timedelta(minutes=30), 30, "critical"),
    BurnWindow(1.0, timedelta(days=3), timedelta(hours=6), 100, "warning"),
)


@dataclass(frozen=True, slots=True)
class Burn:
    """How fast the budget burns over both times of a window; None where nothing was counted.

    `n` and `bad` are those of the long time.
    """

    window: BurnWindow
    long_rate: float | None
    short_rate: float | None
    n: int
    bad: int

    @property
    def burning(self) -> bool:
        """Whether it is too much over both times, from enough that was counted."""
        if self.long_rate is None or self.short_rate is None:
            return False
        enough = self.n >= self.window.minimum and self.bad >= LEAST_BAD
        return enough and min(self.long_rate, self.short_rate) >= self.window.factor


@dataclass(frozen=True, slots=True)
class Budget:
    """What an objective leaves over its days, and what of it is used up.

    `minutes` is the budget as time; `used` the share of it that what was counted has used up,
    above 1 where the objective is missed, and None where nothing was counted.
    """

    objective: float
    minutes: float
    n: int
    bad: int
    used: float | None

    @property
    def kept(self) -> float | None:
        """The share that was good; None where nothing was counted."""
        return 1 - self.bad / self.n if self.n else None

    @property
    def missed(self) -> bool:
        """Whether more than all of it is used up."""
        return self.used is not None and self.used > 1

    @property
    def minutes_left(self) -> float | None:
        """What is left as time, below 0 where the objective is missed."""
        return None if self.used is None else self.minutes * (1 - self.used)


def budget(n: int, good: int, objective: float, days: int) -> Budget:
    """The error budget: (1 - objective) of what is counted in these days."""
    left = _allowed(objective)
    used = round((n - good) / (left * n), EXACT) if n else None
    return Budget(objective, round(left * days * 1440, EXACT), n, n - good, used)


def burn_rate(n: int, good: int, objective: float) -> float | None:
    """The share of what was bad, as a multiple of what the objective allows; None of nothing."""
    return round((n - good) / n / _allowed(objective), 9) if n else None


def burns(counts: pd.DataFrame, objective: float, now: datetime) -> tuple[Burn, ...]:
    """All windows over counts that reach back three days.

    `counts` has at (datetime64, UTC without a zone: the start of a bucket of at most five
    minutes), good and n (int64). What began before a time, and what is after `now`, is not in it.
    """
    return tuple(burn(counts, window, objective, now) for window in WINDOWS)


def burn(counts: pd.DataFrame, window: BurnWindow, objective: float, now: datetime) -> Burn:
    """One window over counts that reach back over its long time."""
    n, good = _sums(counts, now, window.long)
    lately = _sums(counts, now, window.short)
    long_rate, short_rate = burn_rate(n, good, objective), burn_rate(*lately, objective)
    return Burn(window, long_rate, short_rate, n, n - good)


def _sums(counts: pd.DataFrame, now: datetime, length: timedelta) -> tuple[int, int]:
    """n and good of the time [now - length, now)."""
    start, end = instants([now - length, now])
    at = counts["at"].to_numpy("datetime64[us]")
    inside = (at >= start) & (at < end)
    n, good = (int(counts[name].to_numpy()[inside].sum()) for name in ("n", "good"))
    return n, good


def _allowed(objective: float) -> float:
    return round(1 - objective, EXACT)

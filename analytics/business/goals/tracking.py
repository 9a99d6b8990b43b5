"""Whether a figure is on its way to its goal: a pure function of its past periods.

The trend is the median of the slopes between all pairs of periods, with its 95 % interval (Theil
1950, Sen 1968): one bad week does not bend it. It is drawn on from the median of the last three.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from analytics.measures.slopes import slopes

State = Literal["reached", "on track", "at risk", "missed", "no data"]
FEWEST = 5  # periods that a trend is told from
LATEST = 3  # periods that it is drawn on from
AHEAD = 13  # weeks that a goal without a day looks ahead
WEEK, MONTH = 7, 30.4375  # days


@dataclass(frozen=True, slots=True)
class Tracking:
    """How a figure does against its goal.

    `current` is the value of the last whole period. `projected` is what the trend makes of it on
    the goal's day, or AHEAD weeks from now, with `low` and `high` as its 95 % interval; None where
    there are fewer than FEWEST periods.
    """

    state: State
    current: float | None = None
    projected: float | None = None
    low: float | None = None
    high: float | None = None


def track(
    values: Sequence[float],
    goal: float,
    *,
    up: bool,
    today: date,
    due: date | None = None,
    days: float = WEEK,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Tracking:
    """Judge a figure by its values of whole periods of `days` days, oldest first, NaN where none.

    `up` says that more is better, and `bounds` what the figure can't leave. Reached: the goal is
    met and the trend holds it. At risk: it is met and the trend loses it, or it isn't and the trend
    does not reach it in time; without a trend, what is not met is at risk. Missed: its day is past.
    """
    known = np.array([np.nan if value is None else value for value in values], float)
    there = ~np.isnan(known)
    if not there.any():
        return Tracking("no data")
    current = float(known[there][-1])
    met = _meets(current, goal, up)
    if due is not None and due < today:
        return Tracking("reached" if met else "missed", current)
    wait = AHEAD * WEEK if due is None else (due - today).days
    drawn = _drawn(known, wait / days, bounds)
    if drawn is None:
        return Tracking("reached" if met else "at risk", current)
    holds = _meets(drawn[0], goal, up)
    state: State = "at risk" if not holds else "reached" if met else "on track"
    return Tracking(state, current, *drawn)


def _meets(value: float, goal: float, up: bool) -> bool:
    return value >= goal if up else value <= goal


def _drawn(
    known: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    ahead: float,
    bounds: tuple[float, float],
) -> tuple[float, float, float] | None:
    """The trend so many periods after the last, with its interval."""
    at = np.flatnonzero(~np.isnan(known))
    if len(at) < FEWEST:
        return None
    values = known[at]
    slope, low, high = slopes(at, values)
    level = float(np.median(values[-LATEST:]))
    found = (np.clip(level + each * ahead, *bounds) for each in (slope, low, high))
    projected, least, most = (float(value) for value in found)
    return projected, least, most

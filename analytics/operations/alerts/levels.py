"""What each kind of rule holds against its value: the level of a window.

- threshold: the figure itself, or what a share of few tries surely reaches. - change: relative to
whole weeks before. - anomaly: a robust z. - no_data: on how much the figure rests. - burn: the
slower of a long and a short window.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.measures.cutting import Values, ratio
from analytics.operations.alerts.sure import judged, longer
from analytics.operations.signals.points import Minutes, Points
from db.alert_rules import Rule

WEEK = 7 * 24 * 60  # minutes
WEEKS = 5  # that tell what is usual at an hour of the week
FEWEST_WEEKS = 3
NEIGHBOURS = 3  # windows before and after that tell how much it varies
FEWEST_RESIDUALS = 8
TO_SIGMA = 1.4826  # MAD to the standard deviation of a normal distribution
LEAST_SCALE = 0.01  # of what is usual: what never varied is not unusual at the first ripple
BURN_PARTS = 12  # of a long window is the short one, as the SRE workbook has it: 1 h and 5 min
AT_ONCE = 500  # windows


@dataclass(frozen=True, slots=True)
class Levels:
    """Of each window the figure, and what the rule's value is held against; NaN is unknown."""

    value: Values
    level: Values


def levels(rule: Rule, points: Points, ends: Minutes) -> Levels:
    """The levels of the windows that end at these moments, for a rule of any kind."""
    return KINDS[rule.kind](rule, points, ends)


def reach(rule: Rule) -> int:
    """How many minutes before the end of a window the rule has to know."""
    if rule.kind == "change":
        return rule.window_minutes + _lag(rule)
    if rule.kind == "anomaly":
        return WEEKS * WEEK + (NEIGHBOURS + 1) * rule.window_minutes
    return longer(rule)


def _threshold(rule: Rule, points: Points, ends: Minutes) -> Levels:
    """The figures; of windows that hold too little, what their share surely reaches."""
    value = _figures(rule, points, ends)
    if not points.are_shares or not rule.minimum:
        return Levels(value, value)
    share, surely = judged(rule, points, ends)
    few = np.isnan(value)
    return Levels(np.where(few, share, value), np.where(few, surely, value))


def _change(rule: Rule, points: Points, ends: Minutes) -> Levels:
    value, before = (_figures(rule, points, at) for at in (ends, ends - _lag(rule)))
    return Levels(value, ratio(value, np.nan_to_num(before)) - 1)


def _no_data(rule: Rule, points: Points, ends: Minutes) -> Levels:
    n = points.over(ends, rule.window_minutes).n
    return Levels(n, n)


def _burn(rule: Rule, points: Points, ends: Minutes) -> Levels:
    """Both windows have to burn: the long one says that it matters, the short one that it lasts."""
    short = max(1, rule.window_minutes // BURN_PARTS)
    long = points.over(ends, rule.window_minutes)
    value = np.minimum(long.value, points.over(ends, short).value)
    return Levels(long.value, np.where(long.n >= rule.minimum, value, np.nan))


def _anomaly(rule: Rule, points: Points, ends: Minutes) -> Levels:
    """In portions: a window is compared with dozens of others."""
    parts = [_unusual(rule, points, ends[at : at + AT_ONCE]) for at in range(0, len(ends), AT_ONCE)]
    if not parts:
        return Levels(np.empty(0), np.empty(0))
    return Levels(*(np.concatenate(of) for of in zip(*parts, strict=True)))


def _unusual(rule: Rule, points: Points, ends: Minutes) -> tuple[Values, Values]:
    """The figures, and their robust z on the residual of the seasonal pattern.

    What is usual is the median at the same hour of the last five weeks. Residuals are those of the
    windows around that hour in each of these weeks, each against the median of the other weeks, so
    that they vary as a new one does. The scale is their MAD (Leys et al. 2013), and at least the
    root of what is usual, as counts vary by chance (Poisson), where the figure is a count.
    """
    value = _figures(rule, points, ends)
    weeks = np.arange(1, WEEKS + 1) * WEEK
    around = np.arange(-NEIGHBOURS, NEIGHBOURS + 1) * rule.window_minutes
    at = ends[:, None, None] - weeks[None, :, None] + around[None, None, :]
    peers = _figures(rule, points, at.ravel()).reshape(at.shape)
    peers = np.where(at - rule.window_minutes < points.since, np.nan, peers)
    usual = median(peers[:, :, NEIGHBOURS])
    residuals = np.stack([_against_others(peers, week) for week in range(WEEKS)], axis=1)
    flat = residuals.reshape(len(ends), -1)
    scale = np.maximum(TO_SIGMA * median(np.abs(flat)), LEAST_SCALE * np.abs(usual))
    scale = np.maximum(scale, _chance(points, usual))
    known = (~np.isnan(peers[:, :, NEIGHBOURS])).sum(axis=1) >= FEWEST_WEEKS
    known &= (~np.isnan(flat)).sum(axis=1) >= FEWEST_RESIDUALS
    return value, ratio(np.where(known, value - usual, np.nan), np.nan_to_num(scale))


def _against_others(peers: NDArray[np.float64], week: int) -> NDArray[np.float64]:
    others = np.delete(peers, week, axis=1)
    return peers[:, week] - median(np.moveaxis(others, 1, -1))


def _chance(points: Points, usual: Values) -> Values:
    """How much counts vary by themselves; 0 for what is no count."""
    return np.sqrt(np.maximum(usual, 1.0)) if points.are_counts else np.zeros(len(usual))


def _figures(rule: Rule, points: Points, ends: Minutes) -> Values:
    """The figures of windows; NaN where they rest on too little."""
    figures = points.over(ends, rule.window_minutes)
    return np.where(figures.n >= rule.minimum, figures.value, np.nan)


def _lag(rule: Rule) -> int:
    """The fewest whole weeks that a window fits into."""
    return -(-rule.window_minutes // WEEK) * WEEK


def median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median along the last axis, without NaN; NaN of nothing, which is no reason to warn."""
    ordered = np.sort(values, axis=-1)  # NaN come last
    known = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    lower = np.take_along_axis(ordered, np.maximum(known - 1, 0) // 2, axis=-1)
    upper = np.take_along_axis(ordered, known // 2, axis=-1)
    return ((lower + upper) / 2)[..., 0]


KINDS: dict[str, Callable[[Rule, Points, Minutes], Levels]] = {
    "threshold": _threshold,
    "change": _change,
    "anomaly": _anomaly,
    "no_data": _no_data,
    "burn": _burn,
}

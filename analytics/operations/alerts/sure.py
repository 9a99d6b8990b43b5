"""Shares of few tries: what they surely reach, so that rules also guard where little happens.

A share of four of five may be chance. The end of its Wilson interval (1927) that lies nearer to the
good says how bad it is at least. GitLab judges indicators of few requests so, too.
"""

from statistics import NormalDist

import numpy as np

from analytics.measures import wilson as measures
from analytics.measures.cutting import Values
from analytics.operations.signals.points import Figures, Minutes, Points
from analytics.operations.signals.signal import DAY
from db.alert_rules import Rule

Z = NormalDist().inv_cdf(0.995)  # of a 99 % interval: it is looked at every minute
LEAST_BAD = 3  # tries that went wrong: one or two are chance, however few there were
LONGER = 12  # windows that are looked at where one holds too little, but a day at the most


def longer(rule: Rule) -> int:
    """The minutes that a rule looks at where its window holds too little."""
    window = rule.window_minutes
    return max(window, min(LONGER * window, DAY)) if rule.minimum else window


def judged(rule: Rule, points: Points, ends: Minutes) -> tuple[Values, Values]:
    """The share of each window, and what it is at least, where the window holds too little.

    The share is that of the longer window; how bad it is at least, the worse of both tells. NaN
    where nobody tried.
    """
    both = [points.over(ends, minutes) for minutes in (rule.window_minutes, longer(rule))]
    worse = np.fmax if rule.above else np.fmin
    return both[1].value, worse(*(_surely(each, rule.above) for each in both))


def _surely(figures: Figures, above: bool) -> Values:
    """The end of the interval that is nearer to the good; all good with fewer bad ones than 3."""
    middle, half = wilson(figures.value, figures.n)
    hits = figures.value * figures.n
    bad = np.round(hits if above else figures.n - hits)
    end, good = (middle - half, 0.0) if above else (middle + half, 1.0)
    return np.where(np.isnan(figures.value), np.nan, np.where(bad >= LEAST_BAD, end, good))


def wilson(share: Values, n: Values) -> tuple[Values, Values]:
    """The middle of the interval of a share of n, and half its length; NaN of nothing."""
    return measures.wilson(np.clip(share, 0, 1), np.where(n > 0, n, np.nan), Z)

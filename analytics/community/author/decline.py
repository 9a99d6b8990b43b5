"""How fast a package's older versions fall out of use, and when they could be dropped."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit  # Student's t; scipy.stats takes a second to import

from analytics.community.intervals import Z

FEWEST = 4  # points, below which a trend is not told
FEW = 0.05  # the share of runs from which on older versions could be dropped
LEVEL = 0.975
SLOWEST = log(2) / 3_650  # a day: what takes ten years to halve does not fall


class Days(NamedTuple):
    """A number of days with the ends of its 95 % interval; `high` may be infinite."""

    value: float
    low: float
    high: float


class Point(NamedTuple):
    """The runs of a time: its age in days since the release, those on older versions, and all."""

    age: float
    older: int
    runs: int


@dataclass(frozen=True, slots=True)
class Decline:
    """A falling share of older versions: by the trend `older` (0 to 1) by now.

    `half_life` is the time in which the share halves, `left` how long it takes from now
    until it is below `FEW`; `points` is how many times tell.
    """

    older: float
    half_life: Days
    left: Days
    points: int


def decline(points: Sequence[Point], at: float) -> Decline | None:
    """The trend of what is left on older versions `at` an age in days.

    None where it does not fall beyond chance.

    Those who are left take the new version up at a steady rate, so that their share falls along an
    exponential: a line through the logarithms of the shares, each weighing as much as its runs on
    older versions tell (the variance of the logarithm of a count is about 1 / count). The interval
    is Student's, from how far the points lie off the line, so that a person with many runs a day
    does not count as many people; it is no narrower than the draw of the runs alone makes it.
    """
    told = [point for point in points if point.age > 0 and point.runs > 0]
    if len(told) < FEWEST or len({point.age for point in told}) < FEWEST:
        return None
    slope, reach, level = _line(told, at)
    if slope > -SLOWEST or slope + reach >= 0:
        return None
    older = min(exp(level), 1.0)
    rates = Days(-slope, -slope - reach, -slope + reach)
    return Decline(older, _over(log(2), rates), _over(max(log(older / FEW), 0.0), rates), len(told))


def _line(points: Sequence[Point], at: float) -> tuple[float, float, float]:
    """The slope a day, half of its interval, and the logarithm of the share at an age."""
    ages = np.array([point.age for point in points])
    older = np.array([point.older for point in points]) + 0.5  # a day without any has a logarithm
    share = older / (np.array([point.runs for point in points]) + 0.5)
    line, covariance = np.polyfit(ages, np.log(share), 1, w=np.sqrt(older), cov="unscaled")
    off = np.log(share) - np.polyval(line, ages)
    scatter, drawn = older @ off**2 / (len(points) - 2), np.mean(1 - share)
    student = float(stdtrit(len(points) - 2, LEVEL))
    reach = max(student * sqrt(scatter), Z * sqrt(drawn)) * sqrt(covariance[0, 0])
    return float(line[0]), reach, float(np.polyval(line, at))


def _over(fall: float, rates: Days) -> Days:
    """How long a fall of the logarithm takes at these rates a day."""
    low, high = fall / rates.high, fall / rates.low if rates.low > 0 else inf
    return Days(fall / rates.value, low, high)

"""Means and variances of each arm, from sums over actors alone.

A metric is a ratio of means, y / d; a mean is one where d is 1 for everybody. To first order an
actor moves it by (y - R d) / mean(d), so that its variance is that of this number (delta method:
Deng, Knoblich, Lu 2018, "Applying the delta method in metric analytics"). With the same before the
exposure, x / z, what could be foreseen of it is taken out (CUPED: Deng, Xu, Kohavi, Walker 2013),
with one coefficient for both arms, of all their actors together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import add, attrgetter, sub
from typing import Self, cast

import numpy as np
import pandas as pd

from db.tables import OUTCOME_PRODUCTS, OUTCOME_SUMS

NUMBERS = ("n", *OUTCOME_SUMS, *OUTCOME_PRODUCTS)
ROUNDING = 1e-10  # of the mean square: a variance below it is what sums of floats leave over
LEAST_PASTS = 30  # actors: the ratio x / z of fewer is too rough to adjust by
OUTCOME, COVARIATE = (0, 1), (2, 3)  # where y and d, x and z stand
_SQUARE = np.zeros((len(OUTCOME_SUMS), len(OUTCOME_SUMS)), dtype=int)  # places in OUTCOME_PRODUCTS
_SQUARE[np.triu_indices(len(OUTCOME_SUMS))] = range(len(OUTCOME_PRODUCTS))
_SQUARE = np.maximum(_SQUARE, _SQUARE.T)

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Sums:
    """How many actors, the sums of their y, d, x and z, and of the products of these.

    y over d is the outcome, x over z the same before the exposure; d and z are 1 in a mean.
    """

    n: int
    y: float
    d: float
    x: float
    z: float
    yy: float
    yd: float
    yx: float
    yz: float
    dd: float
    dx: float
    dz: float
    xx: float
    xz: float
    zz: float

    def __add__(self, other: Self) -> Self:
        n, *sums = map(add, _numbers(self), _numbers(other))
        return type(self)(int(n), *sums)

    def __sub__(self, other: Self) -> Self:
        n, *sums = map(sub, _numbers(self), _numbers(other))
        return type(self)(int(n), *sums)

    @property
    def moments(self) -> "Moments":
        """Means and sample covariances of y, d, x and z; 0 where one is the same for all."""
        n, *numbers = _numbers(self)
        means = np.array(numbers[: len(OUTCOME_SUMS)]) / n
        products = np.array(numbers[len(OUTCOME_SUMS) :])[_SQUARE]
        covariance = (products - n * np.outer(means, means)) / (n - 1)
        flat = covariance.diagonal() * (n - 1) <= ROUNDING * products.diagonal()
        covariance[flat, :] = 0.0
        covariance[:, flat] = 0.0
        return Moments(int(n), means, covariance)


@dataclass(frozen=True, slots=True)
class Moments:
    """The means of y, d, x and z, and their covariances."""

    n: int
    means: Vector
    covariance: Matrix

    def ratio(self, above: int, below: int) -> float:
        """The ratio of two means."""
        return float(self.means[above] / self.means[below])

    def influence(self, above: int, below: int) -> Vector:
        """What one more of y, d, x and z does to the ratio of two means."""
        weights = np.zeros(len(OUTCOME_SUMS))
        weights[above] = 1 / self.means[below]
        weights[below] = -self.ratio(above, below) / self.means[below]
        return weights

    def variance(self, weights: Vector) -> float:
        """The variance of a weighted sum."""
        return max(float(weights @ self.covariance @ weights), 0.0)


@dataclass(frozen=True, slots=True)
class Arm:
    """The mean of a variant's actors, and the variance of one of them."""

    n: int
    mean: float
    variance: float

    @property
    def error(self) -> float:
        """The variance of the mean: the square of its standard error."""
        return self.variance / self.n


@dataclass(frozen=True, slots=True)
class Arms:
    """A control and a treatment, adjusted for what was before the exposure where that helps.

    `reduction` is the part of the variance of their difference that the adjustment took out; None
    where there was nothing to adjust for. `flat`: all actors of one of them are alike.
    """

    control: Arm
    treatment: Arm
    reduction: float | None
    flat: bool

    @property
    def error(self) -> float:
        """The variance of the difference of the two means."""
        return self.control.error + self.treatment.error

    @property
    def n(self) -> int:
        """The actors of both."""
        return self.control.n + self.treatment.n


_numbers = cast(Callable[[Sums], tuple[float, ...]], attrgetter(*NUMBERS))
NOTHING = Sums(0, *(0.0 for _ in NUMBERS[1:]))


def sums_of(frame: pd.DataFrame, by: str = "variant") -> dict[str, Sums]:
    """The sums of each variant (or of `by`), of rows with the columns n (int64), y ... zz."""
    added = frame.groupby(by, observed=True)[list(NUMBERS)].sum()
    rows = zip(added.index, added.to_numpy(dtype="float64").tolist(), strict=True)
    return {str(key): Sums(int(n), *numbers) for key, (n, *numbers) in rows}


def arms(control: Sums, treatment: Sums, covariate: bool) -> Arms:
    """The two arms; both have two actors or more, and their denominators are not all 0."""
    both = control.moments, treatment.moments
    plain = [_plain(moments) for moments in both]
    flat = any(arm.variance == 0 for arm in plain)
    if flat or not (covariate and _has_past(control) and _has_past(treatment)):
        return Arms(plain[0], plain[1], None, flat)
    total = (control + treatment).moments
    slope = coefficient(total)
    if not slope:
        return Arms(plain[0], plain[1], None, flat)
    adjusted = [_adjusted(moments, slope, total.ratio(*COVARIATE)) for moments in both]
    left = sum(arm.error for arm in adjusted) / sum(arm.error for arm in plain)
    return Arms(adjusted[0], adjusted[1], 1 - left, flat)


def coefficient(total: Moments) -> float:
    """How much of the covariate is taken off: its covariance with the outcome / its variance."""
    outcome, before = total.influence(*OUTCOME), total.influence(*COVARIATE)
    variance = total.variance(before)
    return float(outcome @ total.covariance @ before) / variance if variance else 0.0


def effective(total: float, squares: float) -> float:
    """How many actors of one weight would tell as much as these, that weigh differently (Kish)."""
    return total**2 / squares if squares else 0.0


def _has_past(sums: Sums) -> bool:
    """Whether enough actors have a past."""
    return effective(sums.z, sums.zz) >= LEAST_PASTS


def _plain(moments: Moments) -> Arm:
    variance = moments.variance(moments.influence(*OUTCOME))
    return Arm(moments.n, moments.ratio(*OUTCOME), variance)


def _adjusted(moments: Moments, slope: float, level: float) -> Arm:
    weights = moments.influence(*OUTCOME) - slope * moments.influence(*COVARIATE)
    mean = moments.ratio(*OUTCOME) - slope * (moments.ratio(*COVARIATE) - level)
    return Arm(moments.n, mean, moments.variance(weights))

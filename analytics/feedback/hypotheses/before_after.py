"""The relative change of a daily value from the days before something to those after it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtrit  # Student's t; scipy.stats takes a second to import

from analytics.measures.cutting import Values

LEVEL = 0.95
FEWEST = 7  # pairs of days
Verdict = Literal["more", "as hoped", "less", "none", "open", "against"]


@dataclass(frozen=True, slots=True)
class Change:
    """A relative change with its 95 % interval; all 0.1 for a tenth more. `pairs` days each."""

    change: float
    low: float
    high: float
    pairs: int
    before: float
    after: float


def change_of(before: Values, after: Values) -> Change | None:
    """The change of the mean of `after` against that of `before`, whose days are paired in order.

    The ratio of two means of paired values, with the variance of the ratio estimator and Student's
    t with n - 1 degrees of freedom (W. G. Cochran, "Sampling Techniques", 3rd edition, 1977,
    equations 6.4 and 6.12): pairs of equal weekdays take the pattern of the week out of the
    variance. Days without a value leave out their pair. None for fewer than `FEWEST` pairs, or
    where there was nothing before.
    """
    known = ~(np.isnan(before) | np.isnan(after))
    x, y = before[known], after[known]
    n = len(x)
    if n < FEWEST or not x.mean() > 0:
        return None
    ratio = y.mean() / x.mean()
    spread = np.sqrt(np.sum((y - ratio * x) ** 2) / (n - 1) / n) / x.mean()
    reach = stdtrit(n - 1, (1 + LEVEL) / 2) * spread
    low, high = (float(ratio + side * reach - 1) for side in (-1, 1))
    return Change(float(ratio - 1), low, high, n, float(x.mean()), float(y.mean()))


def verdict(found: Change, expected: float) -> Verdict:
    """How a change stands to the one that was expected, by what its interval holds.

    `more`, `as hoped`, `less`: it moved the way that was expected; the interval lies beyond the
    expectation, holds it, or falls short of it. `against`: it moved the other way. `none`: no
    change is shown, and the expectation is ruled out. `open`: neither is ruled out.
    """
    sign = 1 if expected > 0 else -1
    near, far = sorted((sign * found.low, sign * found.high))
    hoped = sign * expected
    if far < 0:
        return "against"
    if near <= 0:
        return "open" if far >= hoped else "none"
    if near > hoped:
        return "more"
    return "as hoped" if far >= hoped else "less"


def harm(found: Change, direction: str) -> Literal["harmed", "better", "changed", "none shown"]:
    """What became of a guardrail whose metric is better "up" or "down", or neither."""
    if found.low <= 0 <= found.high:
        return "none shown"
    if direction == "neutral":
        return "changed"
    return "better" if (found.low > 0) == (direction == "up") else "harmed"

"""Intervals and p-values that hold at every moment, however often somebody looks.

An asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024, "Time-uniform
central limit theory and asymptotic confidence sequences", theorem 2.2): a mixture of normal
likelihood ratios over effects of every size. `rho` says at which size of the sample the intervals
are narrowest; they are wider there than fixed ones by about a half.
"""

import math
from functools import lru_cache

from analytics.experiments.statistics.effects import Effect, effect
from analytics.experiments.statistics.moments import Arms

USUAL_SIZE = 5_000  # actors, where nothing was planned


def sequential(arms: Arms, planned: float | None, level: float) -> Effect:
    """The effect with intervals for any moment, narrowest at the planned number of actors."""
    return effect(arms, width(arms.n, planned, level))


def width(n: int, planned: float | None, level: float) -> float:
    """Half of the interval, in standard errors: sqrt(2 (u + 1) / u * log(sqrt(u + 1) / level)),
    where u = n rho^2."""
    u = _intrinsic(n, planned, level)
    return math.sqrt(2 * (u + 1) / u * math.log(math.sqrt(u + 1) / level))


def anytime_p(square: float, n: int, planned: float | None, level: float) -> float:
    """The smallest level at which the interval of n actors leaves 0 out: 1 / the mixture of ratios.

    `square` is that of the estimate divided by its standard error.
    """
    u = _intrinsic(n, planned, level)
    evidence = square * u / (2 * (u + 1)) - math.log(u + 1) / 2
    return math.exp(-max(evidence, 0.0))


def _intrinsic(n: int, planned: float | None, level: float) -> float:
    return n * _narrowest(level) / (planned or USUAL_SIZE)


@lru_cache
def _narrowest(level: float) -> float:
    """The u at which an interval is narrowest: 1 + u - log(1 + u) = 1 - 2 log(level), solved by
    Lambert's W (same paper, appendix on choosing rho)."""
    from scipy.special import lambertw  # loads libraries that pages need not wait for

    return float(-lambertw(-(level**2) / math.e, -1).real - 1)

"""The same effect read as a belief: a flat prior, and so a normal posterior around the estimate.

With hundreds of actors the prior no longer matters (Bernstein-von Mises). Unlike p-values these
numbers may be read at any time, but who stops at a chance of 95 % is wrong more often than in one
of twenty cases in which nothing changed.
"""

from statistics import NormalDist

from analytics.experiments.statistics.effects import Effect

NORMAL = NormalDist()


def chance_to_win(effect: Effect, up: bool) -> float:
    """The probability that the treatment is better than the control."""
    return NORMAL.cdf(_gain(effect, up) / effect.error)


def expected_loss(effect: Effect, up: bool) -> float:
    """What is lost on average, in the metric's unit, should the treatment be shipped and be worse:
    E[max(0, -gain)] = error * (phi(t) - t * Phi(-t)) with t = gain / error."""
    t = _gain(effect, up) / effect.error
    return effect.error * (NORMAL.pdf(t) - t * NORMAL.cdf(-t))


def _gain(effect: Effect, up: bool) -> float:
    return effect.difference if up else -effect.difference

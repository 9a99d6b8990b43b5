"""The test that is read once, at the planned number of actors: Welch's t, by tea-tasting."""

from dataclasses import replace
from itertools import combinations
from statistics import NormalDist
from typing import TYPE_CHECKING

from analytics.experiments.statistics.effects import Effect, effect
from analytics.experiments.statistics.moments import Arms, Sums
from db.tables import OUTCOME_SUMS

if TYPE_CHECKING:
    from tea_tasting.aggr import Aggregates


def fixed(control: Sums, treatment: Sums, both: Arms, level: float) -> tuple[Effect, float]:
    """The effect with intervals of Welch's t, and the p-value (two-sided), of the two arms.

    Relative ones are of the logarithm of the ratio of means, as in `effects`.
    """
    from tea_tasting import RatioOfMeans  # loads ibis, which takes a second

    before = ("x", "z") if both.reduction is not None else (None, None)
    metric = RatioOfMeans(
        "y", "d", *before, confidence_level=1 - level, alternative="two-sided", equal_var=False
    )
    result = metric.analyze_aggregates(aggregates(control), aggregates(treatment))
    found = effect(both, NormalDist().inv_cdf(1 - level / 2))
    found = replace(found, low=result.effect_size_ci_lower, high=result.effect_size_ci_upper)
    if not found.no_lift:
        low, high = result.rel_effect_size_ci_lower, result.rel_effect_size_ci_upper
        found = replace(found, lift_low=low, lift_high=high)
    return found, float(result.pvalue)


def aggregates(sums: Sums) -> "Aggregates":
    """The same moments as tea-tasting takes them."""
    from tea_tasting.aggr import Aggregates

    moments = sums.moments
    means, covariance = moments.means, moments.covariance
    places = tuple(enumerate(OUTCOME_SUMS))
    return Aggregates(
        count_=sums.n,
        mean_={name: float(means[i]) for i, name in places},
        var_={name: float(covariance[i, i]) for i, name in places},
        cov_={(a, b): float(covariance[i, j]) for (i, a), (j, b) in combinations(places, 2)},
    )

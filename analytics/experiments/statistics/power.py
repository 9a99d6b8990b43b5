"""How many actors an experiment needs, how long they take to come, and what fewer would show."""

import math
from typing import TYPE_CHECKING

from analytics.experiments.definition import Metric
from analytics.experiments.statistics.design import Design
from analytics.experiments.statistics.estimating import LEAST_ACTORS
from analytics.experiments.statistics.fixed import aggregates
from analytics.experiments.statistics.moments import Sums, arms
from db.errors import BadExperiment

if TYPE_CHECKING:
    from tea_tasting import RatioOfMeans

USUAL_POWER = 0.8
SMALLEST_EFFECT, LARGEST_EFFECT = 0.001, 10.0  # relative: one in a thousand, eleven times as much


def needed(
    baseline: Sums,
    metric: Metric,
    effect: float,
    design: Design,
    power: float = USUAL_POWER,
) -> int:
    """The actors of all variants at which a relative effect is found with this probability.

    It is that of the test read at that size (normal approximation, by tea-tasting), with the level
    divided by the number of treatments and for the one of the smallest weight. What the same metric
    before the exposure explains is taken off. Each variant gets the 100 below which nothing is
    concluded. Raises BadExperiment where the baseline has nothing to plan with.
    """
    possible = SMALLEST_EFFECT <= abs(effect) <= LARGEST_EFFECT
    _check(possible, "The effect is from 0.1 to 1,000%.")
    part = design.part(_smallest(design))
    least = math.ceil(LEAST_ACTORS * sum(design.weights.values()) / min(design.weights.values()))
    test = _test(
        baseline, metric, design, power, rel_effect_size=effect, n_obs=math.ceil(least * part)
    )
    moments = aggregates(baseline)
    if test.solve_power_from_aggregates(moments, "power")[0].power >= power:
        return least
    pair: int = test.solve_power_from_aggregates(moments, "n_obs")[0].n_obs
    return math.ceil(pair / part)


def detectable(
    baseline: Sums,
    metric: Metric,
    units: int,
    design: Design,
    power: float = USUAL_POWER,
) -> float:
    """The smallest relative effect that this many actors of all variants show; see `needed`."""
    pair = math.floor(units * design.part(_smallest(design)))
    _check(pair >= 2, "An experiment has two actors or more.")
    test = _test(baseline, metric, design, power, n_obs=pair)
    found = test.solve_power_from_aggregates(aggregates(baseline), "rel_effect_size")
    return float(found[0].rel_effect_size)


def days_needed(units: int, per_day: float, window_days: int) -> int:
    """Whole days until so many actors have come and the last one's outcome window is over."""
    _check(per_day > 0, "Nobody who fits came in the days before; nothing says how long it takes.")
    return math.ceil(units / per_day) + window_days


def _test(
    baseline: Sums,
    metric: Metric,
    design: Design,
    power: float,
    **size: float,
) -> "RatioOfMeans":
    from tea_tasting import RatioOfMeans

    _check(0 < power < 1 and 0 < design.level < 1, "Power and level are between 0 and 100%.")
    _check_baseline(baseline, metric)
    weights, treatment = design.weights, _smallest(design)
    halves = arms(baseline, baseline, metric.has_past)
    before = ("x", "z") if halves.reduction is not None else (None, None)
    return RatioOfMeans(
        "y",
        "d",
        *before,
        alpha=design.level / len(design.treatments),
        power=power,
        ratio=weights[treatment] / weights[design.control],
        use_t=False,  # Student's t of large samples is beyond scipy's non-central distribution
        **size,
    )


def _check_baseline(baseline: Sums, metric: Metric) -> None:
    _check(baseline.n >= 2, "Nobody who fits came in the days before; there is nothing to plan by.")
    _check(baseline.d != 0, f"{metric.label}: it is a share of nothing so far.")
    arm = arms(baseline, baseline, covariate=False).control
    _check(arm.mean != 0, f"{metric.label}: it is 0 so far; no relative effect can be planned.")
    _check(arm.variance > 0, f"{metric.label}: it is the same for everybody so far.")


def _smallest(design: Design) -> str:
    """The treatment that gets the fewest actors; raises BadExperiment where there is none."""
    weights = design.weights
    _check(
        design.control in weights and bool(design.treatments), "It takes a control and a treatment."
    )
    _check(min(weights.values()) > 0, "Every variant needs a weight above 0.")
    return min(design.treatments, key=weights.__getitem__)


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise BadExperiment(message)

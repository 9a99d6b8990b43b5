"""From sums of two arms to an estimate of one metric."""

from dataclasses import replace
from statistics import NormalDist

from analytics.experiments.definition import Metric
from analytics.experiments.statistics.bayes import chance_to_win, expected_loss
from analytics.experiments.statistics.design import Design, Pair
from analytics.experiments.statistics.effects import Effect, beyond
from analytics.experiments.statistics.estimates import Estimate, Gap
from analytics.experiments.statistics.fixed import fixed
from analytics.experiments.statistics.moments import Arms, Sums, arms, effective
from analytics.experiments.statistics.sequential import anytime_p, sequential

LEAST_ACTORS = 100  # of each variant
LEAST_DIVIDING = 30  # of them who count in a ratio
LEAST_OF_A_KIND = 5  # with and without the outcome, where it is a share


def estimate(
    metric: Metric, variant: str, design: Design, now: Pair, at_plan: Pair | None = None
) -> Estimate:
    """What is known of a metric; p-values are of this one question alone.

    `at_plan` are the sums of the day on which the planned size was reached, None before it.
    """
    empty = Estimate(metric, variant, level=design.level, early_level=design.early_level)
    found = _with_now(empty, now, design)
    if at_plan is not None:
        found = _with_plan(found, at_plan)
    shown = found.effect
    if shown is None:
        return found
    up = metric.better == "up"
    if found.is_guardrail:
        found = replace(found, harm=_harm(found, shown, design))
    return replace(found, chance=chance_to_win(shown, up), loss=expected_loss(shown, up))


def compare(metric: Metric, pair: Pair) -> tuple[Gap, Arms | None]:
    """Why nothing may be concluded from two sums ("" where something may), and the two arms.

    There are none where they have no difference, or one without an error.
    """
    if any(sums.n < 2 for sums in pair):
        return "nobody", None
    if any(sums.d == 0 for sums in pair):
        return "nothing", None
    both = arms(*pair, covariate=metric.has_past)
    shown = both if both.error > 0 else None
    if any(_few(metric, sums) for sums in pair):
        return "few", shown
    if any(_rare(metric, sums) for sums in pair):
        return "rare", shown
    return ("flat", None) if both.flat else ("", shown)


def _few(metric: Metric, sums: Sums) -> bool:
    """Whether they are under a hundred, or too few of them have what a ratio divides by."""
    dividing = metric.over is None or effective(sums.d, sums.dd) >= LEAST_DIVIDING
    return sums.n < LEAST_ACTORS or not dividing


def _rare(metric: Metric, sums: Sums) -> bool:
    """Whether hardly anybody has the outcome of a share, or hardly anybody has none of it.

    One actor with many failures is one: where each has 0 or 1 of 1, these are y and n - y.
    """
    without = effective(sums.d - sums.y, sums.dd - 2 * sums.yd + sums.yy)
    return metric.is_share and min(effective(sums.y, sums.yy), without) < LEAST_OF_A_KIND


def _harm(found: Estimate, shown: Effect, design: Design) -> float:
    """The p-value of the distance to the worst that is borne, 1 on its better side.

    It belongs to the interval that is shown: below its level, that lies beyond the margin.
    """
    over = beyond(shown, found.metric.margin, found.metric.better == "up")
    if over <= 0:
        return 1.0
    if found.sequential:
        size = design.planned_for(found.variant)
        return anytime_p(over**2, shown.n + shown.n_control, size, design.level)
    return 2 * NormalDist().cdf(-over)


def _with_now(found: Estimate, now: Pair, design: Design) -> Estimate:
    gap, both = compare(found.metric, now)
    if both is None:
        return replace(found, gap=gap)
    size = design.planned_for(found.variant)
    shown = sequential(both, size, design.level)
    p = anytime_p((shown.difference / shown.error) ** 2, both.n, size, design.level)
    return replace(found, gap=gap, now=shown, anytime=p, reduction=both.reduction)


def _with_plan(found: Estimate, at_plan: Pair) -> Estimate:
    """With the test; as it was where the planned day has nothing that may be concluded from."""
    gap, both = compare(found.metric, at_plan)
    if gap or both is None:
        return found
    planned, p = fixed(*at_plan, both, found.level)
    reduction = both.reduction
    return replace(found, gap="", planned=planned, p_value=p, adjusted=p, reduction=reduction)

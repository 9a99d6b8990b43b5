"""How far a treatment's mean is from its control's, in the metric's unit and as a share of it."""

import math
from dataclasses import dataclass
from typing import Literal

from analytics.experiments.statistics.moments import Arms

NoLift = Literal["", "zero", "negative", "near"]


@dataclass(frozen=True, slots=True)
class Effect:
    """One treatment against the control; `low` to `high` is the interval of the difference.

    `value`, `control_value`, `difference` and `error` (its standard error) are in the metric's
    unit. `lift` is the difference as a fraction of the control's mean, with its own interval;
    `log_error` is the standard error of log(1 + lift). They are None where `no_lift` says why: a
    mean is 0 (zero), below 0 (negative), or not told from 0 by an interval of its own (near).
    """

    n: int
    n_control: int
    value: float
    control_value: float
    difference: float
    error: float
    low: float
    high: float
    lift: float | None
    lift_low: float | None
    lift_high: float | None
    log_error: float | None
    no_lift: NoLift


def effect(arms: Arms, width: float) -> Effect:
    """The effect, with intervals that are `width` standard errors wide to either side.

    The lift's is made of the logarithm of the ratio of the means, whose variance is the sum of
    variance / mean^2 (delta method). What holds of a difference holds of it, also at any moment: it
    is one more mean of independent numbers, to first order.
    """
    control, treatment = arms.control, arms.treatment
    difference, error = treatment.mean - control.mean, math.sqrt(arms.error)
    return Effect(
        treatment.n,
        control.n,
        treatment.mean,
        control.mean,
        difference,
        error,
        difference - width * error,
        difference + width * error,
        *_lift(arms, width),
    )


def beyond(found: Effect, margin: float, up: bool) -> float:
    """How many standard errors it is worse than a relative change for the worse by `margin`.

    Where there is no relative effect, the margin is that share of the control's mean.
    """
    sign = 1 if up else -1
    if found.lift is not None and found.log_error:
        borne = math.log1p(-sign * margin)
        return sign * (borne - math.log1p(found.lift)) / found.log_error
    return -(sign * found.difference + margin * abs(found.control_value)) / found.error


def _lift(
    arms: Arms, width: float
) -> tuple[float | None, float | None, float | None, float | None, NoLift]:
    """The relative effect, its interval, its error on the logarithmic scale, and why not."""
    reason = _no_lift(arms, width)
    if reason:
        return None, None, None, None, reason
    ratio = arms.treatment.mean / arms.control.mean
    error = math.sqrt(sum(arm.error / arm.mean**2 for arm in (arms.control, arms.treatment)))
    factor = math.exp(width * error)
    return ratio - 1, ratio / factor - 1, ratio * factor - 1, error, ""


def _no_lift(arms: Arms, width: float) -> NoLift:
    both = (arms.control, arms.treatment)
    lowest = min(arm.mean for arm in both)
    if lowest <= 0:
        return "negative" if lowest < 0 else "zero"
    near = any(arm.mean < width * math.sqrt(arm.error) for arm in both)
    return "near" if near else ""

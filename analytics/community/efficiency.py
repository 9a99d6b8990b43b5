"""Whether another model would have done the same in less time, or for fewer credits.

A model is offered in place of another only where the difference is shown, and so is that its runs
don't fail more often by more than a margin (non-inferiority: Piaggio et al., 2012). That they were
not shown to differ would say nothing of a model that was hardly tried.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from statistics import NormalDist
from typing import Literal

from analytics.community import intervals

FEWEST = 30  # runs of each of the two
LEVEL = 0.05
MARGIN = 0.05  # by which success may at most be lower: 5 points
FIGURES: tuple["Figure", ...] = ("time", "credits")
Figure = Literal["time", "credits"]


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What was run on a model ('' where it was not told). Durations are in ms.

    `timed` runs have a duration: `duration_ms` is their mean, None without any, and
    `duration_spread` and `credit_spread` are standard deviations of one run, 0 below two.
    """

    model: str
    runs: int
    failures: int
    credits: int
    timed: int
    duration_ms: float | None
    duration_spread: float = 0.0
    credit_spread: float = 0.0

    @property
    def success(self) -> float | None:
        """The share of runs without error, 0 to 1."""
        return (self.runs - self.failures) / self.runs if self.runs else None


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over runs, and its standard error."""

    n: int
    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Swap:
    """A model in place of another: what a run would save, and what is known of its success.

    `saved` is a share of what a run of the other takes, 0 to 1, and `low` to `high` its interval,
    wide enough for all pairs that are compared together (95 %, Bonferroni). `value` and
    `value_instead` are of a run: ms or credits. The success of the model less that of the other
    lies between `-worse_by` and `better_by` (Newcombe's 95 % interval).
    """

    figure: Figure
    model: str
    instead_of: str
    saved: float
    low: float
    high: float
    value: float
    value_instead: float
    runs: int
    runs_instead: int
    success: float
    success_instead: float
    worse_by: float
    better_by: float

    @property
    def words(self) -> str:
        """What is saved, as people read it: of 2.5 s, 1.95 s is 22% less time."""
        return (
            f"{self.saved:.0%} less time"
            if self.figure == "time"
            else (f"{self.saved:.0%} fewer credits")
        )


def swaps(models: Sequence[ModelUse]) -> tuple[Swap, ...]:
    """Of each figure the swap that had saved most in all, where one is shown to save anything."""
    tried = [each for each in models if each.model and each.runs >= FEWEST]
    pairs = list(permutations(tried, 2))
    if not pairs:
        return ()
    reach = NormalDist().inv_cdf(1 - LEVEL / len(pairs))
    found = ([_swap(figure, *pair, reach) for pair in pairs] for figure in FIGURES)
    return tuple(swap for each in found if (swap := _most(each)))


def _most(found: Iterable[Swap | None]) -> Swap | None:
    return max((each for each in found if each), key=_in_all, default=None)


def _in_all(swap: Swap) -> float:
    return swap.runs_instead * (swap.value_instead - swap.value)


def _swap(figure: Figure, model: ModelUse, used: ModelUse, reach: float) -> Swap | None:
    """A model in place of another, None where less is not shown, or it may fail more often."""
    a, b = MEANS[figure](model), MEANS[figure](used)
    success = intervals.share_difference(
        model.runs - model.failures, model.runs, used.runs - used.failures, used.runs
    )
    if a is None or b is None or success is None or success.low < -MARGIN:
        return None
    low, high = _saved(a, b, reach)
    if low <= 0:
        return None
    return Swap(
        figure,
        model.model,
        used.model,
        1 - a.value / b.value,
        low,
        high,
        a.value,
        b.value,
        model.runs,
        used.runs,
        model.success or 0.0,
        used.success or 0.0,
        -success.low,
        success.high,
    )


def _saved(a: Mean, b: Mean, reach: float) -> tuple[float, float]:
    """The interval of 1 - a / b, of the logarithm of the ratio of the means (delta method)."""
    ratio = a.value / b.value
    factor = math.exp(reach * math.hypot(a.error / a.value, b.error / b.value))
    return 1 - ratio * factor, 1 - ratio / factor


def _duration(model: ModelUse) -> Mean | None:
    return _mean(model.timed, model.duration_ms, model.duration_spread)


def _credits(model: ModelUse) -> Mean | None:
    return _mean(model.runs, model.credits / model.runs, model.credit_spread)


def _mean(n: int, value: float | None, spread: float) -> Mean | None:
    if n < FEWEST or not value:
        return None
    return Mean(n, value, spread / math.sqrt(n))


MEANS: dict[Figure, Callable[[ModelUse], Mean | None]] = {"time": _duration, "credits": _credits}

"""The model that a package works best on, if its runs say so."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.community import intervals
from analytics.community.published import OTHER
from analytics.community.sums import Sums

FEWEST = 30  # runs of a model, below which it is not compared


@dataclass(frozen=True, slots=True)
class Best:
    """The model with the highest share of runs without error, and the one that comes next to it.

    Shares go from 0 to 1; `low` and `high` are Wilson's 95 % interval.
    """

    model: str
    success: float
    low: float
    high: float
    second: str
    second_success: float
    second_low: float
    second_high: float


def best_of(models: Mapping[str, Sums], effect: float) -> Best | None:
    """The best model, where its share exceeds that of each other model beyond chance.

    Compared are named models with `FEWEST` runs or more, `effect` is their
    `intervals.design_effect`. None where there is one only, and where the 95 % interval (Newcombe,
    1998) of a difference holds 0. To be better than all the others is
    claimed only where each comparison says so, so that many models need no correction (Berger,
    1982).
    """
    compared = {name: runs for name, runs in models.items() if name not in ("", OTHER)}
    compared = {name: runs for name, runs in compared.items() if runs.n >= FEWEST}
    order = sorted(compared, key=lambda name: (-(compared[name].success or 0.0), name))
    if len(order) < 2:
        return None
    first, *others = (compared[name] for name in order)
    if not all(_better(first, other, effect) for other in others):
        return None
    best, second = (_told(name, compared[name], effect) for name in order[:2])
    return Best(*best, *second)


def _better(a: Sums, b: Sums, effect: float) -> bool:
    found = intervals.share_difference(a.n - a.failures, a.n, b.n - b.failures, b.n, effect)
    return found is not None and found.low > 0


def _told(name: str, runs: Sums, effect: float) -> tuple[str, float, float, float]:
    interval = intervals.share(runs.n - runs.failures, runs.n, effect)
    return name, runs.success or 0.0, *(interval or (0.0, 1.0))

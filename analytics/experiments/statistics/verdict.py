"""The one sentence about an experiment, as data: what may be said of it, and of which variant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analytics.experiments.statistics.estimates import Estimate
from analytics.experiments.statistics.split import Split

Kind = Literal[
    "empty",  # nobody was exposed
    "split",  # the actors came to the variants otherwise than planned: no winner is named
    "better",  # a variant is better, and broke no guardrail: `unsettled` has those it did not hold
    "guardrail",  # a variant broke a guardrail, and none won
    "few",  # too few actors, or too few with or without the outcome
    "undefined",  # the primary metric can't be compared: `estimate.gap` says why
    "worse",  # every variant is worse
    "level",  # the planned size is reached, and no difference was shown
    "running",  # none was shown yet
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said. `estimate` is of the primary metric and of the variant that it is about.

    `broken` are guardrails that broke, of any variant. `progress` is how much of the planned size
    is there (1.0 is all), None where none was planned. `unsettled` are guardrails of a winner of
    which it is not certain that they became no worse than by their margin: it is safe without any.
    `early` says that an interval for any moment decided it before the planned size was reached.
    """

    kind: Kind
    estimate: Estimate | None
    broken: tuple[Estimate, ...]
    progress: float | None
    unsettled: tuple[Estimate, ...] = ()

    @property
    def variant(self) -> str:
        """The variant that it is about; "" where it is about none."""
        if self.kind == "guardrail":
            return self.broken[0].variant
        return self.estimate.variant if self.estimate else ""

    @property
    def early(self) -> bool:
        """Whether it was decided before the planned size."""
        decided = self.estimate if self.kind in ("better", "worse") else None
        complete = self.progress is not None and self.progress >= 1
        return decided is not None and decided.sequential and not complete


def verdict(estimates: Sequence[Estimate], split: Split, progress: float | None) -> Verdict:
    """The verdict on all metrics of all variants."""
    primary = [each for each in estimates if each.metric.role == "primary"]
    broken = tuple(each for each in estimates if each.broken)
    kind, about = _judged(primary, broken, split)
    winner = about.variant if about and kind == "better" else ""
    theirs = [each for each in estimates if each.is_guardrail and each.variant == winner]
    return Verdict(kind, about, broken, progress, tuple(each for each in theirs if not each.held))


def _judged(
    primary: Sequence[Estimate], broken: Sequence[Estimate], split: Split
) -> tuple[Kind, Estimate | None]:
    hurt = {each.variant for each in broken}
    harmless = [each for each in primary if each.variant not in hurt]
    winners = [each for each in harmless if each.direction == "better"]
    readable = [each for each in primary if not each.gap]
    if not split.n:
        return "empty", None
    if split.wrong:
        return "split", None
    if winners:
        return "better", max(winners, key=_gain)
    if broken:
        return "guardrail", next(each for each in primary if each.variant == broken[0].variant)
    if not readable:
        return ("few" if primary[0].gap in ("nobody", "few", "rare") else "undefined"), primary[0]
    if all(each.direction == "worse" for each in primary):
        return "worse", max(primary, key=_gain)
    best = max(readable, key=_gain)
    return ("running" if best.sequential else "level"), best


def _gain(found: Estimate) -> float:
    shown = found.effect
    if shown is None:
        return float("-inf")
    return shown.difference if found.metric.better == "up" else -shown.difference

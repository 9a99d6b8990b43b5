"""What was planned of an experiment before it began: the terms that its numbers are read under."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.experiments.statistics.moments import NOTHING, Sums

LEVEL = 0.05
EARLY = 0.2  # of the level, for deciding before the planned size
Pair = tuple[Sums, Sums]  # of the control and of a treatment


@dataclass(frozen=True, slots=True)
class Design:
    """The weights of all variants, which of them is the control, and when the test is read.

    `planned` is the number of actors of all variants at which p-values are read; None is never:
    there are intervals for any moment only. `level` is that of tests; intervals cover 1 - level.
    """

    weights: Mapping[str, int]
    control: str
    planned: int | None = None
    level: float = LEVEL

    @property
    def early_level(self) -> float:
        """The level at which an interval for any moment decides before the planned size.

        There are two ways to a false verdict, early and at the plan. A fifth of the level for the
        early one keeps both together at the level, within a tenth of a percent for daily looks.
        Where nothing was planned it is the only way, and has all of it.
        """
        return self.level * EARLY if self.planned else self.level

    @property
    def treatments(self) -> tuple[str, ...]:
        """The variants that are compared with the control, in their order."""
        return tuple(variant for variant in self.weights if variant != self.control)

    def part(self, treatment: str) -> float:
        """How much of all actors is in the control and in this treatment, 0 to 1."""
        both = self.weights[self.control] + self.weights[treatment]
        return both / sum(self.weights.values())

    def planned_for(self, treatment: str) -> float | None:
        """How many of the planned actors are in the control and in this treatment."""
        return self.planned * self.part(treatment) if self.planned else None

    def pair(self, sums: Mapping[str, Sums], treatment: str) -> Pair:
        """The sums of the control and of a treatment."""
        return sums.get(self.control, NOTHING), sums.get(treatment, NOTHING)

"""One metric of one treatment: what is known now, what the test said at the planned size, and
whether anything may be concluded."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from analytics.experiments.definition import Metric
from analytics.experiments.statistics.design import LEVEL
from analytics.experiments.statistics.effects import Effect, NoLift

Gap = Literal["", "nobody", "nothing", "few", "rare", "flat"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric of a variant, against the control.

    `now` has everybody whose window is over, with intervals for any moment; `planned` those of the
    day on which the planned size was reached, `read_on`, with fixed intervals and the p-value,
    which nothing that comes later changes. `adjusted` and `anytime` are p-values that count in all
    questions of their kind; `anytime` belongs to `now`. `chance` (to be better than the control)
    and `loss` (expected where it is not, in the metric's unit) are of what is shown. `reduction`
    is the part of the variance that the same metric before the exposure took out (CUPED), None
    without it.

    `gap` says why nothing is concluded: nobody (fewer than two actors), nothing (a ratio over 0),
    few (under 100 actors of a variant), rare (under five with or without the outcome), flat (all
    actors of a variant are alike). Only with few and rare there may be an effect to be shown.

    `harm` is the p-value of a guardrail's being worse than by its margin, None for other metrics.
    `level` is that of intervals and of the test, `early_level` what `anytime` has to be below for a
    difference to be called shown before the planned size (see `Design`).
    """

    metric: Metric
    variant: str
    gap: Gap = ""
    now: Effect | None = None
    planned: Effect | None = None
    p_value: float | None = None
    adjusted: float | None = None
    anytime: float | None = None
    chance: float | None = None
    loss: float | None = None
    reduction: float | None = None
    level: float = LEVEL
    early_level: float = LEVEL
    read_on: date | None = None
    harm: float | None = None

    @property
    def read_people(self) -> int | None:
        """The actors of both variants that the test at the planned size was read on."""
        return self.planned.n + self.planned.n_control if self.planned else None

    @property
    def effect(self) -> Effect | None:
        """What is shown: the fixed reading where there is one, else the one for any moment."""
        return self.planned or self.now

    @property
    def sequential(self) -> bool:
        """Whether what is shown holds for any moment."""
        return self.planned is None

    @property
    def no_lift(self) -> NoLift:
        """Why there is no relative effect; "" where there is one."""
        return self.effect.no_lift if self.effect else ""

    @property
    def significant(self) -> bool:
        """Whether a difference was shown, with all questions of the kind counted in."""
        if self.sequential:
            p, level = self.anytime, self.early_level
        else:
            p, level = self.adjusted, self.level
        return not self.gap and p is not None and p < level

    @property
    def direction(self) -> Literal["", "better", "worse"]:
        """Which way the shown difference goes; "" where none was shown."""
        if self.effect is None or not self.significant:
            return ""
        return "better" if self._for_the_better(self.effect.difference) > 0 else "worse"

    @property
    def broken(self) -> bool:
        """Whether this is a guardrail that became worse by more than its margin.

        That is shown as a difference of the primary metric is: early or at the planned size, and
        with all guardrails counted in.
        """
        level = self.early_level if self.sequential else self.level
        return not self.gap and self.harm is not None and self.harm < level

    @property
    def held(self) -> bool:
        """Whether this is a guardrail that certainly did not become worse by its margin."""
        shown = self.effect
        if not self.is_guardrail or self.gap or shown is None:
            return False
        margin = self.metric.margin
        if shown.lift_low is not None and shown.lift_high is not None:
            ends = (shown.lift_low, shown.lift_high)
        else:
            ends, margin = (shown.low, shown.high), margin * abs(shown.control_value)
        return min(self._for_the_better(end) for end in ends) > -margin

    @property
    def is_guardrail(self) -> bool:
        """Whether it must not suffer."""
        return self.metric.role == "guardrail"

    def _for_the_better(self, change: float) -> float:
        return change if self.metric.better == "up" else -change

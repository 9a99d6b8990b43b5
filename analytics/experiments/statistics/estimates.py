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
        """Whether this is a guardrail that certainly became worse by more than its margin."""
        return self._is_guardrail and max(self._against_margin) < 0

    @property
    def held(self) -> bool:
        """Whether this is a guardrail that certainly did not become worse by its margin."""
        return self._is_guardrail and min(self._against_margin) > 0

    @property
    def _is_guardrail(self) -> bool:
        return self.metric.role == "guardrail" and not self.gap

    @property
    def _against_margin(self) -> tuple[float, float]:
        """The interval's ends, as distances for the better from the worst that is borne."""
        shown = self.effect
        assert shown is not None  # noqa: S101 - without a gap there is one
        margin = self.metric.margin
        if shown.lift_low is not None and shown.lift_high is not None:
            ends = (shown.lift_low, shown.lift_high)
        else:
            ends, margin = (shown.low, shown.high), margin * abs(shown.control_value)
        low, high = (self._for_the_better(end) + margin for end in ends)
        return low, high

    def _for_the_better(self, change: float) -> float:
        return change if self.metric.better == "up" else -change

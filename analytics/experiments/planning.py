"""How many people an experiment needs and how long that takes, from the project's own numbers."""

import math
from dataclasses import dataclass
from typing import Any

from analytics.experiments.definition import Metric
from analytics.experiments.outcomes import Baseline
from analytics.experiments.statistics import LEVEL, Design, days_needed, needed
from db.errors import BadExperiment
from db.experiments.checking import Draft
from db.tables import BUCKETS

USUAL = {"effect": 0.05, "power": 0.8, "level": LEVEL}


@dataclass(frozen=True, slots=True)
class Plan:
    """What was computed: `units` people of all variants, and in how many days they come.

    `per_day` people come a day in the first two weeks; then those who come regularly are all in,
    and `later_per_day` are new.
    """

    units: int
    days: int
    per_day: float
    later_per_day: float

    def terms(self, effect: float, power: float) -> dict[str, Any]:
        """What is kept of it with the experiment."""
        return {"units": self.units, "days": self.days, "effect": effect, "power": power} | {
            "level": LEVEL
        }


def plan_of(base: Baseline, draft: Draft, metric: Metric, effect: float, power: float) -> Plan:
    """The plan that finds a relative effect on a metric with this power.

    Raises BadExperiment where the project's own numbers give nothing to plan by.
    """
    design = Design({each.key: each.weight for each in draft.variants}, draft.control)
    units = needed(base.sums, metric, effect, design, power)
    share = draft.share / BUCKETS
    per_day, later = base.per_day * share, base.later_per_day * share
    return Plan(units, _days(units, base, share, metric.window_days), per_day, later)


def _days(units: int, base: Baseline, share: float, window_days: int) -> int:
    """Days until so many people have come: at first everybody who is there, then newcomers."""
    there = base.actors * share
    if units <= there or not there:
        return days_needed(units, base.per_day * share, window_days)
    if not base.newcomers:
        raise BadExperiment(f"It takes {units:,} people; {there:,.0f} fit, and nobody new comes.")
    return base.days + days_needed(
        math.ceil(units - there), base.later_per_day * share, window_days
    )

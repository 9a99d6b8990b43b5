"""How many people an experiment needs and how long that takes, from the project's own numbers."""

from dataclasses import dataclass
from typing import Any

from analytics.experiments.definition import Metric
from analytics.experiments.outcomes import Baseline
from analytics.experiments.statistics import LEVEL, Design, days_needed, needed
from db.experiments.checking import Draft
from db.tables import BUCKETS

USUAL = {"effect": 0.05, "power": 0.8, "level": LEVEL}


@dataclass(frozen=True, slots=True)
class Plan:
    """What was computed: `units` people of all variants, of whom `per_day` come a day."""

    units: int
    days: int
    per_day: float

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
    per_day = base.per_day * draft.share / BUCKETS
    return Plan(units, days_needed(units, per_day, metric.window_days), per_day)

"""How many days an experiment takes: those who come regularly are used up in two weeks."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.experiments.definition import Measure, Metric
from analytics.experiments.outcomes import Baseline
from analytics.experiments.planning import plan_of
from analytics.experiments.statistics.moments import NOTHING
from db.errors import BadExperiment
from tests.pages.trials import draft

METRIC = Metric(1, "primary", "Paid", Measure("did", "pay"), window_days=7, unit="share")
HALF = replace(NOTHING, n=1_000, y=500, d=1_000, yy=500, yd=500, dd=1_000)


def base(newcomers, actors=1_400):
    return Baseline(HALF, actors, newcomers, 1.0, date(2026, 3, 1), date(2026, 3, 15))


def planned(newcomers, effect, **more):
    return plan_of(base(newcomers), draft(**more), METRIC, effect, 0.8)


def test_as_many_as_come_in_two_weeks_come_at_their_rate():
    plan = planned(70, 0.2)
    # Lehr's rule: 2 * 16 p (1 - p) / (p effect)^2, for p = 1/2
    assert plan.units == pytest.approx(800, rel=0.05)
    assert plan.days == -(-plan.units // 100) + 7
    assert (plan.per_day, plan.later_per_day) == (100, 10)


def test_more_have_to_be_new():
    plan = planned(70, 0.1)
    assert plan.units == pytest.approx(3_200, rel=0.05)
    assert plan.days == 14 + -(-(plan.units - 1_400) // 10) + 7


def test_a_share_of_the_people_is_a_share_of_both_rates():
    plan = planned(70, 0.1, share=5_000)
    assert plan.days == 14 + -(-(plan.units - 700) // 5) + 7


def test_where_nobody_new_comes_they_are_never_reached():
    with pytest.raises(BadExperiment, match="1,400 fit, and nobody new comes"):
        planned(0, 0.1)

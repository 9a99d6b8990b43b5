import numpy as np
import pytest
from statsmodels.stats.power import NormalIndPower, zt_ind_solve_power

from analytics.experiments.statistics.design import Design
from analytics.experiments.statistics.power import days_needed, detectable, needed
from db.errors import BadExperiment
from tests.analytics.experiments.statistics.samples import MEAN, RATIO, SHARE, share, sums

HALVES = Design({"a": 1, "b": 1}, "a")
TENTH = share(10_000, 1_000)


def test_the_size_is_that_of_a_normal_test():
    size = zt_ind_solve_power(effect_size=0.005 / 0.3, power=0.8, alpha=0.05)
    assert needed(TENTH, SHARE, 0.05, HALVES) == pytest.approx(2 * size, rel=1e-3)


def test_unequal_weights_need_more():
    size = NormalIndPower().solve_power(0.005 / 0.3, power=0.8, alpha=0.05, ratio=1 / 9)
    found = needed(TENTH, SHARE, 0.05, Design({"a": 9, "b": 1}, "a"))
    assert found == pytest.approx(size * 10 / 9, rel=1e-3)


def test_a_second_treatment_shares_the_level_and_brings_its_own_actors():
    pair = 2 * zt_ind_solve_power(effect_size=0.005 / 0.3, power=0.8, alpha=0.025)
    found = needed(TENTH, SHARE, 0.05, Design({"a": 1, "b": 1, "c": 1}, "a"))
    assert found == pytest.approx(pair * 3 / 2, rel=1e-3)


def test_what_the_past_explains_is_taken_off():
    rng = np.random.default_rng(1)
    past = rng.normal(10, 2, 20_000)
    now = 0.6 * past + rng.normal(4, 1.6, past.size)  # rho = 0.6
    without, with_past = (
        needed(baseline, MEAN, 0.02, HALVES) for baseline in (sums(now), sums(now, 1, past))
    )
    assert with_past / without == pytest.approx(1 - 0.36, abs=0.02)


def test_the_detectable_effect_is_the_other_way_round():
    units = needed(TENTH, SHARE, 0.05, HALVES)
    assert detectable(TENTH, SHARE, units, HALVES) == pytest.approx(0.05, rel=1e-3)


def test_a_drop_takes_as_many_as_a_rise():
    assert needed(TENTH, SHARE, -0.05, HALVES) == needed(TENTH, SHARE, 0.05, HALVES)


def test_a_huge_effect_still_takes_a_hundred_of_each():
    assert needed(share(1_000, 500), SHARE, 0.9, HALVES) == 200
    assert needed(share(1_000, 500), SHARE, 0.9, Design({"a": 3, "b": 1}, "a")) == 400


@pytest.mark.parametrize(
    ("baseline", "metric", "effect", "message"),
    [
        (share(0, 0), SHARE, 0.05, "Nobody who fits"),
        (share(500, 0), SHARE, 0.05, "it is 0 so far"),
        (share(500, 500), SHARE, 0.05, "the same for everybody"),
        (sums(np.zeros(500), 0), RATIO, 0.05, "a share of nothing"),
        (TENTH, SHARE, 0.0, "from 0.1 to 1,000%"),
        (TENTH, SHARE, 11.0, "from 0.1 to 1,000%"),
    ],
)
def test_what_nothing_can_be_planned_with_is_said(baseline, metric, effect, message):
    with pytest.raises(BadExperiment, match=message):
        needed(baseline, metric, effect, HALVES)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"a": 1}, "a control and a treatment"),
        ({"b": 1, "c": 1}, "a control and a treatment"),
        ({"a": 1, "b": 0}, "a weight above 0"),
    ],
)
def test_a_design_without_two_arms_is_refused(weights, message):
    with pytest.raises(BadExperiment, match=message):
        needed(TENTH, SHARE, 0.05, Design(weights, "a"))


def test_days_are_whole_and_wait_for_the_last_window():
    assert days_needed(1_000, 300.0, 7) == 4 + 7
    with pytest.raises(BadExperiment, match="how long"):
        days_needed(1_000, 0.0, 7)

from dataclasses import replace

import numpy as np
import pytest

from analytics.experiments.statistics.design import Design
from analytics.experiments.statistics.estimating import estimate
from tests.analytics.experiments.statistics.samples import MEAN, RATIO, SHARE, share, sums

CSAT = replace(RATIO, label="CSAT", better="up", unit="share")
ERRORS = replace(RATIO, unit="share")
DESIGN = Design({"a": 1, "b": 1}, "a", planned=2_000)


def compared(metric, control, treatment, at_plan=False):
    pair = (control, treatment)
    return estimate(metric, "b", DESIGN, pair, pair if at_plan else None)


def said(n, answers, satisfied):
    """So many answers of n actors."""
    return sums(np.arange(n) < satisfied, np.arange(n) < answers)


def failures(actors):
    """So many of 1,000 actors met a failure, in ten tries each."""
    return sums(np.arange(1_000) < actors, 10)


def guardrail(margin=0.02, better="up"):
    return replace(SHARE, role="guardrail", margin=margin, better=better)


@pytest.mark.parametrize(
    ("metric", "control", "treatment", "gap", "shown"),
    [
        (SHARE, share(0, 0), share(500, 50), "nobody", False),
        (SHARE, share(1, 1), share(500, 50), "nobody", False),
        (SHARE, share(99, 30), share(500, 50), "few", True),
        (SHARE, share(500, 4), share(500, 50), "rare", True),
        (SHARE, share(500, 50), share(500, 496), "rare", True),
        (SHARE, share(500, 0), share(500, 0), "rare", False),
        (SHARE, share(500, 5), share(500, 495), "", True),
        (MEAN, sums(np.full(500, 0.1)), sums(np.full(500, 0.2)), "flat", False),
        (MEAN, sums(np.zeros(500)), sums(np.arange(500)), "flat", False),
        (MEAN, *(sums(np.full(500, y), 1, np.arange(500)) for y in (1, 2)), "flat", False),
        (RATIO, sums(np.zeros(500), 0), sums(np.ones(500), 2), "nothing", False),
        (CSAT, said(1_000, 6, 1), said(1_000, 7, 6), "few", True),
        (CSAT, said(1_000, 29, 10), said(1_000, 90, 45), "few", True),
        (CSAT, said(1_000, 30, 26), said(1_000, 90, 45), "rare", True),
        (CSAT, said(1_000, 30, 25), said(1_000, 90, 45), "", True),
        (ERRORS, failures(1), failures(9), "rare", True),
        (ERRORS, failures(5), failures(9), "", True),
        (ERRORS, sums(np.arange(500) == 0, 10), failures(9), "rare", True),
        (ERRORS, sums(10 * (np.arange(500) == 0), 10), failures(9), "rare", True),
    ],
)
def test_what_can_not_be_concluded_has_a_reason_and_no_nan(metric, control, treatment, gap, shown):
    found = compared(metric, control, treatment)
    assert found.gap == gap
    assert (found.now is not None) == shown
    if gap:
        assert not found.significant
        assert found.direction == ""
        assert not found.broken
        assert not found.held


def test_there_is_no_p_value_before_the_planned_size():
    found = compared(SHARE, share(900, 90), share(900, 180))
    assert (found.p_value, found.adjusted, found.planned) == (None, None, None)
    assert found.sequential
    assert found.significant  # by the interval for any moment
    assert found.direction == "better"


def test_before_the_planned_size_a_difference_has_to_be_shown_at_a_fifth_of_the_level():
    """What is decided early and what is decided at the plan may not err more often together."""
    found = compared(SHARE, share(900, 90), share(900, 139))
    assert 0.01 < found.anytime < 0.05
    assert found.now.low > 0
    assert not found.significant
    unplanned = estimate(
        SHARE, "b", replace(DESIGN, planned=None), (share(900, 90), share(900, 180))
    )
    assert unplanned.early_level == 0.05


def test_at_the_planned_size_the_fixed_reading_is_shown():
    found = compared(SHARE, share(1_000, 100), share(1_000, 130), at_plan=True)
    assert found.p_value == pytest.approx(0.0356, abs=1e-3)
    assert found.effect is found.planned
    assert found.significant
    assert found.anytime > 0.05


def test_a_metric_that_should_go_down_is_better_when_it_does():
    metric = replace(SHARE, better="down")
    found = compared(metric, share(1_000, 300), share(1_000, 200))
    assert found.direction == "better"
    assert found.chance > 0.99


def test_the_chance_to_win_and_the_expected_loss_are_those_of_drawn_posteriors():
    found = compared(SHARE, share(1_000, 100), share(1_000, 108))
    draws = np.random.default_rng(1).normal(found.now.difference, found.now.error, 400_000)
    assert found.chance == pytest.approx((draws > 0).mean(), abs=0.003)
    assert found.loss == pytest.approx(np.maximum(0, -draws).mean(), rel=0.02)


@pytest.mark.parametrize(
    ("metric", "successes", "broken", "held"),
    [
        (guardrail(), 300_000, False, True),
        (guardrail(), 290_000, True, False),
        (guardrail(), 295_000, False, False),
        (guardrail(0.1), 290_000, False, True),
        (guardrail(0.0), 300_000, False, False),
        (guardrail(better="down"), 310_000, True, False),
        (guardrail(better="down"), 290_000, False, True),
        (SHARE, 200_000, False, False),
    ],
)
def test_a_guardrail_breaks_when_it_is_certainly_worse_than_its_margin(
    metric, successes, broken, held
):
    found = compared(metric, share(1_000_000, 300_000), share(1_000_000, successes))
    assert (found.broken, found.held) == (broken, held)


@pytest.mark.parametrize(("shift", "broken", "held"), [(0.0, False, True), (-0.5, True, False)])
def test_a_guardrail_without_a_relative_effect_is_held_by_the_difference(shift, broken, held):
    """NPS may be negative: 5 % of -2 points are 0.1 points."""
    rng = np.random.default_rng(2)
    metric = replace(MEAN, role="guardrail", margin=0.05)
    scores = rng.choice([-4, -2, 0], 100_000)
    found = compared(metric, sums(scores), sums(scores + shift))
    assert found.no_lift == "negative"
    assert (found.broken, found.held) == (broken, held)


def test_a_ratio_goes_by_its_means_and_not_by_the_mean_of_ratios():
    rng = np.random.default_rng(3)
    events = rng.integers(1, 50, 4_000)
    control = sums(rng.binomial(events, 0.10), events)
    treatment = sums(rng.binomial(events, 0.05), events)
    found = compared(RATIO, control, treatment)
    assert found.direction == "better"
    assert found.now.value == pytest.approx(treatment.y / treatment.d)

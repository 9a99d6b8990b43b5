"""The change of a daily value: by hand, against SciPy, and by how often it holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.feedback.hypotheses import Change, change_of, harm, verdict

WEEKDAYS = np.array([1.0, 1.1, 1.2, 1.1, 1.0, 0.4, 0.3])


def change(low, high):
    return Change((low + high) / 2, low, high, 28, 1.0, 1.0)


def test_it_is_the_ratio_of_the_means_with_cochrans_interval():
    before, after = np.arange(1.0, 9.0), np.array([2.0, 2, 4, 4, 6, 6, 8, 8])
    found = change_of(before, after)
    ratio = 40 / 36
    residuals = [y - ratio * x for x, y in zip(before, after, strict=True)]
    error = (sum(each**2 for each in residuals) / 7 / 8) ** 0.5 / 4.5
    reach = 2.364624 * error  # t of 7 degrees of freedom, from a table
    assert found.change == pytest.approx(ratio - 1)
    assert (found.low, found.high) == pytest.approx(
        (ratio - 1 - reach, ratio - 1 + reach), abs=1e-6
    )
    assert (found.before, found.after, found.pairs) == (4.5, 5.0, 8)


def test_against_days_that_are_all_alike_it_is_the_interval_of_a_mean():
    after = np.array([9.0, 11, 10, 12, 8, 10, 11, 13])
    found = change_of(np.full(8, 10.0), after)
    low, high = stats.t.interval(0.95, 7, after.mean(), stats.sem(after))
    assert (found.low, found.high) == pytest.approx((low / 10 - 1, high / 10 - 1))


def test_the_pattern_of_the_week_does_not_widen_it():
    before = np.tile(WEEKDAYS, 4) * 100
    found = change_of(before, before * 1.1)
    assert (found.low, found.high) == pytest.approx((0.1, 0.1))


@pytest.mark.parametrize("days", [7, 28])
@pytest.mark.parametrize("real", [-0.2, 0.0, 0.1])
def test_it_holds_the_real_change_as_often_as_it_says(days, real):
    dice = np.random.default_rng(7)
    pattern = np.tile(WEEKDAYS, days // 7)
    held = 0
    for _ in range(1_000):
        before = 200 * pattern * dice.lognormal(0, 0.05, days)
        after = 200 * (1 + real) * pattern * dice.lognormal(0, 0.05, days)
        found = change_of(before, after)
        held += found.low <= real <= found.high
    assert 920 <= held <= 975


def test_days_without_a_value_leave_out_their_pair():
    before = np.array([1.0] * 8 + [np.nan, 100])
    after = np.array([2.0] * 8 + [100, np.nan])
    assert change_of(before, after).change == pytest.approx(1.0)
    assert change_of(before, after).pairs == 8


@pytest.mark.parametrize(
    ("before", "after"),
    [(np.ones(6), np.ones(6)), (np.zeros(7), np.ones(7)), (np.full(9, np.nan), np.ones(9))],
    ids=["less than a week", "nothing before", "no value before"],
)
def test_too_little_gives_none(before, after):
    assert change_of(before, after) is None


@pytest.mark.parametrize(
    ("low", "high", "expected", "told"),
    [
        (0.01, 0.073, 0.10, "less"),
        (0.01, 0.15, 0.10, "as hoped"),
        (0.11, 0.15, 0.10, "more"),
        (-0.02, 0.15, 0.10, "open"),
        (-0.02, 0.05, 0.10, "none"),
        (-0.05, -0.01, 0.10, "against"),
        (-0.073, -0.01, -0.10, "less"),
        (-0.15, -0.01, -0.10, "as hoped"),
        (-0.20, -0.15, -0.10, "more"),
        (0.01, 0.05, -0.10, "against"),
    ],
)
def test_a_change_is_set_against_what_was_expected(low, high, expected, told):
    assert verdict(change(low, high), expected) == told


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0.01, 1))
def test_the_verdict_on_a_fall_is_that_on_the_rise_turned_over(low, width, expected):
    rise, fall = change(low, low + width), change(-low - width, -low)
    assert verdict(rise, expected) == verdict(fall, -expected)


@pytest.mark.parametrize(
    ("low", "high", "direction", "told"),
    [
        (-0.1, 0.1, "up", "none shown"),
        (0.1, 0.2, "up", "better"),
        (0.1, 0.2, "down", "harmed"),
        (-0.2, -0.1, "up", "harmed"),
        (-0.2, -0.1, "down", "better"),
        (0.1, 0.2, "neutral", "changed"),
    ],
)
def test_a_guardrail_suffers_where_the_interval_is_on_its_bad_side(low, high, direction, told):
    assert harm(change(low, high), direction) == told

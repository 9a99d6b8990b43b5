"""Goals are judged by what the periods before say."""

from datetime import date
from itertools import combinations
from math import nan
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.business.goals.tracking import AHEAD, FEWEST, track

TODAY = date(2026, 3, 9)
SHARE = (0.0, 1.0)


def judge(values, goal, up=True, **more):
    return track(values, goal, up=up, today=TODAY, **more)


def test_without_a_value_nothing_is_said():
    assert judge([], 1.0).state == "no data"
    assert judge([nan, nan], 1.0).state == "no data"


@pytest.mark.parametrize(
    ("values", "up", "state"),
    [
        ([0.9] * 8, True, "reached"),
        ([0.5] * 8, True, "at risk"),
        ([0.1] * 8, False, "reached"),
        ([0.70, 0.71, 0.72, 0.73, 0.74, 0.75], True, "on track"),
        ([0.99, 0.97, 0.95, 0.93, 0.91, 0.89], True, "at risk"),  # is above, and falls below
        ([0.95, 0.94, 0.93, 0.92, 0.91, 0.90], False, "on track"),
        ([0.9], True, "reached"),
        ([0.5], True, "at risk"),
    ],
)
def test_the_trend_decides(values, up, state):
    found = judge(values, 0.8, up, bounds=SHARE)
    assert found.state == state
    assert found.current == values[-1]


def test_one_bad_week_does_not_bend_the_trend():
    calm = [100.0, 101, 102, 103, 104, 105, 106, 107]
    bent = [*calm[:-2], 20.0, 107.0]
    assert judge(bent, 110).projected == pytest.approx(judge(calm, 110).projected, rel=0.1)


def test_a_day_that_is_past_is_missed_or_reached():
    assert judge([1.0] * 6, 2.0, due=date(2026, 3, 8)).state == "missed"
    assert judge([3.0] * 6, 2.0, due=date(2026, 3, 8)).state == "reached"
    assert judge([1.0] * 6, 2.0, due=TODAY).state == "at risk"


def test_the_nearer_the_day_the_less_can_be_reached():
    growing = [10.0, 11, 12, 13, 14, 15]  # one a week
    assert judge(growing, 20, due=date(2026, 4, 20)).state == "on track"
    assert judge(growing, 20, due=date(2026, 3, 23)).state == "at risk"
    by_month = judge(growing, 20, due=date(2026, 4, 20), days=30.4)
    assert by_month.state == "at risk"


def test_a_share_never_leaves_its_bounds():
    found = judge([0.5, 0.6, 0.7, 0.8, 0.9, 1.0], 0.9, bounds=SHARE)
    assert found.projected == found.high == 1.0


@given(
    st.lists(
        st.one_of(st.just(nan), st.integers(-1000, 1000).map(float)), min_size=FEWEST, max_size=20
    )
)
def test_the_slope_is_the_median_of_all_slopes(values):
    """Reference in plain Python: the difference of two projections is the slope alone."""
    there = [(at, value) for at, value in enumerate(values) if value == value]
    near = judge(values, 0.0, due=TODAY)
    far = judge(values, 0.0)
    if len(there) < FEWEST:
        assert near.projected is None
        return
    slopes = [(b - a) / (y - x) for (x, a), (y, b) in combinations(there, 2)]
    assert far.projected - near.projected == pytest.approx(median(slopes) * AHEAD, abs=1e-6)
    assert far.low <= far.projected <= far.high

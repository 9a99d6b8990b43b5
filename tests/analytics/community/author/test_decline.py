"""The trend of older versions: a planted half-life, and what is no trend."""

import random
from math import inf

import pytest

from analytics.community.author.decline import FEW, Point, decline

PLANTED = 11.0  # days


def trend(points):
    """The trend up to the last of the points."""
    return decline(points, max((point.age for point in points), default=0.0))


def falling(seed, half_life=PLANTED, days=14, runs=400):
    """Days after a release, at each of which everybody runs the version that they have."""
    dice = random.Random(seed)
    left = [2 ** -((day - 0.5) / half_life) for day in range(1, days + 1)]
    return [
        Point(age, sum(dice.random() < share for _ in range(runs)), runs)
        for age, share in enumerate(left, start=1)
    ]


def test_a_planted_half_life_is_found():
    found = trend([Point(age, round(100_000 * 2 ** (-age / 11)), 100_000) for age in range(15)])
    assert found.half_life.value == pytest.approx(PLANTED, rel=0.001)
    assert found.older == pytest.approx(2 ** (-14 / 11), rel=0.001)
    assert found.left.value == pytest.approx(11 * 3.048, rel=0.01)  # from 41.4 % to 5 %: 33.5 days
    assert found.points == 14


def test_nineteen_of_twenty_intervals_hold_the_planted_half_life():
    found = [trend(falling(seed)) for seed in range(200)]
    held = [each.half_life.low <= PLANTED <= each.half_life.high for each in found]
    assert 180 <= sum(held) <= 198


def test_more_days_tell_more():
    few, many = (trend(falling(3, days=days)).half_life for days in (7, 40))
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(
    "points",
    [
        [],
        falling(1)[:3],
        [Point(age, 200, 400) for age in range(1, 15)],
        [Point(age, 100 + 20 * age, 400) for age in range(1, 15)],
        [Point(-age, 400 - 20 * age, 400) for age in range(1, 15)],
        [Point(3.0, older, 400) for older in range(300, 100, -20)],
        [Point(age, 0, 0) for age in range(1, 15)],
    ],
    ids=["none", "few", "level", "rising", "before the release", "one age", "no runs"],
)
def test_what_does_not_fall_beyond_chance_is_no_trend(points):
    assert trend(points) is None


def test_days_that_jump_up_and_down_are_no_trend():
    dice = random.Random(5)
    jumping = [Point(age, dice.choice((20, 380)), 400) for age in range(1, 15)]
    assert trend(jumping) is None


def test_nothing_is_left_to_wait_for_below_the_share_that_may_be_dropped():
    found = trend([Point(age, round(1_000_000 * FEW * 2**-age), 1_000_000) for age in range(12)])
    assert found.left == (0, 0, 0)


def test_all_numbers_are_finite_however_few_runs():
    found = trend([Point(age, max(6 - age, 0), 6) for age in range(1, 12)])
    assert found is not None
    assert all(0 < each < inf for each in found.half_life)

"""Intervals of shares and mean ratings, against statsmodels and by trying them out."""

import random

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analytics.community import intervals

COUNTS = [(0, 5), (5, 5), (98, 100), (831, 847), (374, 400), (1, 1)]


@pytest.mark.parametrize(("good", "n"), COUNTS)
def test_a_share_has_wilsons_interval(good, n):
    expected = proportion_confint(good, n, method="wilson")
    assert intervals.share(good, n) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("first", COUNTS)
@pytest.mark.parametrize("second", COUNTS)
def test_a_difference_of_shares_has_newcombes_interval(first, second):
    expected = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
    assert intervals.share_difference(*first, *second) == pytest.approx(expected, abs=1e-6)


def test_runs_of_one_person_each_are_worth_what_they_are():
    assert intervals.design_effect(40, 40) == intervals.design_effect(30, 40) == 1


def test_an_effect_of_two_makes_half_the_runs():
    assert intervals.share(80, 100, 2.0) == intervals.share(40, 50)
    assert intervals.share_difference(80, 100, 60, 90, 2.0) == intervals.share_difference(
        40, 50, 30, 45
    )


def test_people_who_are_too_few_to_be_counted_are_as_one():
    assert intervals.design_effect(11, 0) == intervals.design_effect(11, 1) > 3


def test_of_nothing_nothing_is_said():
    assert intervals.share(0, 0) is None
    assert intervals.rating(0, 0) is None
    assert intervals.share_difference(1, 2, 0, 0) is None
    assert intervals.rating_difference(0, 0, 9, 2) is None


def test_a_rating_lies_between_one_and_five_stars():
    assert intervals.rating(5 * 6, 6).high == pytest.approx(5)
    assert intervals.rating(6, 6).low == pytest.approx(1)
    assert intervals.rating(5 * 6, 6).low < 4


def test_the_interval_of_a_rating_holds_the_true_mean_at_least_95_times_in_100():
    dice, weights = random.Random(4), (1, 1, 2, 6, 10)
    truth = sum(star * weight for star, weight in zip(range(1, 6), weights, strict=True)) / 20
    inside = 0
    for _ in range(1_000):
        stars = dice.choices(range(1, 6), weights, k=40)
        low, high = intervals.rating(sum(stars), 40)
        inside += low <= truth <= high
    assert inside >= 950


def test_a_difference_of_ratings_is_told_in_stars():
    low, high = intervals.rating_difference(47 * 60, 600, 43 * 60, 600)
    assert 0 < low < 0.4 < high < 0.6

"""When something is full, of lines whose end is known."""

import random

import pytest

from analytics.operations.health.forecasting import FEWEST_DAYS, Outlook, outlook


def test_a_straight_line_ends_where_it_reaches_the_limit():
    found = outlook(range(10), [0.5 + 0.01 * day for day in range(10)], 1.0)
    assert (found.known, found.per_day) == (True, pytest.approx(0.01))
    assert found.days == pytest.approx(41)  # 0.59 now, 0.41 to go
    assert found.earliest == pytest.approx(41)
    assert found.latest == pytest.approx(41)


def test_one_odd_day_does_not_bend_the_line():
    values = [0.5 + 0.01 * day for day in range(15)]
    values[7] = 0.99
    assert outlook(range(15), values, 1.0).per_day == pytest.approx(0.01, abs=0.001)


def test_the_interval_holds_the_truth_and_is_ordered():
    chance = random.Random(7)
    values = [0.2 + 0.004 * day + chance.gauss(0, 0.01) for day in range(40)]
    found = outlook(range(40), values, 1.0)
    assert found.earliest < found.days < found.latest
    assert found.earliest < (1 - values[-1]) / 0.004 < found.latest


@pytest.mark.parametrize(
    "values",
    [
        [0.5] * 20,
        [0.9 - 0.01 * day for day in range(20)],
        [0.5 + 0.2 * (-1) ** day for day in range(20)],
        [0.5 + 0.0001 * day for day in range(20)],
    ],
    ids=["level", "falling", "to and fro", "more than a year away"],
)
def test_what_does_not_end_within_a_year_is_not_in_sight(values):
    found = outlook(range(20), values, 1.0)
    assert found.known
    assert (found.days, found.earliest, found.latest) == (None, None, None)


def test_too_few_days_tell_nothing():
    days = range(FEWEST_DAYS - 1)
    assert outlook(days, [0.1 * day for day in days], 1.0) == Outlook(known=False)


def test_what_is_full_is_full_now():
    values = [0.9 + 0.02 * day for day in range(10)]
    assert outlook(range(10), values, 1.0).days == 0.0

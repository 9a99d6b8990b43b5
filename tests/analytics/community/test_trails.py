"""Trails: sums from any day on, against plain sums of the same rows."""

import random
from datetime import date, timedelta

import numpy as np
import pytest

from analytics.community.sums import NUMBERS, Sums, summed
from analytics.community.trails import since, together, trail, trails

FIRST = date(2026, 3, 1)


def drawn(seed, rows=60):
    """Rows of a key, a day and sums, in the order of their days; some days have several."""
    dice = random.Random(seed)
    found = [
        (
            dice.choice("abc"),
            FIRST + timedelta(days=dice.randrange(20)),
            Sums(*(dice.randrange(9) for _ in NUMBERS[:-1]), duration_sum=dice.randrange(99) / 4),
        )
        for _ in range(rows)
    ]
    return sorted(found, key=lambda row: row[1])


def columns(rows):
    """The keys, the days and the numbers of rows."""
    numbers = [[getattr(sums, name) for name in NUMBERS] for _, _, sums in rows]
    return [row[0] for row in rows], [row[1] for row in rows], np.array(numbers, float)


@pytest.mark.parametrize("day", [-1, 0, 1, 10, 19, 20])
def test_a_trail_tells_what_begins_on_a_day_or_later(day):
    rows, start = drawn(1), FIRST + timedelta(days=day)
    _, days, numbers = columns(rows)
    expected = [sums for _, begins, sums in rows if begins >= start]
    assert trail(days, numbers).since(start) == (summed(expected) if expected else Sums())


@pytest.mark.parametrize("day", [0, 7, 18, 20])
def test_each_key_has_a_trail_of_its_own(day):
    rows, start = drawn(2), FIRST + timedelta(days=day)
    keys = {key for key, begins, _ in rows if begins >= start}
    assert since(trails(*columns(rows)), start) == {
        each: summed(sums for key, begins, sums in rows if key == each and begins >= start)
        for each in keys
    }


def test_all_rows_of_a_key_are_added_up_and_counts_stay_whole():
    rows = drawn(3)
    keys, _, numbers = columns(rows)
    found = together(keys, numbers)
    assert found == {
        each: summed(sums for key, _, sums in rows if key == each) for each in set(keys)
    }
    assert all(isinstance(sums.n, int) for sums in found.values())


def test_without_rows_there_is_nothing_since_any_day():
    none = np.zeros((0, len(NUMBERS)))
    assert trail([], none).since(FIRST) == Sums()
    assert trails([], [], none) == {}
    assert together([], none) == {}

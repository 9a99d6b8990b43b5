"""Thousands of random logs: the arrays count what loops over lists count."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.periods import periods
from analytics.product.intervals import Interval, intervals_of
from analytics.product.retention.cohorts import cohorts, rows_of, starts_of
from analytics.product.retention.loading import only_first
from tests.analytics.product import loops
from tests.analytics.product.packing import CELLS, filters_of, firsts_of, keys, keys_of
from tests.thorough import cases

EVER = date(2020, 1, 1)


def starts(log, asked, interval_of):
    range_ = (asked.start, asked.end)
    done = keys_of(log, asked, *range_, asked.begin, asked.platforms)
    if not asked.recurring and asked.begin == (None, None):
        done = firsts_of(log, asked, *range_, asked.platforms)
    elif not asked.recurring:
        earlier = keys_of(log, asked, EVER, asked.start, asked.begin)
        done = only_first(done, earlier, keys_of(log, asked, *range_, asked.begin))
    return starts_of(done, interval_of, recurring=asked.recurring)


def counted(log, asked):
    filters = filters_of(asked)
    shown = [Interval.of(period) for period in periods(filters)]
    interval_of = intervals_of(shown, filters.start, filters.days)
    begun = starts(log, asked, interval_of)
    done = keys_of(log, asked, asked.start, asked.end, asked.back, asked.platforms)
    back = rows_of(begun, done, interval_of, len(shown))
    found = cohorts(begun, back, later=asked.or_later)
    return {
        (shown[c].label.date(), i - c): (found.sizes[c], found.back[c, i], shown[i].ripe)
        for c, i in zip(*np.triu_indices(len(shown)), strict=True)
        if len(begun.actor)
    }


@pytest.mark.parametrize("zone", loops.CLOCK_CHANGES)
@settings(max_examples=cases(600))
@given(seed=st.integers(0, 10**9))
def test_cohorts_are_those_of_the_definition(zone, seed):
    log, asked = loops.random_question(seed, zone)
    assert counted(log, asked) == loops.retention(log, asked)


def test_of_several_cells_on_the_day_of_the_start_the_lowest_id_counts():
    seen = keys([(1, 50, CELLS["ios"]), (1, 50, CELLS["web"]), (4, 50, 1), (0, 9, 8)])
    found = starts_of(seen, np.arange(6, dtype=np.int32), recurring=False)
    by_key = dict(zip(found.actors[found.actor].tolist(), found.cell.tolist(), strict=True))
    assert by_key == {50: CELLS["ios"], 9: 8}
    assert sorted(found.cohort.tolist()) == [0, 1]


def test_an_actor_is_in_each_recurring_cohort_once():
    seen = keys([(0, 5, 1), (0, 5, 2), (1, 5, 1), (8, 5, 1)])
    week = np.array([0] * 7 + [1] * 7, np.int32)
    found = starts_of(seen, week, recurring=True)
    assert found.cohort.tolist() == [0, 1]


def test_keys_of_every_size_and_sign_are_told_apart():
    far = [(0, -(2**63), 1), (0, 2**63 - 1, 1), (1, 0, 1)]
    found = starts_of(keys(far), np.zeros(2, np.int32), recurring=False)
    assert len(found.actors) == 3

"""Thousands of random logs: the bits count what sets of people count."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.periods import periods
from analytics.product.lifecycle.answer import counted, start_before
from tests.analytics.product import loops
from tests.analytics.product.packing import filters_of, firsts_of, keys_of
from tests.thorough import cases

FIELDS = ("new", "returning", "resurrecting", "dormant")


def phases(log, asked):
    filters = filters_of(asked)
    shown = periods(filters)
    if not shown:
        return {}
    span = filters.over(start_before(shown, filters.grain), filters.end)
    days = (span.start, span.end)
    keys = keys_of(log, asked, *days, asked.back, asked.platforms)
    found = counted(keys, firsts_of(log, asked, *days), span, shown)
    rows = zip(*(getattr(found, name).tolist() for name in FIELDS), strict=True)
    return {
        period.label.date(): (*row, period.complete)
        for period, row in zip(shown, rows, strict=True)
    }


@pytest.mark.parametrize("zone", loops.CLOCK_CHANGES)
@settings(max_examples=cases(600))
@given(seed=st.integers(0, 10**9))
def test_phases_are_those_of_the_definition(zone, seed):
    log, asked = loops.random_question(seed, zone)
    assert phases(log, asked) == loops.lifecycle(log, asked)


@settings(max_examples=cases(300))
@given(seed=st.integers(0, 10**9))
def test_the_identities_hold(seed):
    log, asked = loops.random_question(seed, "Europe/Berlin")
    for first, (new, returning, resurrecting, dormant, _) in phases(log, asked).items():
        before = loops.active(log, asked, asked.floor(first - timedelta(days=1)), whole=True)
        assert new + returning + resurrecting == len(loops.active(log, asked, first))
        assert dormant == len(before) - returning

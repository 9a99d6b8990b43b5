from datetime import UTC, date, datetime
from math import ceil, log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.filters import Filters
from analytics.measures.durations import GAMMA, Durations, middle_of_bin
from analytics.periods import whole
from tests.analytics.reference import percentile

DAY = whole(
    Filters(
        1, "UTC", "opt-out", date(2026, 3, 2), date(2026, 3, 3), datetime(2026, 4, 1, tzinfo=UTC)
    )
)
milliseconds = st.lists(st.floats(0.001, 1e7), min_size=1, max_size=200)


def binned(values):
    bins = [ceil(log(value) / log(GAMMA)) for value in values]
    at = np.full(len(bins), np.datetime64("2026-03-02T05:00", "us"))
    return Durations.of(pd.DataFrame({"at": at, "bin": bins, "n": 1}))


@given(milliseconds, st.sampled_from([0.5, 0.95]))
def test_a_percentile_is_within_two_percent_of_the_exact_one(values, share):
    (found,) = binned(values).percentile(share, [DAY])
    assert found == pytest.approx(percentile(values, share), rel=0.0201)


@given(milliseconds, milliseconds)
def test_merged_bins_are_those_of_all_values(one, other):
    merged = Durations.merged([binned(one), binned(other)])
    together = binned(one + other)
    assert merged.percentile(0.95, [DAY]) == together.percentile(0.95, [DAY])


def test_without_durations_there_is_no_percentile():
    assert np.isnan(Durations.empty().percentile(0.5, [DAY])).all()


def test_the_middle_of_a_bin_is_two_percent_from_both_of_its_ends():
    assert middle_of_bin(100) / GAMMA**100 == pytest.approx(0.98, abs=0.001)
    assert middle_of_bin(100) / GAMMA**99 == pytest.approx(1.02, abs=0.001)

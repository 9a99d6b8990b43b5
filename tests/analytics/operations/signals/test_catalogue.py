"""Alerts can look at every metric that there is."""

import pytest

from analytics.__main__ import ALL
from analytics.operations.signals.catalogue import SIGNALS


@pytest.mark.parametrize("metric", ALL, ids=lambda metric: metric.key)
def test_every_metric_has_a_signal(metric):
    signal = SIGNALS[metric.key]
    assert (signal.metric.unit, signal.metric.direction) == (metric.unit, metric.direction)


def test_no_signal_is_of_a_metric_that_is_not_documented():
    assert set(SIGNALS) == {metric.key for metric in ALL}


def test_people_can_tell_them_apart_by_their_labels():
    assert len({signal.metric.label for signal in SIGNALS.values()}) == len(SIGNALS)


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=SIGNALS.keys())
def test_what_is_told_of_a_period_is_counted_where_periods_add_up(signal):
    """A share, a level or a percentile is never summed, and a count is never averaged."""
    if signal.shape == "count":
        assert signal.metric.counts
    if signal.shape in ("mean", "share", "median"):
        assert not signal.metric.counts

"""Shares of few tries are judged by what they surely reach."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import sqrt

import numpy as np
import pandas as pd
import pytest

from analytics.operations.alerts.defaults import USUAL
from analytics.operations.alerts.following import State, follow
from analytics.operations.alerts.levels import levels, reach
from analytics.operations.alerts.sure import Z, longer, wilson
from analytics.operations.signals.points import Means, minute_of
from db.alert_rules import Rule
from tests.analytics.operations.alerts.clock import END, MINUTE, START, incidents, requests

RULE = Rule("Errors", "error_rate", "threshold", value=0.2, window_minutes=5, minimum=50)
BEGIN = datetime(2026, 3, 2, 10, tzinfo=UTC)


def points(*counted, are_shares=True):
    """Failed and tried, every five minutes from ten on."""
    at = [BEGIN.replace(tzinfo=None) + 5 * place * MINUTE for place in range(len(counted))]
    value = [failed / n if n else np.nan for failed, n in counted]
    frame = pd.DataFrame({"at": pd.to_datetime(at), "value": value, "n": [n for _, n in counted]})
    return Means.of(frame, 5, are_shares)


def level(rule, *counted, **more):
    """What counts of the last window."""
    end = np.array([minute_of(BEGIN) + 5 * len(counted)])
    found = levels(rule, points(*counted, **more), end)
    return float(found.value[0]), float(found.level[0])


def bound(failed, n, sign):
    """An end of Wilson's interval, from its definition: where the share is Z errors away."""
    share = failed / n
    root = sqrt(Z * Z / (4 * n * n) + share * (1 - share) / n)
    return (share + Z * Z / (2 * n) + sign * Z * root) / (1 + Z * Z / n)


def test_the_ends_of_an_interval_are_as_far_from_the_share_as_chance_goes():
    middle, half = wilson(np.array([0.0, 0.3, 1.0]), np.array([5.0, 40.0, 8.0]))
    for end in (middle - half, middle + half):
        away = (end - np.array([0.0, 0.3, 1.0])) ** 2
        assert away == pytest.approx(Z * Z * end * (1 - end) / np.array([5.0, 40.0, 8.0]))


def test_enough_tries_count_as_they_are():
    assert level(RULE, (10, 50)) == (0.2, 0.2)


def test_of_few_the_nearer_end_of_the_interval_counts():
    assert level(RULE, (6, 10)) == (0.6, pytest.approx(bound(6, 10, -1)))
    rises = replace(RULE, above=False, value=0.5)
    assert level(rises, (4, 10)) == (0.4, pytest.approx(bound(4, 10, 1)))


def test_one_or_two_that_fail_are_chance():
    assert level(RULE, (2, 2)) == (1.0, 0.0)
    assert level(replace(RULE, above=False), (1, 3)) == (1 / 3, 1.0)


def test_where_a_window_holds_too_little_an_hour_counts_too():
    found = level(RULE, *[(1, 2)] * 12)
    assert found == (0.5, pytest.approx(bound(12, 24, -1)))
    assert level(RULE, (30, 40), *[(0, 2)] * 12) == (0.0, 0.0)


def test_the_worse_of_both_counts():
    assert level(RULE, *[(0, 40)] * 11, (5, 5))[1] == pytest.approx(bound(5, 5, -1))


def test_nothing_tried_is_not_known_and_others_than_shares_say_nothing():
    assert np.isnan(level(RULE, (0, 0))).all()
    assert np.isnan(level(RULE, (6, 10), are_shares=False)).all()
    assert level(replace(RULE, minimum=0), (1, 2)) == (0.5, 0.5)


def test_a_longer_window_has_a_day_at_the_most():
    minutes = [longer(replace(RULE, window_minutes=each)) for each in (5, 180, 1_440, 10_080)]
    assert minutes == [60, 1_440, 1_440, 10_080]
    assert reach(RULE) == 60


TOLD_WITHIN = {0.5: 75, 2: 45, 9: 15, 40: 15}  # minutes, by requests a minute by day


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("a_minute", TOLD_WITHIN)
@pytest.mark.parametrize("key", ["failed_requests", "error_rate"])
def test_outages_of_quiet_services_are_told_once_and_chance_is_not(key, a_minute, seed):
    planted = incidents(seed, 8, minutes=120, size=1.0, apart_days=3)
    told = fired(USUAL[key], requests(seed, planted, a_minute))
    late = timedelta(minutes=TOLD_WITHIN[a_minute])
    for each in planted:
        assert sum(each.begins <= at <= each.begins + late for at in told) == 1, each
    assert len(told) <= len(planted) + 1
    assert len(fired(USUAL[key], requests(seed + 10, [], a_minute))) <= 1


def fired(rule, frame):
    points = Means.of(frame, 1, are_shares=True)
    turns = follow(rule, points, State(START), END, "UTC").turns
    return [turn.at for turn in turns if turn.act == "fired"]

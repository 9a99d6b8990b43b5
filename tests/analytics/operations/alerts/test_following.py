from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.operations.alerts.following import State, follow, moments
from analytics.operations.alerts.levels import WEEK, levels
from analytics.operations.signals.points import ALWAYS, Means, Totals, minute_of
from db.alert_rules import Rule

START = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
RULE = Rule("Errors", "error_rate", "threshold", value=5.0, window_minutes=1)


def points(*values, n=10):
    """One value a minute from START on; None is a minute without anything."""
    at = pd.to_datetime([START.replace(tzinfo=None) + k * MINUTE for k in range(len(values))])
    n = [0 if value is None else n for value in values]
    frame = pd.DataFrame({"at": at, "value": np.array(values, float), "n": n})
    return Means.of(frame, 1)


def turns(rule, *values, state=None, zone="UTC"):
    """What happened, each as its act and the number of the minute that was over by then."""
    end = START + len(values) * MINUTE
    followed = follow(rule, points(*values), state or State(START), end, zone)
    return [(turn.act, (turn.at - START) // MINUTE) for turn in followed.turns]


def test_it_fires_when_the_value_is_reached_and_ends_when_it_is_not():
    assert turns(RULE, 1, 5, 9, 4, 1, 6) == [("fired", 2), ("resolved", 4), ("fired", 6)]


def test_below_means_at_most():
    low = replace(RULE, above=False)
    assert turns(low, 9, 5, 6) == [("fired", 2), ("resolved", 3)]


def test_it_has_to_be_bad_for_the_whole_delay():
    patient = replace(RULE, delay_minutes=3)
    assert turns(patient, 9, 9, 1, 9, 9, 9, 9) == [("fired", 7)]
    assert turns(patient, 9, 9, None, 9, 9, 9, 9) == [("fired", 7)]


def test_between_value_and_recovery_nothing_changes():
    steady = replace(RULE, recovery=2.0)
    assert turns(steady, 3, 6, 4, 3, 6, 4, 2, 4) == [("fired", 2), ("resolved", 7)]


def test_it_has_to_be_well_for_a_while_before_it_ends():
    slow = replace(RULE, clear_minutes=2)
    assert turns(slow, 9, 1, 1, 9, 1, 1, 1) == [("fired", 1), ("resolved", 7)]


def test_what_is_unknown_is_neither_bad_nor_well():
    assert turns(RULE, None, 9, None, None, 1) == [("fired", 2), ("resolved", 5)]


def test_too_few_say_nothing():
    assert turns(replace(RULE, minimum=11), 9, 9) == []
    assert turns(replace(RULE, minimum=10), 9, 9) == [("fired", 1)]


def test_it_begins_in_its_hours_only_and_ends_whenever_it_is_well():
    eleven = replace(RULE, from_hour=11, to_hour=12)
    assert turns(eleven, *[9] * 70) == [("fired", 61)]
    assert turns(eleven, *[9] * 70, zone="Europe/Berlin") == [("fired", 1)]
    assert turns(replace(RULE, days=(2,)), 9, 9) == []
    firing = State(START, is_firing=True, bad_since=START)
    assert turns(eleven, 9, 1, state=firing) == [("resolved", 2)]


def test_what_somebody_resolved_counts_afresh_when_the_window_is_past():
    resolved = State(START, bad_since=START + 3 * MINUTE)
    assert turns(RULE, 9, 9, 9, 9, state=resolved) == [("fired", 3)]
    assert turns(RULE, 9, None, 1, 1, state=resolved) == []
    assert turns(RULE, 9, 1, 9, state=resolved) == [("fired", 3)]


def test_moments_are_the_same_whoever_looks():
    five = replace(RULE, every_minutes=5)
    odd = START + timedelta(minutes=2, seconds=7)
    first = minute_of(START)
    assert moments(five, odd, START + 16 * MINUTE).tolist() == [first + 5, first + 10, first + 15]
    assert moments(five, START, START).size == 0


@pytest.mark.parametrize(("now", "fires"), [(10, True), (6, False)])
def test_change_is_against_the_same_window_a_week_before(now, fires):
    week = timedelta(minutes=WEEK)
    at = [START - week, START]
    frame = pd.DataFrame({"at": pd.to_datetime(at).tz_localize(None), "value": [5, now], "n": 9})
    rise = replace(RULE, kind="change", value=1.0, window_minutes=60, every_minutes=60)
    followed = follow(rise, Totals.of(frame, 60), State(START), START + 60 * MINUTE, "UTC")
    assert bool(followed.turns) is fires


def test_change_against_nothing_is_unknown():
    frame = pd.DataFrame({"at": [pd.Timestamp("2026-03-02 10:00")], "value": [5], "n": [5]})
    rise = replace(RULE, kind="change", value=1.0, window_minutes=60)
    ends = np.array([minute_of(START) + 60])
    assert np.isnan(levels(rise, Totals.of(frame, 60), ends).level).all()


@pytest.mark.parametrize(("weeks", "known"), [(2, False), (3, True), (9, True)])
def test_counts_are_unusual_only_once_they_are_counted_for_three_weeks(weeks, known):
    at = pd.date_range(START.replace(tzinfo=None) - weeks * timedelta(weeks=1), periods=1)
    frame = pd.DataFrame({"at": at, "value": [3], "n": [3]})
    now = np.array([minute_of(START) + 60])
    begun = minute_of(START) - weeks * WEEK - 4 * 60
    rule = replace(RULE, kind="anomaly", window_minutes=60)
    for since, expected in ((begun, known), (ALWAYS, True)):
        found = levels(rule, replace(Totals.of(frame, 60), since=since), now)
        assert np.isnan(found.level).tolist() == [not expected]


def test_a_budget_burns_when_the_long_and_the_short_window_do():
    burn = replace(RULE, kind="burn", value=14.4, window_minutes=60)
    calm, fire = [0.0] * 60, [20.0] * 60
    over = [*calm, *fire, *calm]
    assert turns(burn, *over) == [("fired", 104), ("resolved", 122)]


def test_nothing_came_is_told_without_a_value():
    quiet = replace(RULE, kind="no_data", above=False, value=0.0, window_minutes=2)
    assert turns(quiet, 1, None, None, 1) == [("fired", 3), ("resolved", 4)]

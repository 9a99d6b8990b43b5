"""Budgets and burn rates against cases that were worked out by hand."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from analytics.operations.health.burning import WINDOWS, budget, burn, burn_rate, burns

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, SIX_HOURS, THREE_DAYS = WINDOWS


def counts(*rows):
    """Rows of minutes before NOW, n, bad."""
    at = [pd.Timestamp(NOW.replace(tzinfo=None)) - timedelta(minutes=ago) for ago, _, _ in rows]
    frame = pd.DataFrame({"at": at, "n": [n for _, n, _ in rows]})
    return frame.assign(good=[n - bad for _, n, bad in rows]).astype({"n": "int64"})


def test_three_nines_leave_43_minutes_and_12_seconds_in_30_days():
    found = budget(n=43_200, good=43_200, objective=0.999, days=30)
    assert found.minutes == 43.2
    assert (found.used, found.minutes_left, found.kept) == (0.0, 43.2, 1.0)


def test_half_of_the_budget_is_gone_when_half_of_what_is_allowed_was_bad():
    found = budget(n=10_000, good=9_995, objective=0.999, days=30)
    assert (found.bad, found.used, found.minutes_left) == (5, 0.5, 21.6)


def test_a_missed_objective_has_less_than_nothing_left():
    found = budget(n=1_000, good=997, objective=0.999, days=30)
    assert found.used == 3.0
    assert found.minutes_left == pytest.approx(-86.4)


def test_of_nothing_there_is_no_budget_used_and_no_rate():
    found = budget(n=0, good=0, objective=0.999, days=30)
    assert (found.used, found.kept, found.minutes_left) == (None, None, None)
    assert burn_rate(0, 0, 0.999) is None


@pytest.mark.parametrize(
    ("n", "bad", "objective", "rate"),
    [
        (1_000, 1, 0.999, 1.0),
        (10_000, 144, 0.999, 14.4),
        (100, 1, 0.95, 0.2),
        (100, 100, 0.999, 1_000.0),
        (100, 0, 0.999, 0.0),
    ],
)
def test_a_burn_rate_is_a_multiple_of_what_is_allowed(n, bad, objective, rate):
    assert burn_rate(n, n - bad, objective) == rate


def test_the_windows_are_those_of_the_definitions():
    told = [(each.factor, each.long, each.short) for each in WINDOWS]
    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    assert told == [
        (14.4, hour, 5 * minute),
        (6.0, 6 * hour, 30 * minute),
        (1.0, 3 * day, 6 * hour),
    ]


def test_a_window_burns_at_its_factor_and_not_just_below():
    at_it = counts((60, 9_000, 130), (5, 1_000, 15))  # 145 of 10,000, then 15 of 1,000
    below = counts((60, 9_000, 128), (5, 1_000, 15))  # 143 of 10,000
    exactly = counts((60, 5_000, 72), (5, 5_000, 72))  # 144 of 10,000
    assert burn(at_it, HOUR, 0.999, NOW).burning
    assert not burn(below, HOUR, 0.999, NOW).burning
    assert burn(exactly, HOUR, 0.999, NOW).long_rate == 14.4
    assert burn(exactly, HOUR, 0.999, NOW).burning


def test_what_is_over_for_five_minutes_burns_no_more():
    found = burn(counts((30, 1_000, 500), (5, 100, 0)), HOUR, 0.999, NOW)
    assert found.long_rate > 14.4
    assert (found.short_rate, found.burning) == (0.0, False)


def test_without_anything_in_the_short_time_nothing_is_said_to_burn():
    found = burn(counts((30, 1_000, 500)), HOUR, 0.999, NOW)
    assert (found.short_rate, found.burning) == (None, False)


def test_fewer_than_the_minimum_or_one_bad_one_alone_is_no_burn():
    few = counts(*((ago, 1, 1) for ago in range(1, HOUR.minimum)))
    enough = counts(*((ago, 1, 1) for ago in range(1, HOUR.minimum + 1)))
    alone = counts((3, 60, 1))
    assert burn(few, HOUR, 0.999, NOW).n == HOUR.minimum - 1
    assert not burn(few, HOUR, 0.999, NOW).burning
    assert burn(enough, HOUR, 0.999, NOW).burning
    assert burn(alone, HOUR, 0.999, NOW).long_rate > 14.4
    assert not burn(alone, HOUR, 0.999, NOW).burning


def test_a_time_holds_its_first_bucket_and_not_what_is_before_it_or_not_begun():
    found = burn(counts((61, 100, 100), (60, 10, 1), (0, 100, 100)), HOUR, 0.999, NOW)
    assert (found.n, found.bad) == (10, 1)


def test_a_total_outage_of_an_hour_burns_over_all_windows_by_hand():
    """Every minute of three days a probe: 4,320; the last 60 bad.

    1 h: 60/60 / 0.001 = 1000. 6 h: 60/360 / 0.001 = 166.67. 3 d: 60/4320 / 0.001 = 13.89.
    """
    frame = counts(*((ago, 1, 1 if ago <= 60 else 0) for ago in range(1, 4_321)))
    found = burns(frame, 0.999, NOW)
    assert [each.n for each in found] == [60, 360, 4_320]
    rates = [each.long_rate for each in found]
    assert rates == pytest.approx([1_000, 166.666667, 13.888889])
    assert [each.short_rate for each in found] == pytest.approx([1_000, 1_000, 166.666667])
    assert [each.burning for each in found] == [True, True, True]


def test_a_slow_burn_is_seen_over_three_days_alone():
    """Two in a thousand bad, evenly: twice the budget's pace, below 6 and 14.4."""
    frame = counts(*((ago, 1_000, 2) for ago in range(5, 4_321, 5)))
    assert [each.burning for each in burns(frame, 0.999, NOW)] == [False, False, True]

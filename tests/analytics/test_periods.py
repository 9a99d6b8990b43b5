from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.filters import GRAINS, MAX_DAYS, BadFilters, Filters
from analytics.periods import midnight, periods, whole

LATER = datetime(2027, 1, 1, tzinfo=UTC)


def asked(start, days, grain="day", zone="Europe/Berlin", now=LATER):
    end = start + timedelta(days=days)
    return Filters(1, zone, "opt-out", start, end, now, grain=grain)


def labels(filters):
    return [f"{period.label:%d.%m %H:%M}" for period in periods(filters)]


@given(
    st.dates(date(1990, 1, 1), date(2026, 6, 1)),
    st.integers(1, 92),
    st.sampled_from(GRAINS),
    st.sampled_from(
        ["UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo"]
    ),
)
def test_periods_cover_the_range_without_a_gap_or_an_overlap(start, days, grain, zone):
    filters = asked(start, days, grain, zone)
    found = periods(filters)
    assert found[0].start == midnight(filters.start, filters.tz)
    assert found[-1].end == midnight(filters.end, filters.tz)
    assert all(one.end == following.start for one, following in pairwise(found))
    assert all(period.start < period.end for period in found)
    assert len({period.label for period in found}) == len(found)


def test_the_day_on_which_clocks_go_forward_has_23_hours():
    day = periods(asked(date(2026, 3, 29), 1))[0]
    assert day.end - day.start == timedelta(hours=23)
    assert "29.03 02:00" not in labels(asked(date(2026, 3, 29), 1, "hour"))


def test_the_hour_that_comes_twice_is_one_period_of_two_hours():
    hours = periods(asked(date(2026, 10, 25), 1, "hour"))
    assert len(hours) == 24
    assert [hour.label.hour for hour in hours if hour.end - hour.start > timedelta(hours=1)] == [2]


def test_a_day_without_midnight_begins_with_its_first_instant():
    cairo = asked(date(2026, 4, 24), 1, zone="Africa/Cairo")  # 00:00 is skipped
    assert periods(cairo)[0].start == datetime(2026, 4, 23, 22, tzinfo=UTC)
    assert periods(cairo)[0].end - periods(cairo)[0].start == timedelta(hours=23)


def test_weeks_begin_on_monday_and_what_the_range_cuts_off_is_not_complete():
    weeks = periods(asked(date(2026, 3, 4), 14, "week"))
    assert [f"{week.label:%a %d}" for week in weeks] == ["Mon 02", "Mon 09", "Mon 16"]
    assert [week.complete for week in weeks] == [False, True, False]
    assert weeks[0].first == date(2026, 3, 4)


def test_the_period_that_is_not_over_is_not_complete_and_later_ones_do_not_exist():
    noon = datetime(2026, 3, 3, 11, tzinfo=UTC)
    days = periods(asked(date(2026, 3, 1), 10, now=noon))
    assert [day.complete for day in days] == [True, True, False]


@pytest.mark.parametrize("grain", GRAINS)
def test_a_range_is_cut_into_no_more_than_can_be_shown(grain):
    most = asked(date(2010, 1, 1), MAX_DAYS[grain], grain)
    assert periods(most)
    with pytest.raises(BadFilters):
        periods(replace(most, end=most.end + timedelta(days=1)))


def test_a_range_in_the_future_has_no_periods():
    early = datetime(2026, 2, 1, tzinfo=UTC)
    assert periods(asked(date(2026, 3, 1), 10, now=early)) == []


def test_a_day_is_over_at_midnight_of_the_project_not_of_greenwich():
    filters = asked(date(2026, 3, 1), 1, now=datetime(2026, 3, 1, 23, 0, tzinfo=UTC))
    assert periods(filters)[0].complete
    assert not periods(replace(filters, zone="UTC"))[0].complete


@pytest.mark.parametrize("grain", GRAINS)
def test_the_whole_range_is_one_period_at_any_grain(grain):
    filters = asked(date(2026, 3, 1), 30, grain)
    assert (whole(filters).first, whole(filters).last) == (filters.start, filters.end)

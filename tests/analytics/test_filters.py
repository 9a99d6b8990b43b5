from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.filters import GRAINS, MAX_DAYS, BadFilters, Filters, add_months
from db.tables import DIMENSIONS

NOW = datetime(2026, 3, 15, 23, 30, tzinfo=UTC)  # already the 16th in Berlin
ASKED = Filters(3, "Europe/Berlin", "opt-out", date(2026, 3, 1), date(2026, 3, 17), NOW)

days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
values = st.lists(st.text(min_size=1), max_size=3).map(tuple)


@st.composite
def questions(draw):
    grain, start = draw(st.sampled_from(GRAINS)), draw(days)
    end = start + timedelta(days=draw(st.integers(1, MAX_DAYS[grain])))
    dimensions = {name: draw(values) for name in DIMENSIONS}
    more = {"grain": grain, "compare": draw(st.booleans()), **dimensions}
    return replace(ASKED, start=start, end=end, **more)


@given(questions())
def test_the_previous_range_lies_before_and_does_not_overlap(filters):
    before = filters.previous()
    assert before.end <= filters.start
    assert before.start < before.end


@given(questions().filter(lambda filters: filters.grain != "month"))
def test_days_are_compared_with_the_same_weekday_and_as_many_of_them(filters):
    before = filters.previous()
    assert before.start.weekday() == filters.start.weekday()
    assert before.days == filters.days
    assert filters.start - before.end < timedelta(days=7)


def test_whole_months_are_compared_with_as_many_whole_months():
    quarter = replace(ASKED, start=date(2026, 1, 1), end=date(2026, 4, 1), grain="month")
    assert (quarter.previous().start, quarter.previous().end) == (
        date(2025, 10, 1),
        date(2026, 1, 1),
    )


def test_one_day_at_the_end_of_a_long_month_still_has_a_previous_range():
    last = replace(ASKED, start=date(2026, 3, 30), end=date(2026, 3, 31), grain="month")
    assert (last.previous().start, last.previous().end) == (date(2026, 2, 28), date(2026, 3, 1))


def test_today_is_the_day_in_the_zone_of_the_project():
    assert ASKED.today == date(2026, 3, 16)


def test_whole_days_leave_out_today_and_the_future():
    assert ASKED.whole_days().end == date(2026, 3, 16)
    assert replace(ASKED, end=date(2026, 4, 1)).whole_days().end == date(2026, 3, 16)
    assert replace(ASKED, end=date(2026, 3, 10)).whole_days().end == date(2026, 3, 10)


def test_of_a_range_of_today_alone_no_whole_day_is_left():
    today = replace(ASKED, start=date(2026, 3, 16), end=date(2026, 3, 17))
    assert today.whole_days() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": date(2026, 3, 17)},
        {"grain": "year"},
        {"now": datetime(2026, 3, 1)},  # noqa: DTZ001
        {"start": date(1, 1, 1), "end": date(1, 1, 2)},
    ],
)
def test_what_can_not_be_asked_is_refused_by_name(wrong):
    with pytest.raises(BadFilters):
        replace(ASKED, **wrong)


@given(days, st.integers(-500, 500))
def test_adding_months_never_leaves_the_month_that_is_meant(day, months):
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day


def test_the_same_question_is_asked_anywhere_and_of_anybody():
    asked = replace(ASKED, platform=("web",), plan=("pro",), segment=3, event="open")
    assert asked.anywhere() == replace(ASKED, segment=3, event="open")
    assert asked.of_anybody() == ASKED

"""Numbers, changes and findings as people read them."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from analytics.filters import Filters
from analytics.metrics import METRICS
from ui import words

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)


def filters(start, end, **more):
    return Filters(1, "UTC", "opt-out", start, end, NOW, **more)


LAST_28 = filters(date(2026, 3, 2), date(2026, 3, 30))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (18234, "people", "18,234"),
        (12_345_678, "events", "12.3M"),
        (0.0213, "share", "2.1%"),
        (312.4, "ms", "312 ms"),
        (1250, "ms", "1.25 s"),
        (3.14159, "events per person", "3.14"),
        (None, "people", words.NOTHING),
        (float("nan"), "ms", words.NOTHING),
    ],
)
def test_an_amount_carries_its_unit_and_separators(value, unit, text):
    assert words.amount(value, unit) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.12, "+12%"), (-0.034, "-3.4%"), (0.0, "+0.0%"), (None, words.NOTHING)],
)
def test_a_change_always_has_a_sign(share, text):
    assert words.change(share) == text


def test_a_finding_says_the_direction_and_what_it_is_compared_with():
    assert words.finding("Events", 0.12, LAST_28) == "Events up 12% on 4 weeks earlier"
    assert words.finding("Events", -0.5, LAST_28) == "Events down 50% on 4 weeks earlier"
    assert words.finding("Events", 0.001, LAST_28) == "Events level with 4 weeks earlier"
    assert words.finding("Events", None, LAST_28) == "Events, 2 Mar to 29 Mar 2026"


@pytest.mark.parametrize(
    ("start", "grain", "text"),
    [
        (date(2026, 3, 23), "day", "a week earlier"),
        (date(2026, 3, 2), "day", "4 weeks earlier"),
        (date(2026, 1, 1), "month", "3 months earlier"),
    ],
)
def test_the_time_before_is_named_by_its_distance(start, grain, text):
    assert words.earlier(filters(start, date(2026, 3, 30), grain=grain)) == text


def test_a_trend_is_judged_by_its_whole_periods_only():
    days = pd.to_datetime(["2026-03-27", "2026-03-28", "2026-03-29"])
    current = pd.DataFrame({"period": days, "value": [20.0, 20, 1], "which": "current"})
    before = pd.DataFrame({"period": days, "value": [10.0, 10, 10], "which": "previous"})
    both = pd.concat([current, before]).assign(series="All", complete=[True, True, False] * 2)
    finding = words.trend_finding(both, METRICS["events"], LAST_28)
    assert finding == "Events a day up 100% on 4 weeks earlier"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.44, "1.4 s"), (45, "45 s"), (600, "10 min"), (10_800, "3 h"), (400_000, "5 days")],
)
def test_a_duration_is_told_in_its_largest_unit(seconds, text):
    assert words.duration(seconds) == text


def test_names_that_users_send_are_shown_as_they_are():
    assert words.plain("![x](http://e.vil) *a*") == (
        "\\!\\[x\\]\\(http\u200b\\:\\/\\/e\\.vil\\) \\*a\\*"
    )


def test_addresses_of_mail_are_no_links():
    assert words.plain("to me@b.example") == "to me\u200b\\@b\\.example"
    assert words.plain("@team") == "\\@team"


def test_one_of_a_thing_is_not_said_as_many():
    assert words.counted(1, "event") == "1 event"
    assert words.counted(2_000, "hypothesis", "hypotheses") == "2,000 hypotheses"


def test_things_are_listed_with_an_and_before_the_last():
    assert words.listing(["one"]) == "one"
    assert words.listing(["one", "two", "three"]) == "one, two and three"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([3.0, float("nan"), 1.0, 2.0], "Users a day: 1 to 3"),
        ([float("nan")], "Users a day"),
        ([], "Users a day"),
    ],
)
def test_a_course_tells_from_where_to_where_it_went(values, told):
    assert words.course("Users a day", values, "{:.0f}".format) == told

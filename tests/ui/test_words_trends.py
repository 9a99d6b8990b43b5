"""What the Trends page says of its charts."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from analytics.filters import Filters
from analytics.metrics import METRICS
from ui import words_trends

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
WEEKS = Filters(1, "UTC", "opt-out", date(2026, 3, 2), date(2026, 3, 30), NOW)
ACTORS, EVENTS, RATE = METRICS["actors"], METRICS["events"], METRICS["error_rate"]


def hours(**means):
    rows = [(place // 24, place % 24, means.get(f"h{place}", 1.0), 1) for place in range(168)]
    return pd.DataFrame(rows, columns=["weekday", "hour", "events", "total"])


def test_the_busiest_hour_of_the_week_is_named():
    found = words_trends.peak(hours(h38=523.4))
    assert found == "Busiest on Tue at 14:00, with 523 events an hour"
    assert words_trends.peak(hours().assign(events=0.0)) == "When it is used"
    assert words_trends.peak(hours().iloc[:0]) == "When it is used"


def places(*rows):
    return pd.DataFrame(rows, columns=["country", "name", "value", "share"])


def test_the_country_with_most_is_named_with_its_share_where_there_is_one():
    germany = ("DE", "Germany", 12.0, 0.25)
    assert words_trends.lead(places(germany), ACTORS) == "Germany leads with 25.0% of active users"
    rate = ("DE", "Germany", 0.12, float("nan"))
    assert words_trends.lead(places(rate), RATE) == "Germany: 12.0%"
    assert words_trends.lead(places(), ACTORS) == "Active users by country"


def test_what_the_map_can_not_show_is_listed():
    rows = [("SG", "Singapore", 13.0, 0.1), ("*", "*not set*", 2.0, 0.1)]
    assert words_trends.beyond(places(*rows), ACTORS) == (
        r"Not on the map: Singapore 13, \*not set\* 2."
    )
    many = [("SG", "Singapore", 13.0, 0.1)] * 8
    assert words_trends.beyond(places(*many), ACTORS).endswith(" and 2 more.")
    assert words_trends.beyond(places(), ACTORS) == ""


def test_the_value_with_most_is_named():
    values = pd.DataFrame(
        {"series": ["All", "web", "ios"], "value": [20.0, 7, 15], "share": [1, 0.35, 0.75]}
    )
    assert words_trends.values_finding(values, ACTORS) == "ios has most: 15, 75% of all"
    assert words_trends.values_finding(values.iloc[:1], ACTORS) == "Active users by value"


@pytest.mark.parametrize(
    ("metric", "by", "reading", "told"),
    [
        (EVENTS, None, "each", "Grey: 4 weeks earlier."),
        (EVENTS, "platform", "each", "The parts add up to the total."),
        (ACTORS, "platform", "each", "The parts may not be added"),
        (EVENTS, "property:model", "each", "Properties are read from raw events."),
        (EVENTS, None, "average", "The mean of the last 7 whole days"),
        (ACTORS, None, "cumulative", "people are counted once"),
    ],
)
def test_the_note_says_how_to_read_the_lines(metric, by, reading, told):
    assert told in words_trends.note(metric, WEEKS, by, reading, alone=True, log=False)
    assert words_trends.LOG in words_trends.note(metric, WEEKS, by, reading, alone=True, log=True)


def trend(now, before):
    days = pd.to_datetime(["2026-03-27", "2026-03-28", "2026-03-29"])
    current = pd.DataFrame({"period": days, "value": now, "which": "current"})
    previous = pd.DataFrame({"period": days, "value": before, "which": "previous"})
    return pd.concat([current, previous]).assign(series="All", complete=[True, True, False] * 2)


def test_what_accumulates_is_judged_by_where_it_has_got_to():
    rows = trend([10.0, 30, 31], [10.0, 20, 90])
    found = words_trends.finding(rows, "Events", EVENTS, WEEKS, "cumulative")
    assert found == "Events so far up 50% on 4 weeks earlier"


def test_an_average_is_judged_by_the_last_whole_one():
    nothing = float("nan")
    rows = trend([nothing, 30.0, nothing], [nothing, 40.0, 41])
    found = words_trends.finding(rows, "Events \u00b7 ask", EVENTS, WEEKS, "average")
    assert found == "Events \u00b7 ask a day, on average of 7, down 25% on 4 weeks earlier"
    none = trend([nothing] * 3, [nothing] * 3)
    assert "2 Mar to 29 Mar 2026" in words_trends.finding(none, "Events", EVENTS, WEEKS, "average")


def test_several_lines_are_all_named():
    names = ["Active users", "Events", "Failures"]
    found = words_trends.several(names, WEEKS)
    assert found == "Active users, Events and Failures, 2 Mar to 29 Mar 2026"

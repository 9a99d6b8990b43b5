"""Moving averages and what accumulates, against plain loops."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.filters import BadFilters
from analytics.measures.counts import Counts
from analytics.measures.loading import Measured
from analytics.measures.visits import Visits
from analytics.metrics import METRICS
from analytics.periods import instants, periods
from analytics.product.trends import trend
from analytics.product.trends.readings import read_as
from tests.analytics import reference
from tests.analytics.reference import anyone, asking, history, keep

START = date(2026, 3, 23)
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]
NIGHTS = {  # the days on which clocks change there, or any
    "Europe/Berlin": date(2026, 3, 29),
    "America/New_York": date(2026, 11, 1),
    "Asia/Kolkata": date(2026, 3, 29),
    "Pacific/Auckland": date(2026, 9, 27),
}


class Place:
    """A project as far as filters know it."""

    id, consent = 1, "opt-out"

    def __init__(self, timezone):
        self.timezone = timezone


@st.composite
def logs(draw):
    """Filters around a night on which clocks change, and who did something when, and failed."""
    zone = draw(st.sampled_from(ZONES))
    first = NIGHTS[zone] - timedelta(days=draw(st.integers(0, 4)))
    grain = draw(st.sampled_from(["hour", "day", "week"]))
    days = draw(st.integers(1, 2 if grain == "hour" else 30))
    filters = asking(Place(zone), first, first + timedelta(days=days), grain=grain)
    minute = st.integers(-60 * 24, 60 * 24 * (days + 1))
    done = draw(st.lists(st.tuples(minute, st.integers(1, 4), st.booleans()), max_size=25))
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return filters, sorted((begin + timedelta(minutes=m), who, bad) for m, who, bad in done)


def measured(log):
    at = instants([moment for moment, _, _ in log])
    counts = Counts(at, np.ones(len(log), int), np.array([bad for _, _, bad in log], int))
    actors = np.array([who for _, who, _ in log], np.int64)
    return Measured(counts=counts, actives=Visits(at, actors))


@given(logs())
def test_what_accumulates_is_counted_anew_from_the_beginning(given_):
    filters, log = given_
    shown = periods(filters)
    for key in ("events", "actors", "error_rate"):
        found = read_as("cumulative", METRICS[key], measured(log), shown)
        wanted = [
            value(key, [row for row in log if shown[0].start <= row[0] < p.end]) for p in shown
        ]
        np.testing.assert_allclose(found, wanted)


@given(logs())
def test_an_average_is_of_seven_whole_periods_or_there_is_none(given_):
    filters, log = given_
    shown = periods(filters)
    for key in ("events", "actors", "error_rate"):
        found = read_as("average", METRICS[key], measured(log), shown)
        np.testing.assert_allclose(
            found, [average(key, log, shown[: n + 1]) for n in range(len(shown))]
        )


def average(key, log, shown):
    last = shown[-7:]
    if len(last) < 7 or not all(period.complete for period in last):
        return np.nan
    inside = [[row for row in log if p.start <= row[0] < p.end] for p in last]
    if key == "error_rate":
        return value(key, [row for rows in inside for row in rows])
    return sum(value(key, rows) for rows in inside) / 7


def value(key, rows):
    if key == "events":
        return len(rows)
    if key == "actors":
        return len({who for _, who, _ in rows})
    return sum(bad for _, _, bad in rows) / len(rows) if rows else np.nan


def test_people_accumulate_without_being_counted_twice(conn, project, add_events):
    add_events(
        project,
        "u1 open 2026-03-02T10:00Z",
        "u1 open 2026-03-03T10:00Z",
        "u2 open 2026-03-04T10:00Z",
    )
    filters = asking(project, date(2026, 3, 2), date(2026, 3, 5))
    found = trend(conn, anyone(project), filters, "actors", reading="cumulative")
    assert found["value"].tolist() == [1.0, 1.0, 2.0]


@pytest.mark.parametrize("metric", ["actors", "sessions", "events_per_actor", "new_actors"])
def test_what_has_accumulated_at_the_end_is_the_value_of_the_whole_range(
    conn, berlin, add_events, metric
):
    events = history(8, START - timedelta(days=3), 20)
    add_events(berlin, *(event.line for event in events))
    filters = asking(berlin, START, START + timedelta(days=9))
    found = trend(conn, anyone(berlin), filters, metric, reading="cumulative")["value"].iloc[-1]
    inside = keep(events, filters)
    known = {event.who for event in events} - {
        event.who for event in events if event.day(filters.tz) < START
    }
    assert (
        found
        == {
            "actors": reference.actors(inside),
            "sessions": len({event.session for event in inside}),
            "events_per_actor": len(inside) / reference.actors(inside),
            "new_actors": len(known & {event.who for event in inside}),
        }[metric]
    )


def test_a_percentile_over_seven_days_is_that_of_all_their_durations(conn, berlin, add_events):
    events = history(9, START, 10)
    add_events(berlin, *(event.line for event in events))
    filters = asking(berlin, START, START + timedelta(days=8))
    found = trend(conn, anyone(berlin), filters, "duration_p95", reading="average")["value"]
    assert found[:6].isna().all()
    inside = keep(events, filters.over(START + timedelta(days=1), filters.end))
    wanted = reference.percentile([event.duration for event in inside], 0.95)
    np.testing.assert_allclose(found.iloc[-1], wanted, rtol=0.02)


def test_the_unfinished_day_has_no_average(conn, project, add_events):
    add_events(project, *(f"u1 open 2026-03-0{day}T10:00Z" for day in range(1, 9)))
    noon = datetime(2026, 3, 8, 12, tzinfo=UTC)
    filters = asking(project, date(2026, 3, 1), date(2026, 3, 9), now=noon)
    found = trend(conn, anyone(project), filters, "events", reading="average")["value"]
    np.testing.assert_array_equal(found, [np.nan] * 6 + [1.0, np.nan])


def test_what_can_not_be_read_so_is_refused(conn, project):
    filters = asking(project, date(2026, 3, 1), date(2026, 3, 9))
    with pytest.raises(BadFilters, match="accumulate"):
        trend(conn, anyone(project), filters, "mau", reading="cumulative")
    with pytest.raises(BadFilters, match="average"):
        trend(conn, anyone(project), replace(filters, grain="week"), "events", reading="sum")

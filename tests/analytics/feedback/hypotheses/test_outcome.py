"""What became of a hypothesis, in days that are counted by eye and against Trends."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from analytics.feedback.hypotheses import MEASURABLE, outcome, outcome_sql
from analytics.feedback.hypotheses.outcome import days_around, weeks_over
from analytics.metrics import METRICS
from analytics.product.trends import trend
from analytics.scope import PUBLIC
from analytics.showing import shown
from tests.analytics.reference import anyone, asking

RELEASE = date(2026, 3, 11)  # a Wednesday


def asked(project, today, **more):
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    return asking(project, RELEASE, RELEASE + timedelta(days=1), now=now, **more)


@pytest.fixture
def shop(project, add_events):
    """Two events a day in the two weeks before the release, three after; fifty on its own day."""
    lines = []
    for number in range(-14, 15):
        day = RELEASE + timedelta(days=number)
        events = 50 if number == 0 else 2 if number < 0 else 3
        lines += [f"u{n} open {day}T{n % 24:02}:30Z platform=web" for n in range(events)]
    add_events(project, *lines)
    return project


def test_whole_weeks_after_are_set_against_as_many_before(conn, shop):
    found = outcome(conn, anyone(shop), asked(shop, date(2026, 3, 26)), "events", RELEASE)
    assert (found.change.before, found.change.after, found.change.pairs) == (2.0, 3.0, 14)
    assert found.change.change == pytest.approx(0.5)
    assert (found.change.low, found.change.high) == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize(
    ("today", "weeks"),
    [
        (date(2026, 3, 11), 0),
        (date(2026, 3, 18), 0),  # the seventh day after is not over
        (date(2026, 3, 19), 1),
        (date(2026, 3, 25), 1),
        (date(2026, 3, 26), 2),
        (date(2026, 6, 1), 4),
    ],
)
def test_a_week_counts_once_it_is_over(project, today, weeks):
    assert weeks_over(asked(project, today), RELEASE) == weeks


def test_both_sides_hold_every_weekday_as_often(conn, shop):
    filters = asked(shop, date(2026, 3, 26))
    around = days_around(filters, RELEASE)
    days = [around.start + timedelta(days=n) for n in range(around.days)]
    before = [day.weekday() for day in days if day < RELEASE]
    after = [day.weekday() for day in days if day > RELEASE]
    assert sorted(before) == sorted(after) == sorted(list(range(7)) * 2)


def test_pairs_are_of_the_same_weekday(conn, project, add_events):
    """Weekends have a tenth of the events, on both sides alike: an interval of no width."""
    lines = []
    for number in range(-14, 15):
        day = RELEASE + timedelta(days=number)
        events = 1 if day.weekday() >= 5 else 10
        lines += [f"u{n} open {day}T10:{n:02}Z" for n in range(events)]
    add_events(project, *lines)
    found = outcome(conn, anyone(project), asked(project, date(2026, 3, 26)), "events", RELEASE)
    assert (found.change.low, found.change.high) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_before_a_week_is_over_there_are_days_and_no_change(conn, shop):
    found = outcome(conn, anyone(shop), asked(shop, date(2026, 3, 14)), "events", RELEASE)
    assert found.change is None
    assert found.days["value"].iloc[-4:].tolist() == [50.0, 3.0, 3.0, 3.0]


def test_the_days_are_those_of_trends_and_of_the_query_that_is_shown(conn, shop):
    viewer, filters = anyone(shop), asked(shop, date(2026, 3, 26))
    found = outcome(conn, viewer, filters, "actors", RELEASE)
    theirs = trend(conn, viewer, days_around(filters, RELEASE), "actors")
    rows = conn.execute(
        text(shown(outcome_sql(viewer, filters, "actors", RELEASE)).replace(":", "\\:"))
    ).all()
    assert found.days["value"].tolist() == theirs["value"].tolist()
    assert found.days["value"].tolist() == [row.value for row in rows]


def test_it_is_of_the_event_and_subject_that_are_asked_for(conn, shop, add_events):
    add_events(shop, "u1 save 2026-03-05T10:00Z subject=file")
    filters = replace(asked(shop, date(2026, 3, 26)), event="save", subject="file")
    found = outcome(conn, anyone(shop), filters, "events", RELEASE)
    assert found.change.after == 0
    assert found.change.before == pytest.approx(1 / 14)


def test_filters_on_dimensions_change_nothing(conn, shop):
    filters = asked(shop, date(2026, 3, 26))
    narrow = replace(filters, platform=("ios",))
    viewer = anyone(shop)
    assert (
        outcome(conn, viewer, narrow, "events", RELEASE).change
        == outcome(conn, viewer, filters, "events", RELEASE).change
    )


def test_every_metric_that_is_offered_is_measured(conn, shop, subtests):
    for metric in MEASURABLE:
        with subtests.test(metric.key):
            found = outcome(conn, anyone(shop), asked(shop, date(2026, 3, 26)), metric.key, RELEASE)
            assert len(found.days) == 29


def test_what_reaches_back_over_the_release_is_not_offered():
    assert {"wau", "mau", "stickiness"} <= set(METRICS) - {metric.key for metric in MEASURABLE}


def test_a_stranger_gets_no_day(conn, shop):
    found = outcome(conn, PUBLIC, asked(shop, date(2026, 3, 26)), "events", RELEASE)
    assert found.days.empty
    assert found.change is None

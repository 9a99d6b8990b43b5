"""When a product is used, by the clocks of its zone."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from analytics.product.heat import HEAT, heat, heat_sql
from analytics.scope import PUBLIC
from analytics.showing import shown
from db.access import create_project
from tests.analytics.reference import anyone, asking, history, keep

NIGHTS = {  # the clocks of each zone are set in one of these weeks, or never
    "Europe/Berlin": (date(2026, 3, 23), date(2026, 10, 19)),
    "America/New_York": (date(2026, 3, 2), date(2026, 10, 26)),
    "Asia/Kolkata": (date(2026, 3, 23), date(2026, 10, 19)),
    "Pacific/Auckland": (date(2026, 3, 30), date(2026, 9, 21)),
}
WEEKS = [(zone, monday) for zone, mondays in NIGHTS.items() for monday in mondays]


def expected(events, filters):
    """Mean events by weekday and hour, minute by minute."""
    zone, minute = ZoneInfo(filters.zone), timedelta(minutes=1)
    hour = filters.now.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    moment = datetime.combine(filters.start, datetime.min.time(), zone).astimezone(UTC)
    end = datetime.combine(filters.end, datetime.min.time(), zone).astimezone(UTC)
    until = min(end, hour.astimezone(UTC))
    minutes, done = Counter(), Counter()
    while moment < until:
        local = moment.astimezone(zone)
        minutes[local.weekday(), local.hour] += 1
        moment += minute
    for event in keep(events, filters):
        local = event.at.astimezone(zone)
        done[local.weekday(), local.hour] += event.at < until
    places = [(weekday, hour) for weekday in range(7) for hour in range(24)]
    return [done[p] / (minutes[p] / 60) if minutes[p] else np.nan for p in places]


def statement(conn, filters, viewer):
    query = shown(heat_sql(viewer, filters)).replace(":", r"\:")
    return pd.DataFrame(conn.execute(text(query)).all(), columns=list(HEAT)).astype(HEAT)


@pytest.mark.parametrize(("zone", "monday"), WEEKS, ids=str)
def test_each_hour_of_the_week_is_that_of_the_clocks_there(conn, add_events, zone, monday):
    project = create_project(conn, "there", consent="opt-out", timezone=zone, retention_months=None)
    events = history(monday.day, monday - timedelta(days=1), 10, events=150)
    add_events(project, *(event.line for event in events))
    filters = asking(project, monday, monday + timedelta(days=8))
    started = datetime(monday.year, monday.month, monday.day, 13, 40, tzinfo=UTC)
    for more in ({}, {"platform": ("web",)}, {"now": started + timedelta(days=6)}):
        asked = replace(filters, **more)
        found = heat(conn, anyone(project), asked)
        np.testing.assert_allclose(found["events"], expected(events, asked))
        pd.testing.assert_frame_equal(found, statement(conn, asked, anyone(project)))


def test_the_hour_that_comes_twice_counts_as_two(conn, berlin, add_events):
    add_events(
        berlin,
        "u1 open 2026-10-25T00:30Z",
        "u2 open 2026-10-25T01:30Z",
        "u3 open 2026-10-25T05:30Z",
    )
    found = heat(conn, anyone(berlin), asking(berlin, date(2026, 10, 25), date(2026, 10, 26)))
    sunday = found[found["weekday"] == 6].set_index("hour")["events"]
    assert (sunday[2], sunday[6], sunday[7]) == (1.0, 1.0, 0.0)


def test_one_event_alone_can_be_looked_at(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z", "u1 save 2026-03-02T10:00Z subject=file")
    filters = asking(project, date(2026, 3, 2), date(2026, 3, 9), event="save", subject="file")
    assert heat(conn, anyone(project), filters)["total"].sum() == 1
    assert statement(conn, filters, anyone(project))["total"].sum() == 1


def test_an_hour_that_is_not_in_the_range_has_no_mean(conn, project):
    found = heat(conn, anyone(project), asking(project, date(2026, 3, 2), date(2026, 3, 3)))
    assert found["events"].notna().sum() == 24
    assert len(found) == 168


def test_a_stranger_sees_no_hours(conn, project):
    filters = asking(project, date(2026, 3, 2), date(2026, 3, 9))
    assert heat(conn, PUBLIC, filters).empty
    assert statement(conn, filters, PUBLIC).empty

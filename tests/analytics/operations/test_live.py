"""The last five minutes are told as they are, and nobody in them is named."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from analytics.operations.live import COURSE, EVENTS, live
from analytics.scope import PUBLIC
from db.access import create_project
from tests.analytics.reference import anyone, asking
from tests.written import store_events

NOW = datetime(2026, 3, 2, 10, 0, 4, tzinfo=UTC)
DAYS = (date(2026, 3, 1), date(2026, 3, 3))


def ago(seconds):
    return (NOW - timedelta(seconds=seconds)).isoformat()


@pytest.fixture
def shop(project, add_events):
    """Three people in two countries, one of whom travels; one event is too old, one to come."""
    add_events(
        project,
        f"ann open {ago(400)} country=FR",
        f"ann open {ago(200)} country=DE platform=web subject=home",
        f"ann open {ago(30)} country=US",
        f"bob open {ago(25)} country=DE",
        f"cas error {ago(20)} subject=editor error=Crash",
        f"cas save {ago(15)} ok=0",
        f"cas save {ago(1)} ok=0",
        f"ann open {ago(-60)} country=FR",
    )
    return project


def now_of(conn, project, viewer=None):
    return live(conn, viewer or anyone(project), asking(project, *DAYS, now=NOW))


def test_people_are_counted_once_wherever_they_are(conn, shop):
    found = now_of(conn, shop)
    assert (found.people, found.events, found.failed) == (3, 6, 3)
    told = found.countries[["country", "name", "value"]].values.tolist()
    assert told == [["DE", "Germany", 2], ["US", "United States", 1]]
    assert found.countries["share"].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_events_a_second_are_those_of_the_last_whole_minute(conn, shop):
    found = now_of(conn, shop)
    assert found.rate == pytest.approx(4 / 60)
    assert found.course.dtypes.astype(str).to_dict() == COURSE
    assert found.course["value"].tolist()[-5:] == [0, 2, 2, 0, 1]
    assert found.course["complete"].tolist() == [True] * 30 + [False]
    assert found.course["period"].iloc[-1] == pd.Timestamp("2026-03-02 10:00")


def test_the_newest_events_tell_nothing_of_whose_they_are(conn, shop):
    newest = now_of(conn, shop).newest
    assert newest.dtypes.astype(str).to_dict() == EVENTS
    assert newest["name"].tolist() == ["save", "save", "error", "open", "open", "open"]
    assert newest["ok"].tolist() == [False, False, False, True, True, True]


def test_failures_are_told_by_what_failed(conn, shop):
    assert now_of(conn, shop).failing.values.tolist() == [
        ["save", "", "", 2],
        ["error", "editor", "Crash", 1],
    ]


def test_times_are_those_of_the_project(conn, berlin, add_events):
    add_events(berlin, f"ann open {ago(4)}")
    assert now_of(conn, berlin).newest["at"].tolist() == [pd.Timestamp("2026-03-02 11:00")]


def test_events_show_before_they_are_rolled_up(conn, shop):
    store_events(conn, shop, f"dan open {ago(2)} country=DE")
    assert now_of(conn, shop).people == 4


def test_a_quiet_project_and_a_stranger_have_nothing(conn, shop, berlin):
    for found in (now_of(conn, berlin), now_of(conn, shop, PUBLIC)):
        assert (found.people, found.events, found.rate) == (0, 0, 0.0)
        assert found.newest.empty
        assert found.course.dtypes.astype(str).to_dict() == COURSE


def test_people_of_anonymous_projects_are_not_known(conn, add_events):
    project = create_project(conn, "quiet", consent="anonymous")
    add_events(project, f"ann open {ago(4)} country=DE")
    found = now_of(conn, project)
    assert (found.people, found.events) == (0, 1)
    assert found.countries.empty

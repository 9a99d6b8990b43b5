"""Uptime and the probes as they stand, counted by hand."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import delete

from analytics.operations.health.probes import probes_now
from analytics.operations.health.uptime import uptime_counts, uptime_series, uptime_trend
from analytics.scope import PUBLIC, Viewer
from db.probe_results import Result, keep_results
from db.probes import Draft, pause_probe, save_probe
from db.tables import INSTALLATION, probes
from tests.analytics.reference import anyone, asking

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def add_probe(conn, project):
    """A probe with results so many minutes before NOW: those of `bad` failed."""
    conn.execute(delete(probes))

    def add(name, good=(), bad=(), place=None, **more):
        where = project.id if place is None else place
        probe = save_probe(conn, where, Draft(name, "tcp", "host:1", **more))
        found = [Result(probe, NOW - timedelta(minutes=ago), True, 10.0 + ago) for ago in good]
        found += [Result(probe, NOW - timedelta(minutes=ago), False, reason="Why.") for ago in bad]
        keep_results(conn, found)
        return probe

    return add


def minutes_ago(ago):
    return pd.Timestamp((NOW - timedelta(minutes=ago)).replace(tzinfo=None))


def test_uptime_is_the_share_of_good_ones_and_no_probe_is_no_value(conn, project, add_probe):
    add_probe("shop", good=[10, 9, 8, 3], bad=[7, 2])
    place = conn, anyone(project), project.id
    found = uptime_series(*place, NOW - timedelta(minutes=10), NOW, 5)
    assert found["at"].tolist() == [minutes_ago(10), minutes_ago(5)]
    assert found["value"].tolist() == [0.75, 0.5]
    assert found["n"].tolist() == [4, 2]
    assert uptime_series(*place, NOW, NOW + DAY, 5).empty
    apart = uptime_series(*place, NOW - timedelta(minutes=10), NOW, 1)
    assert apart["at"].tolist() == [minutes_ago(ago) for ago in (10, 9, 8, 7, 3, 2)]


def test_long_buckets_are_made_of_whole_hours(conn, project, add_probe):
    add_probe("shop", good=[30, 90, 150], bad=[91])
    counts = uptime_counts(conn, anyone(project), project.id, NOW - 3 * DAY / 24, NOW, 60)
    assert counts["n"].tolist() == [1, 2, 1]
    assert counts["good"].tolist() == [1, 1, 1]


def test_one_probe_can_be_asked_for_and_those_of_others_are_not_ours(conn, project, add_probe):
    shop = add_probe("shop", good=[5])
    add_probe("mail", bad=[5])
    add_probe("API", bad=[5], place=INSTALLATION)
    place = conn, anyone(project), project.id, NOW - DAY, NOW
    assert uptime_series(*place, 60)["value"].tolist() == [0.5]
    assert uptime_series(*place, 60, shop)["value"].tolist() == [1.0]


def test_of_looplens_itself_all_who_see_operations_may_know(conn, project, add_probe):
    add_probe("API", good=[5], place=INSTALLATION)
    asked = INSTALLATION, NOW - DAY, NOW, 60
    assert uptime_series(conn, anyone(project), *asked)["value"].tolist() == [1.0]
    assert uptime_series(conn, anyone(project, role="author"), *asked).empty
    assert uptime_series(conn, PUBLIC, *asked).empty


def test_probes_are_listed_with_what_is_wrong_first(conn, project, add_probe):
    add_probe("well", good=[2, 1])
    add_probe("ill", good=[3, 2], bad=[1])
    add_probe("mute", good=[4])
    paused = add_probe("paused", good=[1])
    add_probe("new")
    pause_probe(conn, project.id, paused)
    add_probe("API", good=[1], place=INSTALLATION)
    found = probes_now(conn, anyone(project), project.id, NOW).set_index("name")
    assert found.index.tolist() == ["ill", "mute", "new", "API", "well", "paused"]
    assert found["state"].tolist() == ["down", "silent", "silent", "up", "up", "paused"]
    assert found.loc["ill", ["reason", "of"]].tolist() == ["Why.", "project"]
    assert found.loc["ill", "uptime_day"] == pytest.approx(2 / 3)
    assert found.loc["ill", "duration_ms"] == 12.5
    assert found.loc["API", "of"] == "Looplens"
    assert pd.isna(found.loc["new", "checked_at"])
    assert pd.isna(found.loc["new", "uptime_month"])


def test_uptime_of_a_day_and_of_thirty_are_of_their_times(conn, project, add_probe):
    old = 24 * 60
    add_probe("shop", good=[1, 2], bad=[old + 60, 29 * old, 31 * old])
    found = probes_now(conn, anyone(project), project.id, NOW).iloc[0]
    assert (found["uptime_day"], found["uptime_month"]) == (1.0, 0.5)


def test_the_trend_has_a_line_a_probe_and_gaps_where_nothing_was_probed(conn, berlin, add_probe):
    add_probe("shop", good=[60, 61], bad=[24 * 60], place=berlin.id)
    filters = asking(berlin, date(2026, 2, 28), date(2026, 3, 3), now=NOW)
    found = uptime_trend(conn, anyone(berlin), filters)
    assert found["series"].unique().tolist() == ["shop"]
    assert found["period"].tolist() == [pd.Timestamp(2026, 2, 28) + DAY * day for day in range(3)]
    assert found["value"].tolist()[1:] == [0.0, 1.0]
    assert pd.isna(found["value"][0])
    assert found["complete"].tolist() == [True, True, False]


def test_probes_of_the_same_name_have_a_line_each(conn, berlin, add_probe):
    add_probe("API", good=[60], place=berlin.id)
    add_probe("API", bad=[60], place=INSTALLATION)
    filters = asking(berlin, date(2026, 3, 2), date(2026, 3, 3), now=NOW)
    found = uptime_trend(conn, anyone(berlin), filters).set_index("series")["value"]
    assert found.to_dict() == {"API": 1.0, "API (Looplens)": 0.0}


def test_addresses_are_told_to_nobody(conn, project, add_probe):
    add_probe("shop", good=[1])
    admin = Viewer(1, "a@example.org", "admin", frozenset({project.id}))
    assert "host" not in repr(probes_now(conn, admin, project.id, NOW).to_dict())

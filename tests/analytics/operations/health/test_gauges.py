"""Gauges over time and now, what fills up, and the statements of the database."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from analytics.operations.health.capacity import capacities
from analytics.operations.health.gauges import gauge_series, gauge_trend, gauges_now
from analytics.operations.health.metrics import GAUGES
from analytics.operations.health.statements import slow_statements
from analytics.scope import PUBLIC
from db.errors import UnknownMetric
from db.gauges import Gauge, keep_gauges
from jobs.measuring import COUNT_STATEMENTS
from tests.analytics.reference import anyone, asking
from tests.thorough import thorough

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def add(conn):
    """Keep a gauge so many minutes before NOW."""

    def keep(ago, name, value, host="a", subject=""):
        at = NOW - timedelta(minutes=ago)
        keep_gauges(conn, [Gauge(name, value, host, subject)], at)

    return keep


def test_a_series_is_the_highest_of_the_means_of_single_places(conn, project, add):
    for ago, value, host in ((9, 0.2, "a"), (8, 0.4, "a"), (8, 0.1, "b"), (2, 0.9, "b")):
        add(ago, "cpu", value, host)
    place = conn, anyone(project), project.id, "cpu", NOW - timedelta(minutes=10), NOW, 5
    found = gauge_series(*place)
    assert found["value"].tolist() == pytest.approx([0.3, 0.9])
    assert found["n"].tolist() == [3, 1]
    assert gauge_series(*place, host="b")["value"].tolist() == pytest.approx([0.1, 0.9])
    assert gauge_series(*place, host="b", subject="x").empty


def test_a_gauge_that_nobody_measures_is_refused(conn, project):
    with pytest.raises(UnknownMetric, match="No gauge is called 'luck'"):
        gauge_series(conn, anyone(project), project.id, "luck", NOW - DAY, NOW, 60)


def test_now_is_the_latest_of_each_place_and_not_of_yesterday(conn, project, add):
    add(5, "cpu", 0.2)
    add(1, "cpu", 0.3)
    add(1, "disk", 0.5, subject="system")
    add(24 * 60, "cpu", 0.9, host="gone")
    found = gauges_now(conn, anyone(project), project.id, NOW)
    told = found[["name", "host", "subject", "value"]].to_numpy().tolist()
    assert told == [["cpu", "a", "", 0.3], ["disk", "a", "system", 0.5]]


def test_a_trend_names_machines_where_there_are_several(conn, project, add):
    filters = asking(project, date(2026, 3, 1), date(2026, 3, 3), now=NOW)
    add(60, "cpu", 0.2)
    add(61, "cpu", 0.4)
    add(60, "memory", 0.5)
    found = gauge_trend(conn, anyone(project), filters, ("cpu", "memory"))
    assert found["series"].unique().tolist() == ["CPU", "Memory"]
    assert found["value"].tolist()[1::2] == pytest.approx([0.3, 0.5])
    assert pd.isna(found["value"][0])
    add(60, "cpu", 0.8, host="b")
    found = gauge_trend(conn, anyone(project), filters, ("cpu", "memory"))
    assert found["series"].unique().tolist() == ["CPU a", "CPU b", "Memory a"]


def test_what_fills_up_first_comes_first(conn, project, add):
    for day in range(20):
        ago = (19 - day) * 24 * 60
        add(ago, "disk", 0.4 + 0.02 * day, subject="system")
        add(ago, "memory", 0.7)
    add(0, "connections", 0.1, host="")
    found = capacities(conn, anyone(project), project.id, NOW)
    assert found["name"].tolist() == ["Disk", "Memory", "Connections"]
    assert found["days"].tolist()[0] == pytest.approx(11.0)  # 0.78 now, 0.02 a day
    assert found["days"].isna().tolist() == [False, True, True]
    assert found["known"].tolist() == [True, True, False]
    assert found["used"].tolist() == pytest.approx([0.78, 0.7, 0.1])


def test_strangers_see_no_machine(conn, project, berlin, add):
    add(1, "cpu", 0.2)
    for viewer in (PUBLIC, anyone(berlin), anyone(project, role="author")):
        place = conn, viewer, project.id
        assert gauges_now(*place, NOW).empty
        assert capacities(*place, NOW).empty
        assert gauge_series(*place, "cpu", NOW - DAY, NOW, 60).empty


@thorough
def test_statements_are_told_without_values_where_they_are_counted(conn, project):
    place = conn, anyone(project), project.id
    conn.exec_driver_sql("DROP EXTENSION IF EXISTS pg_stat_statements")
    assert slow_statements(*place) is None
    conn.execute(COUNT_STATEMENTS)
    for word in ("'zebra'", "'okapi'"):
        conn.exec_driver_sql(f"SELECT {word}, pg_sleep(0.42)")
    found = slow_statements(*place)
    assert found["statement"].str.contains("SELECT $1, pg_sleep($2)", regex=False).any()
    assert not found["statement"].str.contains("zebra|okapi|0.42", regex=True).any()
    assert (found["mean_ms"] <= found["max_ms"]).all()
    assert slow_statements(conn, PUBLIC, project.id).empty


def test_every_gauge_says_what_it_is():
    assert all(gauge.definition.endswith(".") and gauge.formula for gauge in GAUGES.values())

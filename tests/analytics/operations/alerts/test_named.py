"""Which errors an episode is about."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from analytics.operations.alerts.defaults import USUAL
from analytics.operations.alerts.named import named_errors
from analytics.scope import PUBLIC
from db.alert_rules import add_rule
from db.tables import alert_episodes, error_groups
from tests.analytics.reference import anyone

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop(conn, project, add_events):
    """Two errors that are first seen before an alert fires and while it does, and one after."""
    add_events(
        project,
        "ann save 2026-03-02T09:58Z subject=file error=Timeout ok=0",
        "ann save 2026-03-02T11:00Z subject=file error=Crash ok=0",
        "ann save 2026-03-02T16:00Z subject=file error=Late ok=0",
        "ann save 2026-03-02T16:30Z subject=file error=Timeout ok=0",
    )
    return project


def episode(conn, project, key, until=START + 180 * MINUTE):
    rule = add_rule(conn, project.id, USUAL[key], START, default_key=key)
    row = {"rule_id": rule, "project_id": project.id, "severity": "warning", "started_at": START}
    made = insert(alert_episodes).values(row | {"resolved_at": until})
    return conn.execute(made.returning(alert_episodes.c.id)).scalar_one()


def named(conn, project, viewer=None):
    found = named_errors(conn, viewer or anyone(project), project.id, START + 600 * MINUTE)
    return found[["episode_id", "title"]].to_numpy().tolist()


def test_an_alert_of_new_errors_names_those_of_its_time(conn, shop):
    number = episode(conn, shop, "new_errors")
    assert named(conn, shop) == [[number, "Crash in file"], [number, "Timeout in file"]]


def test_one_that_goes_on_names_what_came_until_now(conn, shop):
    number = episode(conn, shop, "new_errors", until=None)
    assert named(conn, shop)[0] == [number, "Late in file"]


def test_an_alert_of_other_things_names_none(conn, shop):
    episode(conn, shop, "failed_requests")
    assert named(conn, shop) == []


def test_an_alert_of_errors_that_came_back_names_them(conn, shop):
    again = error_groups.update().where(error_groups.c.error_type == "Crash")
    conn.execute(again.values(regressed_at=START + 30 * MINUTE))
    number = episode(conn, shop, "regressed_errors")
    assert named(conn, shop) == [[number, "Crash in file"]]


def test_others_see_none(conn, shop, berlin):
    episode(conn, shop, "new_errors")
    assert named(conn, shop, PUBLIC) == []
    assert named(conn, shop, anyone(berlin)) == []

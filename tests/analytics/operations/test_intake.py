from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from analytics.operations.intake import freshness, intake, intake_sql
from analytics.scope import PUBLIC
from db.tables import intake_hour, ledger
from tests.analytics.reference import anyone, asking

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_freshness_tells_the_last_event_and_that_all_is_counted(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z", "u1 open 2026-03-02T11:00Z")
    found = freshness(conn, anyone(project), project.id, NOW)
    assert found.last_event_at == found.last_received_at == datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert (found.lag_seconds, found.unrolled_batches, found.events_total) == (0.0, 0, 2)


def test_the_lag_is_the_age_of_the_oldest_batch_that_waits(conn, project):
    for seconds in (90, 30):
        batch = {
            "project_id": project.id,
            "received_at": NOW - timedelta(seconds=seconds),
            "accepted": 1,
            "outcomes": {"accepted": 1},
        }
        conn.execute(insert(ledger).values(batch))
    found = freshness(conn, anyone(project), project.id, NOW)
    assert (found.lag_seconds, found.unrolled_batches) == (90.0, 2)


@pytest.mark.parametrize("role", ["member", "author", "executive"])
def test_everybody_of_the_project_may_know_how_fresh_it_is(conn, project, add_events, role):
    add_events(project, "u1 open 2026-03-02T10:00Z")
    assert freshness(conn, anyone(project, role=role), project.id, NOW).events_total == 1


def test_a_stranger_learns_nothing_not_even_that_there_are_events(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z")
    found = freshness(conn, PUBLIC, project.id, NOW)
    assert (found.last_event_at, found.last_received_at, found.events_total) == (None, None, 0)


def test_what_was_sent_is_counted_by_what_became_of_it(conn, project):
    for hour, outcome, n in ((9, "accepted", 5), (10, "accepted", 4), (10, "bot", 2)):
        at = datetime(2026, 3, 2, hour, tzinfo=UTC)
        values = {"project_id": project.id, "hour": at, "outcome": outcome, "n": n}
        conn.execute(insert(intake_hour).values(values))
    filters = asking(project, date(2026, 3, 2), date(2026, 3, 3))
    found = intake(conn, anyone(project), filters)
    assert found.to_dict("list") == {"outcome": ["accepted", "bot"], "n": [9, 2]}
    assert intake(conn, anyone(project, role="author"), filters).empty
    yesterday = filters.over(date(2026, 3, 1), date(2026, 3, 2))
    assert intake(conn, anyone(project), yesterday).empty


def test_the_query_of_the_intake_gives_its_rows(conn, project):
    hour = datetime(2026, 3, 2, 10, tzinfo=UTC)
    for outcome, n in (("accepted", 3), ("bot", 5)):
        row = {"project_id": project.id, "hour": hour, "outcome": outcome, "n": n}
        conn.execute(insert(intake_hour).values(row))
    filters = asking(project, date(2026, 3, 2), date(2026, 3, 3))
    rows = [tuple(row) for row in conn.execute(intake_sql(anyone(project), filters))]
    assert rows == [("bot", 5), ("accepted", 3)]
    assert rows == list(intake(conn, anyone(project), filters).itertuples(index=False, name=None))

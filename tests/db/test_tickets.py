"""Tickets change as they are told again, and never by what is older or the same."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.tables import tickets
from db.tickets import Ticket, record_tickets, unlink_tickets

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def tell(conn, project):
    def tell(ticket_id="t1", at=None, now=AT + 9 * HOUR, actor=None, **told):
        return record_tickets(conn, project.id, [Ticket(ticket_id, AT, told, at, actor)], now)

    return tell


def kept(conn, *names):
    chosen = select(*(tickets.c[name] for name in names)).order_by(tickets.c.ticket_id)
    return [tuple(row) for row in conn.execute(chosen)]


def test_what_is_left_out_stays_and_none_takes_it_back(conn, tell):
    tell(topic="billing", resolved_at=AT + HOUR)
    tell(csat=5)
    assert kept(conn, "topic", "resolved_at", "csat") == [("billing", AT + HOUR, 5)]
    tell(resolved_at=None)
    assert kept(conn, "topic", "resolved_at", "csat") == [("billing", None, 5)]


def test_without_more_a_ticket_is_open_and_of_usual_priority(conn, tell):
    tell()
    names = ("first_response_at", "resolved_at", "priority", "topic", "csat", "actor_key")
    assert kept(conn, *names) == [(None, None, "normal", "", None, None)]


def test_the_same_again_changes_nothing(conn, tell):
    assert tell(topic="billing") == 1
    assert tell(topic="billing", now=AT + 10 * HOUR) == 0
    assert tell(topic="bug", now=AT + 10 * HOUR) == 1


def test_what_is_older_changes_nothing(conn, tell):
    tell(at=AT + 2 * HOUR, topic="billing")
    assert tell(at=AT + HOUR, topic="bug") == 0
    assert tell(at=AT + 3 * HOUR, priority="high") == 1
    assert kept(conn, "topic", "priority", "updated_at") == [("billing", "high", AT + 3 * HOUR)]


def test_what_lies_before_a_new_opening_is_taken_back(conn, project, tell):
    tell(first_response_at=AT + HOUR, resolved_at=AT + 3 * HOUR)
    anew = Ticket("t1", AT + 2 * HOUR, {}, None)
    assert record_tickets(conn, project.id, [anew], AT + 10 * HOUR) == 1
    names = ("opened_at", "first_response_at", "resolved_at")
    assert kept(conn, *names) == [(AT + 2 * HOUR, None, AT + 3 * HOUR)]


def test_one_report_may_tell_of_a_ticket_twice(conn, project):
    told = [Ticket("t1", AT, {"topic": "a"}), Ticket("t1", AT, {"csat": 3}), Ticket("t2", AT)]
    assert record_tickets(conn, project.id, told, AT) == 2
    assert kept(conn, "ticket_id", "topic", "csat") == [("t1", "a", 3), ("t2", "", None)]


def test_another_projects_ticket_of_the_same_id_is_another(conn, project, berlin):
    for each in (project, berlin):
        record_tickets(conn, each.id, [Ticket("t1", AT)], AT)
    assert sorted(kept(conn, "project_id")) == sorted([(project.id,), (berlin.id,)])


def test_who_asked_is_forgotten_and_the_ticket_stays(conn, project, tell):
    tell(actor=7)
    tell("t2", actor=8)
    assert unlink_tickets(conn, project.id, 7) == 1
    assert kept(conn, "ticket_id", "actor_key") == [("t1", None), ("t2", 8)]


def test_a_report_without_tickets_changes_nothing(conn, project):
    assert record_tickets(conn, project.id, [], AT) == 0

"""Tickets by the API: what is kept, what is refused, and what is never kept."""

import pytest
from sqlalchemy import select

from db.access import project_secret
from db.identity import actor_key
from db.tables import tickets

PATH = "/api/v1/support/tickets"
TICKET = {"id": "T-1", "opened_at": "2026-03-02T10:00:00Z"}


@pytest.fixture
def door(open_door):
    return open_door(scope="server")


def rows(door):
    mine = select(tickets).where(tickets.c.project_id == door.project.id)
    with door.engine.connect() as conn:
        return conn.execute(mine.order_by(tickets.c.opened_at)).all()


def send(door, *sent):
    return door.send(sent[0] if len(sent) == 1 else {"items": list(sent)}, PATH)


def test_a_ticket_is_kept_and_changed_by_its_id(door):
    answer = send(door, TICKET | {"topic": "billing", "priority": "high"})
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    solved = {"first_response_at": "2026-03-02T10:20:00Z", "resolved_at": "2026-03-02T12:00:00Z"}
    assert send(door, TICKET | solved | {"csat": 4}).json()["accepted"] == 1
    (row,) = rows(door)
    assert (row.topic, row.priority, row.csat) == ("billing", "high", 4)
    assert (row.resolved_at - row.opened_at).total_seconds() == 7_200


def test_the_same_again_is_a_duplicate(door):
    send(door, TICKET)
    answer = send(door, TICKET).json()
    assert (answer["accepted"], answer["duplicates"]) == (0, 1)


def test_neither_the_tickets_id_nor_the_persons_is_kept(door):
    send(door, TICKET | {"user_id": "ann@example.com", "topic": "from ann@example.com"})
    (row,) = rows(door)
    assert "T-1" not in row.ticket_id
    assert row.topic == "from [removed]"
    assert "ann" not in str(row)


def test_who_asked_is_known_only_where_their_usage_may_be_kept(open_door, door):
    send(door, TICKET | {"user_id": "ann"})
    with door.engine.connect() as conn:
        key = actor_key(project_secret(conn, door.project.id), "ann")
    assert [row.actor_key for row in rows(door)] == [key]
    strict = open_door(consent="opt-in", scope="server")
    send(strict, TICKET | {"user_id": "ann"})
    assert [row.actor_key for row in rows(strict)] == [None]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("subject", "My password does not work"),
        ("id", ""),
        ("opened_at", "yesterday"),
        ("opened_at", "2999-01-01T00:00:00Z"),
        ("updated_at", "2999-01-01T00:00:00Z"),
        ("resolved_at", "2026-03-02T09:59:59Z"),
        ("first_response_at", "2020-01-01T00:00:00Z"),
        ("priority", "asap"),
        ("csat", 0),
        ("csat", 6),
        ("csat", True),
        ("topic", "x" * 101),
        ("topic", "a\x00b"),
    ],
    ids=lambda value: str(value)[:12].replace("\x00", "0"),
)
def test_what_is_wrong_is_told_by_its_field_and_not_kept(door, member, value):
    answer = send(door, TICKET | {member: value})
    assert answer.status_code == 422
    assert member in answer.json()["detail"]
    assert rows(door) == []


def test_good_ones_beside_bad_ones_are_kept(door):
    bad = TICKET | {"id": "T-2", "csat": 9}
    answer = send(door, TICKET, bad, TICKET | {"id": "T-3"}).json()
    assert (answer["processed"], answer["accepted"]) == (2, 2)
    assert [each["index"] for each in answer["rejected"]] == [1]


def test_a_key_that_clients_carry_may_not_tell_of_tickets(open_door):
    assert open_door().send(TICKET, PATH).status_code == 403


@pytest.mark.parametrize("body", [b"", b"7", b"null", b"[7]", b'{"items": 5}', b"{"])
def test_a_body_that_is_none_of_these_is_refused(door, body):
    assert door.send(body, PATH).status_code in (400, 422)
    assert rows(door) == []

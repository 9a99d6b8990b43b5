"""Misused keys and tokens, and requests beyond the limits, are counted for the Security page."""

import asyncio
import time

import pytest
from sqlalchemy import func, select

from db.access import create_key
from db.security import TALLY, Tally
from db.tables import security_hours
from ingest_api.counting import SecurityCounts

MINE = "/api/v1/analytics/author/me"
EXPORT = "/api/v1/user/data"
OPEN = {"event_type": "open", "user_id": "ann"}
SOON = 20.0  # seconds


@pytest.fixture(autouse=True)
def nothing_waits():
    TALLY.take()


def counted(door, kind, project_id):
    """How many of a kind are written, once there are any."""
    h = security_hours.c
    query = select(func.sum(h.n)).where(h.kind == kind, h.project_id == project_id)
    TALLY.write(door.engine)
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        with door.engine.connect() as conn:
            n = conn.execute(query).scalar_one()
        if n:
            return int(n)
        time.sleep(0.1)
    return 0


def test_a_key_that_nobody_knows_is_counted(door):
    assert door.send({}, X_API_Key="lli_unknown").status_code == 401
    assert counted(door, "unknown_key", 0) >= 1


def test_a_key_of_another_scope_is_counted_with_its_project(door):
    assert (
        door.client.get(
            EXPORT, params={"user_id": "u"}, headers={"X-API-Key": door.key}
        ).status_code
        == 403
    )
    assert counted(door, "wrong_scope", door.project.id) == 1


def test_a_token_that_nobody_knows_is_counted(door):
    answer = door.client.get(
        "/api/v1/analytics/author/me", headers={"Authorization": "Bearer llt_unknown"}
    )
    assert answer.status_code == 401
    assert counted(door, "unknown_token", 0) >= 1


def test_an_export_is_counted_with_its_rows_and_noted(door):
    with door.engine.begin() as conn:
        key = create_key(conn, door.project.id, "read")
    door.accepted([OPEN])
    answer = door.client.get(EXPORT, params={"user_id": "ann"}, headers={"X-API-Key": key})
    rows = sum(answer.json()["counts"].values())
    assert rows >= 1
    assert counted(door, "exported_rows", door.project.id) == rows
    assert counted(door, "exports", door.project.id) == 1


def test_what_was_good_is_not_counted(door):
    door.accepted([OPEN])
    assert TALLY.take() == {}


def test_what_is_counted_last_is_written_when_the_api_stops(own_engine):
    async def stop_at_once():
        tally = Tally()
        counts = SecurityCounts(tally)
        running = asyncio.create_task(counts.run(own_engine))
        tally.count("unknown_key", 5)
        counts.stop()
        await running

    asyncio.run(stop_at_once())
    with own_engine.connect() as conn:
        assert conn.execute(select(security_hours.c.project_id)).scalars().all() == [5]

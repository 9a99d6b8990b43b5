"""Whose members run packages, in a commit of several projects, by either way into the tables."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select

from db.access import project_secret
from db.engine import conninfo
from db.identity import actor_key
from db.partitions import ensure_months
from db.tables import events, organisations
from ingest_api.event import Event, Run, Sender
from ingest_api.storing import store
from ingest_api.submission import Submission
from tests.ingest_api.registered import one, package_of, registry, stored

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def run_of(door, who, organisation="Acme"):
    """What a request with one run gives to the writer."""
    with door.engine.begin() as conn:
        ensure_months(conn, [NOW.date()])
        secret = project_secret(conn, door.project.id)
    run = Run(package_of(door).id, organisation=organisation)
    event = Event("package_run", occurred_at=NOW, received_at=NOW, event_id=uuid4(), run=run)
    event.actor_key = actor_key(secret, who)
    sender = Sender(door.project.id, door.project.consent, secret, None)
    return Submission(sender, [event], NOW)


def commit(door, *submissions, staged):
    async def run():
        connected = await psycopg.AsyncConnection.connect(
            **conninfo(door.engine.url), autocommit=True
        )
        async with connected as conn:
            return await store(conn, submissions, staged=staged)

    return asyncio.run(run())


@pytest.mark.parametrize("staged", [False, True])
def test_an_organisation_is_the_one_of_the_runs_own_project(open_door, staged):
    one_door, other = registry(open_door), registry(open_door)
    commit(one_door, run_of(one_door, "u1"), run_of(other, "u1"), staged=staged)
    for door in (one_door, other):
        expected = (one(door, organisations).id, "Frontend")
        assert stored(door, "organisation_id", "team") == [expected]


@pytest.mark.parametrize("staged", [False, True])
def test_a_commit_of_members_and_strangers_tells_them_apart(open_door, staged):
    door = registry(open_door)
    who = (("u1", "Acme"), ("lead", "Acme"), ("stranger", "Acme"), ("u1", "Globex"), ("u1", ""))
    commit(door, *(run_of(door, *each) for each in who), staged=staged)
    assert sorted(stored(door, "organisation_id", "team")) == sorted(
        [(0, "")] * 3 + [(one(door, organisations).id, team) for team in ("Frontend", "")]
    )


def test_of_a_commit_with_repetitions_the_new_runs_alone_are_stored(open_door):
    door = registry(open_door)
    first, second = run_of(door, "u1"), run_of(door, "lead")
    commit(door, first, staged=False)
    results = commit(door, first, second, staged=True)
    assert [(each.accepted, each.duplicates) for each in results] == [(0, 1), (1, 0)]
    with door.engine.connect() as conn:
        mine = select(events.c.event_id).where(events.c.project_id == door.project.id)
        found = sorted(conn.execute(mine).scalars())
    assert sorted(row[0] for row in stored(door, "run_id")) == found
    assert len(found) == 2

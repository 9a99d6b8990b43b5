"""Consent in the writer's transaction: what is on record, and what a submission adds to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from db.tables import PURPOSES
from ingest_api.steps import PURPOSE_BITS
from ingest_api.submission import Submission

READ_GRANTS = """
    SELECT project_id, actor_key, granted, refused FROM grants
    WHERE (project_id, actor_key) IN (SELECT * FROM unnest(%s::int[], %s::bigint[]))
"""
ADD_HISTORY = """
    INSERT INTO consents (project_id, actor_key, purpose, granted, version, source)
    VALUES (%s, %s, %s, true, '', %s)
"""
ADD_GRANTS = """
    INSERT INTO grants AS g (project_id, actor_key, granted, refused) VALUES (%s, %s, %s, 0)
    ON CONFLICT (project_id, actor_key) DO UPDATE
    SET granted = g.granted | (excluded.granted & ~g.refused)
"""

Conn = psycopg.AsyncConnection[Any]
Place = tuple[int, int]  # a project and an actor in it


@dataclass(frozen=True, slots=True)
class Record:
    """The purposes that a person granted and refused, as bits."""

    granted: int = 0
    refused: int = 0


NOTHING = Record()


async def read_grants(conn: Conn, submissions: Sequence[Submission]) -> dict[Place, Record]:
    """What is on record of the people of these submissions."""
    places = {
        (submission.sender.project_id, event.actor_key)
        for submission in submissions
        if submission.sender.consent != "anonymous"
        for event in submission.events
    }
    if not places:
        return {}
    project_ids, keys = zip(*places, strict=True)
    cursor = await conn.execute(READ_GRANTS, (list(project_ids), list(keys)), prepare=True)
    return {(row[0], row[1]): Record(row[2], row[3]) for row in await cursor.fetchall()}


async def add_grants(
    conn: Conn, submission: Submission, known: dict[Place, Record]
) -> dict[Place, int]:
    """Keep the proof of grants that came along and were not on record; returns the new ones.

    They are added to what is known, so that they hold for what is stored after them.
    """
    if not submission.grants or submission.sender.consent == "anonymous":
        return {}
    fresh: dict[Place, int] = {}
    for event in submission.events:
        place = (submission.sender.project_id, event.actor_key)
        record = known.get(place, NOTHING)
        new = submission.grants & ~record.granted & ~record.refused
        if new:
            fresh[place] = new
            known[place] = Record(record.granted | new, record.refused)
    if fresh:
        await _write(conn, fresh, submission.grants_source)
    return fresh


async def _write(conn: Conn, granted: dict[Place, int], source: str) -> None:
    """Add to the history and to the present state, in the order of the key."""
    ordered = sorted(granted.items())
    history = [
        (*place, purpose, source)
        for place, given in ordered
        for purpose in PURPOSES
        if given & PURPOSE_BITS[purpose]
    ]
    async with conn.cursor() as cursor:
        await cursor.executemany(ADD_HISTORY, history)
        await cursor.executemany(ADD_GRANTS, [(*place, given) for place, given in ordered])

"""The consent of the people in a file.

An operator who imports a file into an opt-in project states that its people have consented: the
data is held already, and lawfully. So all purposes count as granted unless `--consent` names
fewer, and what was stated is recorded as coming from an import. A refusal on record always wins.
Projects that keep events until consent is withdrawn need no such statement and record none.
"""

from typing import Any

import psycopg

from db.errors import BadImport
from ingest_api.event import Event
from ingest_api.formats.events import purposes
from ingest_api.steps import ALL_PURPOSES
from ingest_api.storing import record_grants

READ_KNOWN = """
    SELECT actor_key, granted | refused FROM grants WHERE project_id = %s AND actor_key = ANY(%s)
"""


def stated(consent: str, mode: str) -> int | None:
    """What an import states as granted, as bits; None leaves it to the record alone.

    `consent` is "all", "none" or purposes with commas between; raises BadImport.
    """
    named = [purpose.strip() for purpose in consent.split(",")]
    if named in (["all"], ["none"]):
        return ALL_PURPOSES if named == ["all"] and mode == "opt-in" else None
    try:
        granted = purposes(named)
    except ValueError as error:
        raise BadImport(f"--{error}; or all, or none.") from None
    return None if mode == "anonymous" else granted


async def record(
    conn: psycopg.AsyncConnection[Any], project_id: int, events: list[Event], granted: int | None
) -> int:
    """Record the grants of the events' people that are not on record; returns how many people."""
    if granted is None:
        return 0
    actors = list({event.actor_key for event in events})
    cursor = await conn.execute(READ_KNOWN, (project_id, actors))
    known = dict(await cursor.fetchall())
    new = {(project_id, actor): granted & ~known.get(actor, 0) for actor in actors}
    new = {place: fresh for place, fresh in new.items() if fresh}
    if new:
        async with conn.transaction():
            await record_grants(conn, new, version="", source="import")
    return len(new)

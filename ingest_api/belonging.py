"""Whose members run packages: looked up in the writer's transaction, as consent is."""

from collections.abc import Sequence

from ingest_api.copying import Conn
from ingest_api.event import Event
from ingest_api.submission import Submission

READ_MEMBERSHIPS = """
    SELECT m.project_id, m.actor_key, o.uid::text, o.name, o.id, m.team
    FROM organisation_members m JOIN organisations o ON o.id = m.organisation_id
    WHERE (m.project_id, m.actor_key) IN (SELECT * FROM unnest(%s::int[], %s::bigint[]))
"""
NONE = (0, "")

Place = tuple[int, int]  # a project and an actor in it


async def place_runs(
    conn: Conn, submissions: Sequence[Submission], kept: Sequence[list[Event]]
) -> None:
    """Give runs the organisation that they name, and the team, if their actor is a member now.

    All others are without one, whatever they name.
    """
    naming = [
        (submission.sender.project_id, event)
        for submission, events in zip(submissions, kept, strict=True)
        for event in events
        if event.run and event.run.organisation
    ]
    if not naming:
        return
    theirs = await _memberships(conn, {(place, event.actor_key) for place, event in naming})
    for project_id, event in naming:
        if event.run:
            called = event.run.organisation
            among = theirs.get((project_id, event.actor_key), {})
            run_for = among.get(called) or among.get(called.lower(), NONE)
            event.run.organisation_id, event.run.team = run_for


async def _memberships(conn: Conn, places: set[Place]) -> dict[Place, dict[str, tuple[int, str]]]:
    """Organisation and team by what the organisation is called, of each of these actors."""
    projects, actors = zip(*places, strict=True)
    cursor = await conn.execute(READ_MEMBERSHIPS, (list(projects), list(actors)), prepare=True)
    found: dict[Place, dict[str, tuple[int, str]]] = {}
    for project_id, actor_key, uid, name, organisation_id, team in await cursor.fetchall():
        among = found.setdefault((project_id, actor_key), {})
        among[uid] = among[name] = (organisation_id, team)
    return found

"""Repetitions that only their id tells: their time was set here, and is another each time.

They are looked up before they are stored. Other repetitions have the key of what is there, so that
storing them fails.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from ingest_api.copying import Batch, Conn
from ingest_api.event import Event
from ingest_api.submission import Stored, Submission

REPETITION_WINDOW = timedelta(days=3)  # around its time in which an event is looked for
REPETITION_LOCK = 7_002

FIND = """
    SELECT project_id, actor_key, event_id
    FROM unnest(%(projects)s::int[], %(actors)s::bigint[], %(ids)s::uuid[],
                %(times)s::timestamptz[]) AS sent (project_id, actor_key, event_id, occurred_at)
    JOIN events stored USING (project_id, actor_key, event_id)
    WHERE stored.occurred_at BETWEEN sent.occurred_at - %(window)s
                                 AND sent.occurred_at + %(window)s
      AND stored.occurred_at BETWEEN %(first)s AND %(last)s
"""

Place = tuple[int, int, UUID]  # project, actor and id of an event


def is_told_by_id(event: Event) -> bool:
    """Whether it would come back with another time."""
    return event.time_is_ours and not event.id_is_ours


async def one_at_a_time(conn: Conn, project_ids: Iterable[int]) -> None:
    """Let no other writer look for repetitions in these projects before this one has stored."""
    for project_id in sorted(project_ids):
        await conn.execute("SELECT pg_advisory_xact_lock(%s, %s)", (REPETITION_LOCK, project_id))


async def leave_out_repeated(
    conn: Conn,
    submissions: Sequence[Submission],
    kept: Sequence[list[Event]],
    batches: dict[int, Batch],
    results: Sequence[Stored],
) -> bool:
    """Take those that are stored out of `kept`, and correct the counts; whether there were any."""
    doubtful = {
        (submission.sender.project_id, event.actor_key, event.event_id): event.occurred_at
        for submission, events in zip(submissions, kept, strict=True)
        for event in filter(is_told_by_id, events)
    }
    if not doubtful:
        return False
    await one_at_a_time(conn, {project_id for project_id, *_ in doubtful})
    found = await _stored(conn, doubtful)
    for submission, events, result in zip(submissions, kept, results, strict=True):
        project_id = submission.sender.project_id
        new = [e for e in events if not (is_told_by_id(e) and _place(project_id, e) in found)]
        repeated = len(events) - len(new)
        events[:] = new
        result.accepted -= repeated
        result.duplicates += repeated
        batches[project_id].outcomes.update(accepted=-repeated, duplicate=repeated)
    return bool(found)


async def _stored(conn: Conn, doubtful: dict[Any, Any]) -> set[Place]:
    projects, actors, ids = (list(column) for column in zip(*doubtful, strict=True))
    times = list(doubtful.values())
    span = {"first": min(times) - REPETITION_WINDOW, "last": max(times) + REPETITION_WINDOW}
    sent = {"projects": projects, "actors": actors, "ids": ids, "times": times}
    cursor = await conn.execute(FIND, sent | span | {"window": REPETITION_WINDOW})
    return set(await cursor.fetchall())


def _place(project_id: int, event: Event) -> tuple[int, int, UUID | None]:
    return project_id, event.actor_key, event.event_id

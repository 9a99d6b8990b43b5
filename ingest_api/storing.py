"""One transaction of the writer: consent as it stands now, the ledger, and the events by COPY."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from db.tables import PURPOSES
from ingest_api.event import Event, Sender
from ingest_api.steps import PURPOSE_BITS, allowed_purposes, consented

# A retried event whose time was set here comes back with another one, so it is looked for around.
REPETITION_WINDOW = timedelta(days=3)
REPETITION_LOCK = 7_002

COLUMNS = {
    "project_id": "int4",
    "actor_key": "int8",
    "event_id": "uuid",
    "occurred_at": "timestamptz",
    "received_at": "timestamptz",
    "batch_id": "int8",
    "session_key": "int8",
    "first_use": "int2",
    "ok": "bool",
    "duration_ms": "float8",
    "value": "float8",
    "name": "text",
    "subject": "text",
    "purpose": "text",
    "platform": "text",
    "app_version": "text",
    "country": "text",
    "channel": "text",
    "plan": "text",
    "error_type": "text",
    "properties": "bytea",  # sent as jsonb's binary form: a version byte and the text
}
JSONB_VERSION = b"\x01"
COPY_EVENTS = f"COPY events ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"
COPY_STAGED = f"COPY staged ({', '.join(COLUMNS)}, time_is_ours) FROM STDIN (FORMAT BINARY)"
MAKE_STAGED = """
    CREATE TEMP TABLE staged (LIKE events INCLUDING DEFAULTS, time_is_ours boolean) ON COMMIT DROP
"""
FORGET_REPEATED = """
    DELETE FROM staged USING events
    WHERE staged.time_is_ours AND events.project_id = staged.project_id
      AND events.actor_key = staged.actor_key AND events.event_id = staged.event_id
      AND events.occurred_at BETWEEN staged.occurred_at - %(window)s
                                 AND staged.occurred_at + %(window)s
"""
_COLUMNS = ", ".join(COLUMNS)
INSERT_STAGED = f"""
    INSERT INTO events ({_COLUMNS}) SELECT {_COLUMNS} FROM staged
    ORDER BY project_id, actor_key, event_id, occurred_at
    ON CONFLICT DO NOTHING RETURNING project_id, actor_key, event_id, occurred_at
"""  # noqa: S608 names of columns, all written above
READ_GRANTS = """
    SELECT project_id, actor_key, granted, refused FROM grants
    WHERE (project_id, actor_key) IN (SELECT * FROM unnest(%s::int[], %s::bigint[]))
"""
OPEN_LEDGER = """
    INSERT INTO ledger (project_id, received_at, accepted, outcomes, first_at, last_at)
    VALUES (%s, %s, %s, %s, %s, %s) RETURNING batch_id
"""
CLOSE_LEDGER = "UPDATE ledger SET accepted = %s, outcomes = %s WHERE batch_id = %s"

Conn = psycopg.AsyncConnection[Any]
Place = tuple[int, int]  # a project and an actor in it
Identity = tuple[int, int, UUID | None, datetime | None]  # what makes an event the same again


@dataclass(slots=True)
class Submission:
    """The events of one request, and what became of those that are not among them."""

    sender: Sender
    events: list[Event]
    received_at: datetime
    outcomes: Counter[str] = field(default_factory=Counter)
    batch_grants: int | None = None


@dataclass(slots=True)
class Stored:
    """What the commit made of a submission."""

    accepted: int = 0
    duplicates: int = 0
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Batch:
    """What one commit stores for one project: a row of the ledger and the events that it counts."""

    batch_id: int
    outcomes: Counter[str]


async def store(conn: Conn, submissions: Sequence[Submission], *, staged: bool) -> list[Stored]:
    """Store the submissions in one transaction; committed when this returns.

    Without `staged` a repeated event raises UniqueViolation; with it, repeated events are
    recognised, left out and counted.
    """
    async with conn.transaction():
        kept, results = await _with_consent(conn, submissions)
        staged = staged or any(e.time_is_ours and not e.id_is_ours for s in kept for e in s)
        batches = await _open_ledger(conn, submissions, kept, results)
        if not staged:
            await _copy(conn, COPY_EVENTS, _rows(submissions, kept, batches))
        else:
            await _store_new_ones(conn, submissions, kept, batches, results)
    return results


async def _with_consent(
    conn: Conn, submissions: Sequence[Submission]
) -> tuple[list[list[Event]], list[Stored]]:
    """The events that may be kept and are not repeated among themselves, by submission."""
    grants = await _grants(conn, submissions)
    await _record_batch_grants(conn, submissions, grants)
    seen: set[Identity] = set()
    kept, results = [], []
    for submission in submissions:
        result = Stored()
        kept.append(_kept(submission, grants, seen, result))
        results.append(result)
    return kept, results


def _kept(
    submission: Submission,
    grants: dict[Place, tuple[int, int]],
    seen: set[Identity],
    result: Stored,
) -> list[Event]:
    sender, kept = submission.sender, []
    for event in submission.events:
        granted, refused = grants.get((sender.project_id, event.actor_key), (0, 0))
        allowed = allowed_purposes(sender.consent, granted, refused, submission.batch_grants)
        verdict = consented(event, allowed)
        if not isinstance(verdict, Event):
            result.dropped["no_consent"] += 1
        elif (identity := _identity(sender, event)) in seen:
            result.duplicates += 1
        else:
            seen.add(identity)
            kept.append(event)
            result.accepted += 1
    return kept


def _identity(sender: Sender, event: Event) -> Identity:
    """As in the table's key, less a time that was set here: it differs at each repetition."""
    time = None if event.time_is_ours else event.occurred_at
    return sender.project_id, event.actor_key, event.event_id, time


async def _grants(conn: Conn, submissions: Sequence[Submission]) -> dict[Place, tuple[int, int]]:
    """What the record says of the actors: the purposes granted and refused, as bits."""
    actors = {
        (submission.sender.project_id, event.actor_key)
        for submission in submissions
        if submission.sender.consent != "anonymous"
        for event in submission.events
    }
    if not actors:
        return {}
    project_ids, keys = zip(*actors, strict=True)
    cursor = await conn.execute(READ_GRANTS, (list(project_ids), list(keys)), prepare=True)
    return {(row[0], row[1]): (row[2], row[3]) for row in await cursor.fetchall()}


async def _record_batch_grants(
    conn: Conn, submissions: Sequence[Submission], grants: dict[Place, tuple[int, int]]
) -> None:
    """Keep the proof of grants that came along with a batch and were not on record."""
    new: dict[Place, int] = {}
    for submission in submissions:
        if not submission.batch_grants or submission.sender.consent == "anonymous":
            continue
        for event in submission.events:
            place = (submission.sender.project_id, event.actor_key)
            granted, refused = grants.get(place, (0, 0))
            fresh = submission.batch_grants & ~granted & ~refused
            if fresh:
                new[place] = new.get(place, 0) | fresh
    if new:
        await record_grants(conn, new, version="", source="batch")


async def record_grants(
    conn: Conn, granted: dict[Place, int], *, version: str, source: str
) -> None:
    """Add grants to the history and to the present state."""
    history = [
        (project_id, actor, purpose, version, source)
        for (project_id, actor), given in sorted(granted.items())
        for purpose in PURPOSES
        if given & PURPOSE_BITS[purpose]
    ]
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO consents (project_id, actor_key, purpose, granted, version, source)"
            " VALUES (%s, %s, %s, true, %s, %s)",
            history,
        )
        await cursor.executemany(
            "INSERT INTO grants AS g (project_id, actor_key, granted, refused)"
            " VALUES (%s, %s, %s, 0) ON CONFLICT (project_id, actor_key) DO UPDATE"
            " SET granted = g.granted | (excluded.granted & ~g.refused)",
            [(project_id, actor, given) for (project_id, actor), given in sorted(granted.items())],
        )


async def _open_ledger(
    conn: Conn,
    submissions: Sequence[Submission],
    kept: Sequence[list[Event]],
    results: Sequence[Stored],
) -> dict[int, Batch]:
    """One ledger row a project; returns them by project."""
    batches = {}
    for project_id in sorted({submission.sender.project_id for submission in submissions}):
        outcomes: Counter[str] = Counter()
        times: list[datetime] = []
        for submission, events, result in zip(submissions, kept, results, strict=True):
            if submission.sender.project_id == project_id:
                outcomes += submission.outcomes + result.dropped + _counted(result)
                times += [event.occurred_at for event in events if event.occurred_at]
        row = (
            project_id,
            submissions[0].received_at,
            outcomes["accepted"],
            Jsonb(outcomes),
            min(times, default=None),
            max(times, default=None),
        )
        cursor = await conn.execute(OPEN_LEDGER, row, prepare=True)
        (batch_id,) = await cursor.fetchone() or (0,)
        batches[project_id] = Batch(batch_id, outcomes)
    return batches


def _counted(result: Stored) -> Counter[str]:
    return +Counter(accepted=result.accepted, duplicate=result.duplicates)


def _rows(
    submissions: Sequence[Submission], kept: Sequence[list[Event]], batches: dict[int, Batch]
) -> Iterable[tuple[Any, ...]]:
    for submission, events in zip(submissions, kept, strict=True):
        project_id = submission.sender.project_id
        batch_id = batches[project_id].batch_id
        for e in events:
            yield (
                project_id,
                e.actor_key,
                e.event_id,
                e.occurred_at,
                e.received_at,
                batch_id,
                e.session_key,
                e.first_use,
                e.ok,
                e.duration_ms,
                e.value,
                e.name,
                e.subject,
                e.purpose,
                e.platform,
                e.app_version,
                e.country,
                e.channel,
                e.plan,
                e.error_type,
                JSONB_VERSION + e.packed if e.packed else None,
            )


async def _copy(
    conn: Conn, statement: str, rows: Iterable[tuple[Any, ...]], *more_types: str
) -> None:
    async with conn.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([*COLUMNS.values(), *more_types])
        for row in rows:
            await copy.write_row(row)


async def _store_new_ones(
    conn: Conn,
    submissions: Sequence[Submission],
    kept: Sequence[list[Event]],
    batches: dict[int, Batch],
    results: Sequence[Stored],
) -> None:
    """Store what is not there yet, and correct the counts by what is."""
    await conn.execute(MAKE_STAGED)
    events = (event for events in kept for event in events)
    rows = (
        (*row, event.time_is_ours and not event.id_is_ours)
        for row, event in zip(_rows(submissions, kept, batches), events, strict=True)
    )
    await _copy(conn, COPY_STAGED, rows, "bool")
    await conn.execute("SELECT pg_advisory_xact_lock(%s)", (REPETITION_LOCK,))
    await conn.execute(FORGET_REPEATED, {"window": REPETITION_WINDOW})
    cursor = await conn.execute(INSERT_STAGED)
    new = set(await cursor.fetchall())
    for submission, among, result in zip(submissions, kept, results, strict=True):
        project_id = submission.sender.project_id
        keys = ((project_id, e.actor_key, e.event_id, e.occurred_at) for e in among)
        repeated = sum(key not in new for key in keys)
        result.accepted -= repeated
        result.duplicates += repeated
        batches[project_id].outcomes.update(accepted=-repeated, duplicate=repeated)
    for batch in batches.values():
        counts = +batch.outcomes
        await conn.execute(CLOSE_LEDGER, (counts["accepted"], Jsonb(counts), batch.batch_id))

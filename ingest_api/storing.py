"""One transaction of the writer: consent as it stands now, the ledger, events and runs by COPY."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from ingest_api.belonging import place_runs
from ingest_api.copying import COLUMN_NAMES, COLUMNS, Batch, Conn, copy_rows, rows
from ingest_api.copying_runs import copy_runs
from ingest_api.event import Event, Sender
from ingest_api.granting import NOTHING, Place, Record, add_grants, read_grants
from ingest_api.repetitions import leave_out_repeated
from ingest_api.staging import store_new_ones
from ingest_api.steps import allowed_purposes, consented
from ingest_api.submission import Stored, Submission

COPY_EVENTS = f"COPY events ({COLUMN_NAMES}) FROM STDIN (FORMAT BINARY)"
OPEN_LEDGER = """
    INSERT INTO ledger (project_id, received_at, accepted, outcomes, first_at, last_at)
    VALUES (%s, %s, %s, %s, %s, %s) RETURNING batch_id
"""
CLOSE_LEDGER = "UPDATE ledger SET accepted = %s, outcomes = %s WHERE batch_id = %s"

Identity = tuple[int, int, UUID | None, datetime | None]  # what makes an event the same again


async def store(conn: Conn, submissions: Sequence[Submission], *, staged: bool) -> list[Stored]:
    """Store the submissions in one transaction; committed when this returns.

    Repeated events are left out and counted where `staged`, or where only their id tells them; else
    one raises UniqueViolation.
    """
    async with conn.transaction():
        kept, results = await _with_consent(conn, submissions)
        batches = await _open_ledger(conn, submissions, kept, results)
        if staged:
            await store_new_ones(conn, submissions, kept, batches, results)
            await _close_ledger(conn, batches)
        else:
            if await leave_out_repeated(conn, submissions, kept, batches, results):
                await _close_ledger(conn, batches)
            await copy_rows(conn, COPY_EVENTS, COLUMNS.values(), rows(submissions, kept, batches))
        await place_runs(conn, submissions, kept)
        await copy_runs(conn, submissions, kept, batches)
    return results


async def _with_consent(
    conn: Conn, submissions: Sequence[Submission]
) -> tuple[list[list[Event]], list[Stored]]:
    """The events that may be kept and are not repeated among themselves, by submission."""
    grants = await read_grants(conn, submissions)
    seen: set[Identity] = set()
    kept, results = [], []
    for submission in submissions:
        added = await add_grants(conn, submission, grants)
        result = Stored(people_granted=len(added))
        kept.append(_kept(submission, grants, seen, result))
        results.append(result)
    return kept, results


def _kept(
    submission: Submission,
    grants: dict[Place, Record],
    seen: set[Identity],
    result: Stored,
) -> list[Event]:
    sender, kept = submission.sender, []
    for event in submission.events:
        on_record = grants.get((sender.project_id, event.actor_key), NOTHING)
        allowed = allowed_purposes(
            sender.consent, on_record.granted, on_record.refused, submission.grants
        )
        verdict = consented(event, allowed)
        if not isinstance(verdict, Event):
            result.dropped["no_consent"] += 1
            result.refused.add(event.event_id)
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


async def _close_ledger(conn: Conn, batches: dict[int, Batch]) -> None:
    """Write the counts again, which repetitions have changed."""
    for batch in batches.values():
        counts = +batch.outcomes
        await conn.execute(CLOSE_LEDGER, (counts["accepted"], Jsonb(counts), batch.batch_id))

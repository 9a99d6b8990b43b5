"""Events as rows for COPY, in its binary form: half the work of text, on both sides."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from ingest_api.event import Event
from ingest_api.submission import Submission

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
COLUMN_NAMES = ", ".join(COLUMNS)

Conn = psycopg.AsyncConnection[Any]


@dataclass(slots=True)
class Batch:
    """What one commit stores for one project: a row of the ledger and the events that it counts."""

    batch_id: int
    outcomes: Counter[str]


def rows(
    submissions: Sequence[Submission], kept: Sequence[list[Event]], batches: dict[int, Batch]
) -> Iterable[tuple[Any, ...]]:
    """The events as tuples in the order of COLUMNS, each with the batch of its project."""
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


async def copy_rows(
    conn: Conn, statement: str, types: Iterable[str], given: Iterable[tuple[Any, ...]]
) -> None:
    """Write the rows, of columns with these types, with this COPY statement."""
    async with conn.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(list(types))
        for row in given:
            await copy.write_row(row)

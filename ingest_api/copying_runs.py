"""The rows of runs, written beside those of their events."""

from collections.abc import Iterable, Sequence
from typing import Any

from ingest_api.copying import Batch, Conn, copy_rows
from ingest_api.event import Event
from ingest_api.submission import Submission

COLUMNS = {
    "project_id": "int4",
    "actor_key": "int8",
    "run_id": "uuid",
    "occurred_at": "timestamptz",
    "batch_id": "int8",
    "session_key": "int8",
    "package_id": "int4",
    "organisation_id": "int4",
    "tokens": "int8",
    "credits": "int4",
    "request_bytes": "int4",
    "response_bytes": "int4",
    "input_length": "int4",
    "output_length": "int4",
    "duration_ms": "float8",
    "ok": "bool",
    "comparison": "bool",
    "kind": "text",
    "version": "text",
    "model": "text",
    "team": "text",
    "error_type": "text",
    "platform": "text",
    "country": "text",
    "installer": "text",
    "audience": "text",
}
COPY_RUNS = f"COPY runs ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"


async def copy_runs(
    conn: Conn,
    submissions: Sequence[Submission],
    kept: Sequence[list[Event]],
    batches: dict[int, Batch],
) -> None:
    """Store the runs of the events that were stored, of which most are none."""
    found = list(_rows(submissions, kept, batches))
    if found:
        await copy_rows(conn, COPY_RUNS, COLUMNS.values(), found)


def _rows(
    submissions: Sequence[Submission], kept: Sequence[list[Event]], batches: dict[int, Batch]
) -> Iterable[tuple[Any, ...]]:
    """The runs as tuples in the order of COLUMNS, each in the batch of its event."""
    for submission, events in zip(submissions, kept, strict=True):
        project_id = submission.sender.project_id
        batch_id = batches[project_id].batch_id
        for e in events:
            if e.run is None:
                continue
            yield (
                project_id,
                e.actor_key,
                e.event_id,
                e.occurred_at,
                batch_id,
                e.session_key,
                e.run.package_id,
                e.run.organisation_id,
                e.run.tokens,
                e.run.credits,
                e.run.request_bytes,
                e.run.response_bytes,
                e.run.input_length,
                e.run.output_length,
                e.duration_ms,
                e.ok,
                e.run.comparison,
                e.run.kind,
                e.app_version,
                e.run.model,
                e.run.team,
                e.error_type,
                e.platform,
                e.country,
                e.run.installer,
                e.run.audience,
            )

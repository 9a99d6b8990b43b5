"""The long way into the table of events, for commits with repetitions: past a staging table."""

from collections.abc import Sequence

from ingest_api.copying import COLUMN_NAMES, COLUMNS, Batch, Conn, copy_rows, rows
from ingest_api.event import Event
from ingest_api.repetitions import REPETITION_WINDOW, is_told_by_id, one_at_a_time
from ingest_api.submission import Stored, Submission

COPY_STAGED = f"COPY staged ({COLUMN_NAMES}, time_is_ours) FROM STDIN (FORMAT BINARY)"
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
INSERT_STAGED = f"""
    INSERT INTO events ({COLUMN_NAMES}) SELECT {COLUMN_NAMES} FROM staged
    ORDER BY project_id, actor_key, event_id, occurred_at
    ON CONFLICT DO NOTHING RETURNING project_id, actor_key, event_id, occurred_at
"""  # noqa: S608 names of columns, all written in copying.py


async def store_new_ones(
    conn: Conn,
    submissions: Sequence[Submission],
    kept: Sequence[list[Event]],
    batches: dict[int, Batch],
    results: Sequence[Stored],
) -> None:
    """Store what is not there yet, take what is out of `kept`, and correct the counts by it."""
    await conn.execute(MAKE_STAGED)
    events = (event for events in kept for event in events)
    staged = (
        (*row, is_told_by_id(event))
        for row, event in zip(rows(submissions, kept, batches), events, strict=True)
    )
    await copy_rows(conn, COPY_STAGED, [*COLUMNS.values(), "bool"], staged)
    await one_at_a_time(conn, batches)
    await conn.execute(FORGET_REPEATED, {"window": REPETITION_WINDOW})
    cursor = await conn.execute(INSERT_STAGED)
    new = set(await cursor.fetchall())
    for submission, among, result in zip(submissions, kept, results, strict=True):
        project_id = submission.sender.project_id
        fresh = [e for e in among if (project_id, e.actor_key, e.event_id, e.occurred_at) in new]
        repeated = len(among) - len(fresh)
        among[:] = fresh
        result.accepted -= repeated
        result.duplicates += repeated
        batches[project_id].outcomes.update(accepted=-repeated, duplicate=repeated)

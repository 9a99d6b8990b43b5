"""Bring the demo's events into Postgres: COPY with a ledger row a day, as the writer does it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import Connection as PsycopgConnection
from psycopg import sql
from pyarrow import csv
from sqlalchemy import Connection, Engine, delete, insert, text

from db.access import Project
from db.demo import consenting
from db.demo.generate import chunks
from db.demo.keeping import keep
from db.demo.shape import Shape
from db.demo.truths import truths
from db.errors import BadSetting
from db.partitions import ensure_months
from db.tables import events as events_table
from db.tables import ledger, planted_truths

Progress = Callable[[int, int], None]  # days that are stored, of how many

LONGEST = 730  # days

# Of what is sent: the share that meets each fate other than being stored.
FATES = {
    "duplicate": 0.004,
    "no_consent": 0.031,
    "bot": 0.012,
    "invalid": 0.0006,
    "too_old": 0.0002,
}
SLICE = 25_000  # rows that are encoded at once, while Postgres works on those before


def fill(
    engine: Engine,
    project: Project,
    events: int = 200_000,
    seed: int = 7,
    days: int = 90,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> int:
    """Store about `events` events of the `days` days that end now, and the truths planted in them.

    The same arguments give the same events, apart from their batches. Returns how many were
    stored; they are not rolled up yet. Raises BadSetting for a range without days or events.
    """
    if not 1 <= days <= LONGEST or events < days:
        raise BadSetting(f"Demo data has 1 to {LONGEST} days and at least one event a day.")
    shape = Shape(events, seed, days, now or datetime.now(UTC), project.timezone)
    with engine.begin() as conn:
        ensure_months(conn, (shape.date_of(day) for day in range(-1, days + 1)))
        _store_truths(conn, project, shape)
        consenting.keep(conn, project, shape)
        keep(conn, project, shape)
    stored = 0
    for day, chunk in enumerate(_ahead(chunks(shape))):
        with engine.begin() as conn:
            stored += _store(conn, project, shape, day, chunk)
        if progress:
            progress(day + 1, days)
    return stored


def _ahead(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same tables, each made by another thread while the one before is being used."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, tables, None)
        while (table := coming.result()) is not None:
            coming = thread.submit(next, tables, None)
            yield table


def _store_truths(conn: Connection, project: Project, shape: Shape) -> None:
    conn.execute(delete(planted_truths).where(planted_truths.c.project_id == project.id))
    rows = [{"project_id": project.id} | truth for truth in truths(shape)]
    conn.execute(insert(planted_truths), rows)


def _store(conn: Connection, project: Project, shape: Shape, day: int, chunk: pa.Table) -> int:
    """One transaction of the writer; waiting for the disk each time would only cost time."""
    if len(chunk) == 0:
        return 0
    conn.execute(text("SET LOCAL synchronous_commit = off"))
    entry = _ledger_entry(project, shape, day, chunk)
    batch_id = conn.execute(insert(ledger).values(entry).returning(ledger.c.batch_id)).scalar_one()
    copy_events(conn, project.id, batch_id, chunk)
    return len(chunk)


def _ledger_entry(project: Project, shape: Shape, day: int, chunk: pa.Table) -> dict[str, object]:
    rng = np.random.default_rng([shape.seed, 3, day])
    fates = {fate: int(rng.binomial(len(chunk), share)) for fate, share in FATES.items()}
    times = pc.min_max(chunk["occurred_at"]).as_py()
    return {
        "project_id": project.id,
        "received_at": min(shape.instant(day + 1) - timedelta(seconds=1), shape.now),
        "accepted": len(chunk),
        "outcomes": {"accepted": len(chunk)} | {fate: n for fate, n in fates.items() if n},
        "first_at": times["min"],
        "last_at": times["max"],
    }


def copy_events(conn: Connection, project_id: int, batch_id: int, chunk: pa.Table) -> None:
    """COPY a chunk into the table of events."""
    constant = {"project_id": project_id, "batch_id": batch_id}
    columns = list(constant) + chunk.column_names
    texts = [name for name in columns if str(events_table.c[name].type) == "TEXT"]
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({}))").format(
        sql.Identifier(events_table.name), _names(columns), _names(texts)
    )
    driver = cast(PsycopgConnection, conn.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(chunk), SLICE):
            copy.write(_as_csv(chunk.slice(start, SLICE), constant))


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in columns)


def _as_csv(rows: pa.Table, constant: dict[str, int]) -> memoryview:
    columns = {name: pa.repeat(value, len(rows)) for name, value in constant.items()}
    for name in rows.column_names:
        column = rows[name]
        columns[name] = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    out = BytesIO()
    csv.write_csv(pa.table(columns), out, csv.WriteOptions(include_header=False))
    return out.getbuffer()

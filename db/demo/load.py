"""Bring the demo's events into Postgres: COPY with a ledger row a day, as the writer does it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Engine, delete, insert, text

from db.access import Project
from db.audit import as_one_act
from db.demo import consenting
from db.demo.actors import population
from db.demo.business import keep_business
from db.demo.copying import copy_rows
from db.demo.experiments import keep_experiments, lived
from db.demo.feedback import crowd, hear, keep_feedback
from db.demo.keeping import keep
from db.demo.shape import Shape
from db.demo.systems import keep_systems
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
EVENTS_PER_COMMENT = 60


def fill(
    engine: Engine,
    project: Project,
    events: int = 200_000,
    seed: int = 7,
    days: int = 90,
    now: datetime | None = None,
    progress: Progress | None = None,
    comments: int | None = None,
) -> int:
    """Store about `events` events of the `days` days that end now, and the truths planted in them.

    Its people say about `comments` comments, or one to EVENTS_PER_COMMENT events. The same
    arguments give the same events, apart from their batches. Returns how many were stored; they
    are not rolled up yet. Raises BadSetting for a range without days or events.
    """
    check_size(events, days, comments)
    wanted = events // EVENTS_PER_COMMENT if comments is None else comments
    shape = Shape(events, seed, days, now or datetime.now(UTC), project.timezone)
    people = population(shape)
    with engine.begin() as conn, as_one_act(conn, "demo.fill", project.name, project.id):
        ensure_months(conn, (shape.date_of(day) for day in range(-1, days + 1)))
        _store_truths(conn, project, shape)
        consenting.keep(conn, project, shape)
        keep(conn, project, shape)
        keep_experiments(conn, project, shape)
        keep_business(conn, project, shape, people)
        keep_systems(conn, project, shape)
    ours, heard, stored = crowd(shape, people, wanted), [], 0
    for day, events in enumerate(_ahead(lived(shape))):
        with engine.begin() as conn:
            stored += _store(conn, project, shape, day, events)
        heard.append(hear(ours, day, events))
        if progress:
            progress(day + 1, days)
    with engine.begin() as conn, as_one_act(conn, "demo.fill", project.name, project.id):
        keep_feedback(conn, project, ours, heard)
    return stored


def check_size(events: int, days: int, comments: int | None) -> None:
    """Raise BadSetting where there can't be a demo of these."""
    if not 1 <= days <= LONGEST or events < days:
        raise BadSetting(f"Demo data has 1 to {LONGEST} days and at least one event a day.")
    if comments is not None and comments < 0:
        raise BadSetting("Demo data has no fewer than 0 comments.")


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
    copy_rows(conn, events_table, {"project_id": project.id, "batch_id": batch_id}, chunk)
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

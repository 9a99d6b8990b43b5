"""Experiments are counted every minute, beside the worker: exposures, and outcomes that are due."""

import math
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine, Row, Text, cast, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from analytics.experiments.definition import Metric, metrics_of
from db.access import Project, list_projects
from db.errors import LooplensError
from db.tables import experiments
from jobs.beside import Beside
from jobs.outcomes import LATE, Counting, count_experiment
from jobs.recounting import Asked, asked, settle

EVERY = timedelta(minutes=1)
RESTS = 10  # times as long as counting took: of a large experiment, a tenth of a core is enough

Due = tuple[Counting, tuple[Metric, ...]]
log = structlog.get_logger()


class ExperimentCounter(Beside):
    """Counts beside the worker, so that rollups do not wait; Postgres does the work.

    What a pass that is stopped has not counted is counted by the next.
    """

    def __init__(self) -> None:
        super().__init__(self._count, math.inf)
        self._stopping = threading.Event()
        self._rest_until: dict[int, float] = {}  # by experiment

    def stop(self) -> None:
        """End the pass with the experiment that it is at."""
        self._stopping.set()
        super().stop()

    def _count(self, engine: Engine) -> None:
        for counting, metrics in due(engine, datetime.now(UTC)):
            started = time.monotonic()
            if self._stopping.is_set():
                return
            if started < self._rest_until.get(counting.experiment_id, 0.0):
                continue
            _count_one(engine, counting, metrics)
            ended = time.monotonic()
            self._rest_until[counting.experiment_id] = ended + RESTS * (ended - started)


def count(engine: Engine, now: datetime | None = None) -> int:
    """Count all experiments that are due; returns how many were counted."""
    found = due(engine, now or datetime.now(UTC))
    return sum(_count_one(engine, counting, metrics) for counting, metrics in found)


def due(engine: Engine, now: datetime) -> list[Due]:
    """The experiments to count as of `now`, longest ago first, with their metrics.

    One that was stopped is counted until its last windows, and what comes late, are over; then
    only where a recount is asked for.
    """
    with engine.connect() as conn:
        again = asked(conn)
        rows = _not_counted_since(conn, now - EVERY)
        projects = {project.id: project for project in list_projects(conn)} if rows else {}
    read = [(row, _metrics(row)) for row in rows]
    return [
        (_counting(projects[row.project_id], row, now, again.get(row.id, ())), metrics)
        for row, metrics in read
        if row.id in again or not _is_over(row, metrics)
    ]


def _not_counted_since(conn: Connection, moment: datetime) -> Sequence[Row[tuple[object, ...]]]:
    e = experiments.c
    query = select(
        e.id, e.project_id, e.stopped_at, e.counted_at, cast(e.metrics, Text).label("metrics")
    ).where(
        e.kind == "experiment",
        e.started_at.is_not(None),
        or_(e.counted_at.is_(None), e.counted_at <= moment),
    )
    return conn.execute(query.order_by(e.counted_at.asc().nulls_first(), e.id)).all()


def _metrics(row: Row[tuple[object, ...]]) -> tuple[Metric, ...]:
    """The metrics of an experiment; none where they can't be read, so that others are counted."""
    try:
        return metrics_of(row.metrics)
    except LooplensError as error:
        log.warning("metrics can't be read", experiment=row.id, error=type(error).__name__)
        return ()


def _is_over(row: Row[tuple[object, ...]], metrics: tuple[Metric, ...]) -> bool:
    if row.stopped_at is None or row.counted_at is None:
        return False
    longest = max((metric.window_days for metric in metrics), default=0)
    over: bool = row.counted_at > row.stopped_at + timedelta(days=longest) + LATE
    return over


def _counting(
    project: Project, row: Row[tuple[object, ...]], now: datetime, again: Sequence[Asked]
) -> Counting:
    return Counting(project, row.id, row.counted_at, now, again)


def _count_one(engine: Engine, counting: Counting, metrics: tuple[Metric, ...]) -> bool:
    """Whether one experiment could be counted; another's failure does not keep it from being so."""
    try:
        count_experiment(engine, counting, metrics)
        with engine.begin() as conn:
            settle(conn, [each.id for each in counting.again])
            _mark(conn, counting)
    except (LooplensError, SQLAlchemyError) as error:
        about = counting.experiment_id
        log.warning("an experiment was not counted", experiment=about, error=type(error).__name__)
        return False
    return True


def _mark(conn: Connection, counting: Counting) -> None:
    """Remember it, unless somebody asked meanwhile that all be counted anew."""
    e = experiments.c
    seen = e.counted_at.is_not_distinct_from(counting.counted_at)
    counted = update(experiments).where(e.id == counting.experiment_id, seen)
    conn.execute(counted.values(counted_at=counting.now))

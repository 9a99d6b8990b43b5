"""The sums of an experiment's outcomes: the days that may have changed are counted anew.

A day is replaced as a whole, so that counting twice changes nothing, and a worker may be killed at
any moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, delete, func, insert, literal, select

from analytics.experiments.definition import Metric
from analytics.experiments.outcomes.exposed import around, exposed, exposure_days, ripe_days
from analytics.experiments.outcomes.people import outcomes_of
from analytics.experiments.outcomes.sums import by_every_dimension
from analytics.filters import Filters, add_months
from analytics.scope import Viewer
from analytics.segments.counting import today
from db.access import Project
from db.tables import exposure_days as exposure_days_table
from db.tables import outcome_days

LATE = timedelta(days=3)  # events that come later than that change no outcome any more
COUNTING_LOCK = 7_008  # with an experiment: one worker counts it at a time
LONGEST = "20min"  # then a statement is ended, as one that hangs


@dataclass(frozen=True, slots=True)
class Counting:
    """An experiment that is counted as of `now`; `counted_at` is when it was before, if it was."""

    project: Project
    experiment_id: int
    counted_at: datetime | None
    now: datetime

    @property
    def filters(self) -> Filters:
        """The project at that moment."""
        return today(self.project, self.now)

    @property
    def viewer(self) -> Viewer:
        """The worker, who may see what it counts."""
        return Viewer(None, "", "admin", frozenset({self.project.id}))


def count_experiment(engine: Engine, counting: Counting, metrics: Sequence[Metric]) -> None:
    """Count exposures and every metric, each in a transaction of its own."""
    with engine.begin() as conn:
        _begin(conn, counting)
        count_exposures(conn, counting)
    for metric in metrics:
        with engine.begin() as conn:
            _begin(conn, counting)
            count_outcomes(conn, counting, metric)


def _begin(conn: Connection, counting: Counting) -> None:
    """One worker counts an experiment at a time, on one core, as long as it is allowed to take."""
    for name, value in (("max_parallel_workers_per_gather", "0"), ("statement_timeout", LONGEST)):
        conn.execute(select(func.set_config(name, value, True)))
    conn.execute(select(func.pg_advisory_xact_lock(COUNTING_LOCK, counting.experiment_id)))


def count_exposures(conn: Connection, counting: Counting) -> None:
    """Count those exposed and those seen in two variants, on the days that may have changed."""
    days = _days(conn, counting, 0)
    if days:
        theirs = (counting.viewer, counting.filters, counting.experiment_id)
        counted = exposure_days(*theirs, days=days)
        _replace(conn, exposure_days_table, counting, days, {}, counted)


def count_outcomes(conn: Connection, counting: Counting, metric: Metric) -> None:
    """Sum up the outcomes of the windows that ended on the days that may have changed."""
    days = _days(conn, counting, metric.window_days)
    if not days:
        return
    viewer, filters = counting.viewer, counting.filters
    people = exposed(viewer, filters, counting.experiment_id, metric.window_days, days=days)
    outcomes = outcomes_of(viewer, around(filters, days, metric.window_days), people, metric)
    counted = by_every_dimension(viewer, filters, outcomes)
    _replace(conn, outcome_days, counting, days, {"metric": metric.id}, counted)


def _days(conn: Connection, counting: Counting, window_days: int) -> list[date]:
    """The days on which windows ended whose sums may have changed since they were counted.

    Those are all days at first, later the last few and those of whoever was then found in a second
    variant. Days of which events are past their retention stay as they were counted.
    """
    ask = (conn, counting.viewer, counting.filters, counting.experiment_id, window_days)
    kept_from = _kept_from(counting, window_days)
    if counting.counted_at is None:
        return [day for day in ripe_days(*ask) if day >= kept_from]
    since = counting.counted_at - LATE
    start = since.astimezone(counting.filters.tz).date()
    recent = [start + timedelta(n) for n in range((counting.filters.today - start).days + 1)]
    days = {*recent, *ripe_days(*ask, mixed_since=since)}
    return sorted(day for day in days if day >= kept_from)


def _kept_from(counting: Counting, window_days: int) -> date:
    """The first day of which all events are still there, also those before the exposure."""
    months = counting.project.retention_months
    if months is None:
        return date.min
    oldest = add_months(counting.filters.today, -months)
    return oldest + timedelta(days=2 * window_days + 1)


def _replace(
    conn: Connection,
    table: Table,
    counting: Counting,
    days: Sequence[date],
    which: dict[str, Any],
    counted: Select[Any],
) -> None:
    """Put what was counted in the place of these days."""
    ours = {"experiment_id": counting.experiment_id, **which}
    conn.execute(
        delete(table)
        .where(*(table.c[name] == value for name, value in ours.items()))
        .where(table.c.day.in_(days))
    )
    new = counted.subquery("new")
    fixed = ours | {"project_id": counting.project.id}
    values = [literal(value).label(name) for name, value in fixed.items()]
    conn.execute(insert(table).from_select([*fixed, *new.c.keys()], select(*values, *new.c)))

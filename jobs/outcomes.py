"""The sums of an experiment's outcomes: the days that may have changed are counted anew.

A day is replaced as a whole, so that counting twice changes nothing, and a worker may be killed at
any moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
)

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


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows by day that are kept of one thing."""

    table: Table
    which: dict[str, int]

    @property
    def is_ours(self) -> ColumnElement[bool]:
        """The condition for them."""
        return and_(*(self.table.c[name] == value for name, value in self.which.items()))

    def days(self, conn: Connection) -> set[date]:
        """The days that have any."""
        return set(conn.execute(select(self.table.c.day).where(self.is_ours)).scalars())


def count_experiment(engine: Engine, counting: Counting, metrics: Sequence[Metric]) -> None:
    """Count exposures and every metric, each in a transaction of its own."""
    with engine.begin() as conn:
        _begin(conn, counting)
        count_exposures(conn, counting)
    for metric in metrics:
        with engine.begin() as conn:
            _begin(conn, counting)
            count_outcomes(conn, counting, metric)


def count_exposures(conn: Connection, counting: Counting) -> None:
    """Count those exposed and those seen in two variants, on the days that may have changed."""
    kept = Kept(exposure_days_table, {"experiment_id": counting.experiment_id})
    days = _days(conn, counting, kept, 0)
    if days:
        theirs = (counting.viewer, counting.filters, counting.experiment_id)
        _replace(conn, counting, kept, days, exposure_days(*theirs, days=days))


def count_outcomes(conn: Connection, counting: Counting, metric: Metric) -> None:
    """Sum up the outcomes of the windows that ended on the days that may have changed."""
    which = {"experiment_id": counting.experiment_id, "metric": metric.id}
    kept = Kept(outcome_days, which)
    days = _days(conn, counting, kept, metric.window_days)
    if not days:
        return
    viewer, filters = counting.viewer, counting.filters
    people = exposed(viewer, filters, counting.experiment_id, metric.window_days, days=days)
    outcomes = outcomes_of(viewer, around(filters, days, metric.window_days), people, metric)
    _replace(conn, counting, kept, days, by_every_dimension(viewer, filters, outcomes))


def _begin(conn: Connection, counting: Counting) -> None:
    """One worker counts an experiment at a time, on one core, as long as it is allowed to take."""
    for name, value in (("max_parallel_workers_per_gather", "0"), ("statement_timeout", LONGEST)):
        conn.execute(select(func.set_config(name, value, True)))
    conn.execute(select(func.pg_advisory_xact_lock(COUNTING_LOCK, counting.experiment_id)))


def _days(conn: Connection, counting: Counting, kept: Kept, window_days: int) -> list[date]:
    """The days on which windows ended whose sums may have changed since they were counted.

    Those are all days at first, later the last few and those of whoever was then found in a second
    variant. Days of which events are past their retention stay as they were counted.
    """
    ask = (conn, counting.viewer, counting.filters, counting.experiment_id, window_days)
    kept_from = _kept_from(counting, window_days)
    if counting.counted_at is None:
        days = {*ripe_days(*ask), *kept.days(conn)}
    else:
        since = counting.counted_at - LATE
        start = since.astimezone(counting.filters.tz).date()
        number = (counting.filters.today - start).days + 1
        recent = (start + timedelta(days=n) for n in range(number))
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
    conn: Connection, counting: Counting, kept: Kept, days: Sequence[date], counted: Select[Any]
) -> None:
    """Put what was counted in the place of these days."""
    conn.execute(delete(kept.table).where(kept.is_ours, kept.table.c.day.in_(days)))
    new = counted.subquery("new")
    fixed = kept.which | {"project_id": counting.project.id}
    values = [literal(value).label(name) for name, value in fixed.items()]
    query = select(*values, *new.c)
    conn.execute(insert(kept.table).from_select([*fixed, *new.c.keys()], query))

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
from jobs.forgetting import MONTHS
from jobs.recounting import Asked

LATE = timedelta(days=3)  # events that come later than that change no outcome any more
COUNTING_LOCK = 7_008  # with an experiment: one worker counts it at a time
LONGEST = "20min"  # then a statement is ended, as one that hangs


@dataclass(frozen=True, slots=True)
class Counting:
    """An experiment that is counted as of `now`; `counted_at` is when it was before, if it was.

    `again` are exposures whose days are counted anew, however long ago they were.
    """

    project: Project
    experiment_id: int
    counted_at: datetime | None
    now: datetime
    again: Sequence[Asked] = ()

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
    days = _days(conn, counting, kept, 0, counting.project.retention_months)
    theirs = (counting.viewer, counting.filters, counting.experiment_id)
    for some in runs(days, apart=1):
        _replace(conn, counting, kept, some, exposure_days(*theirs, days=some))


def count_outcomes(conn: Connection, counting: Counting, metric: Metric) -> None:
    """Sum up the outcomes of the windows that ended on the days that may have changed."""
    which = {"experiment_id": counting.experiment_id, "metric": metric.id}
    kept = Kept(outcome_days, which)
    window = metric.window_days
    viewer, filters = counting.viewer, counting.filters
    days = _days(conn, counting, kept, window, _months_kept(counting, metric))
    for some in runs(days, apart=2 * window + 3):
        people = exposed(viewer, filters, counting.experiment_id, window, days=some)
        outcomes = outcomes_of(viewer, around(filters, some, window), people, metric)
        _replace(conn, counting, kept, some, by_every_dimension(viewer, filters, outcomes))


def runs(days: Sequence[date], apart: int) -> list[list[date]]:
    """Days in order, cut where so many or more lie between, to read no more than needed."""
    found: list[list[date]] = []
    for day in days:
        if found and day - found[-1][-1] < timedelta(days=apart + 1):
            found[-1].append(day)
        else:
            found.append([day])
    return found


def _begin(conn: Connection, counting: Counting) -> None:
    """One worker counts an experiment at a time, on one core, as long as it is allowed to take."""
    for name, value in (("max_parallel_workers_per_gather", "0"), ("statement_timeout", LONGEST)):
        conn.execute(select(func.set_config(name, value, True)))
    conn.execute(select(func.pg_advisory_xact_lock(COUNTING_LOCK, counting.experiment_id)))


def _days(
    conn: Connection, counting: Counting, kept: Kept, window_days: int, months: int | None
) -> list[date]:
    """The days on which windows ended whose sums may have changed since they were counted.

    Those are all days at first, later the last few and those for which a recount is asked for. Days
    of which anything is past the months that it is kept stay as they were counted.
    """
    kept_from = _kept_from(counting, window_days, months)
    if counting.counted_at is None:
        ask = (conn, counting.viewer, counting.filters, counting.experiment_id, window_days)
        days = {*ripe_days(*ask), *kept.days(conn)}
    else:
        start = (counting.counted_at - LATE).astimezone(counting.filters.tz).date()
        number = (counting.filters.today - start).days + 1
        recent = (start + timedelta(days=n) for n in range(number))
        days = {*recent, *_asked_days(counting, window_days)}
    return sorted(day for day in days if day >= kept_from)


def _asked_days(counting: Counting, window_days: int) -> set[date]:
    """The days by now on which the windows of these exposures ended."""
    ends = (each.exposed_at + timedelta(days=window_days) for each in counting.again)
    zone = counting.filters.tz
    return {end.astimezone(zone).date() for end in ends if end <= counting.now}


def _months_kept(counting: Counting, metric: Metric) -> int | None:
    """For how long all is known that this metric is made of."""
    months = counting.project.retention_months
    return min(MONTHS, months or MONTHS) if metric.is_of_feedback else months


def _kept_from(counting: Counting, window_days: int, months: int | None) -> date:
    """The first day of which all is still there, also what was before the exposure."""
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

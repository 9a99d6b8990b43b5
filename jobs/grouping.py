"""What each rollup adds of the events of a pass: counted by its key."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Select,
    Text,
    cast,
    func,
    literal,
    select,
    true,
    values,
)

from db.tables import DIMENSIONS, cells
from jobs.rolling import rolling

MINUTES_KEPT = timedelta(days=31)  # so that a rule can be tried out on a month
ONE_MINUTE = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOBODY = 0  # the actor_key of anonymous projects


def _count() -> ColumnElement[int]:
    return func.count().label("n")


def _failures() -> ColumnElement[int]:
    return func.sum(rolling.c.failed).label("failures")


def _grouped(*keys: str) -> Select[Any]:
    chosen = [rolling.c[key] for key in keys]
    return select(*chosen).group_by(*chosen)


def by_hour() -> Select[Any]:
    """What `event_hour` adds: counts, failures, and the sums of durations (µs) and values."""
    r = rolling.c
    return _grouped("project_id", "hour", "kind_id").add_columns(
        _count(),
        _failures(),
        func.count(r.duration_us).label("timed"),
        func.coalesce(func.sum(r.duration_us), 0).label("duration_us"),
        func.coalesce(func.sum(r.value), 0).label("value_sum"),
    )


def by_minute() -> Select[Any]:
    """What `event_minutes` adds: counts and failures by name, of the minutes that it keeps."""
    r = rolling.c
    minute = func.date_bin(ONE_MINUTE, r.occurred_at, EPOCH).label("minute")
    keys = (r.project_id, minute, r.name)
    counted = select(*keys, _count(), _failures()).group_by(*keys)
    return counted.where(r.occurred_at >= oldest_minute(func.now()))


def oldest_minute(now: Any) -> ColumnElement[datetime]:
    """SQL for the first minute that is kept of events."""
    return func.date_bin(ONE_MINUTE, now - MINUTES_KEPT, EPOCH)


def by_duration(*keys: str) -> Select[Any]:
    """The timed events, counted by these keys."""
    return _grouped(*keys).add_columns(_count()).where(rolling.c.duration_us.is_not(None))


def by_duration_and_value() -> Select[Any]:
    """What `duration_value_day` adds: each timed event once for each dimension, by its value."""
    timed = by_duration("project_id", "day", "cell_id", "bin").subquery("timed")
    pairs = values(Column("dimension", Text), Column("value", Text), name="pairs")
    each = pairs.data([(literal(name), cells.c[name]) for name in DIMENSIONS]).lateral()
    keys = (timed.c.project_id, timed.c.day, each.c.dimension, each.c.value, timed.c.bin)
    counted = select(*keys, cast(func.sum(timed.c.n), BigInteger).label("n")).group_by(*keys)
    return counted.join(cells, cells.c.id == timed.c.cell_id).join(each, true())


def by_kind_and_cell() -> Select[Any]:
    """What `event_day` adds: counts and failures."""
    return _grouped("project_id", "day", "kind_id", "cell_id").add_columns(_count(), _failures())


def by_cell() -> Select[Any]:
    """What `cell_day` adds: counts, failures, and first uses of a day, week and month."""
    first = [
        func.count().filter(rolling.c.first_use.op("&")(bit) != 0).label(name)
        for name, bit in (("first_day", 1), ("first_week", 2), ("first_month", 4))
    ]
    keys = ("project_id", "day", "cell_id")
    return _grouped(*keys).add_columns(_count(), _failures(), *first)


def by_actor_day() -> Select[Any]:
    """What `actor_day` adds: counts and failures of everybody who is known."""
    return _of_somebody("project_id", "day", "actor_key", "cell_id")


def by_actor_event() -> Select[Any]:
    """What `actor_event_day` adds: counts and failures of everybody who is known."""
    return _of_somebody("project_id", "day", "kind_id", "actor_key", "cell_id")


def _of_somebody(*keys: str) -> Select[Any]:
    counted = _grouped(*keys).add_columns(_count(), _failures())
    return counted.where(rolling.c.actor_key != NOBODY)


def by_session() -> Select[Any]:
    """What `session_day` adds: counts of the events that have a session."""
    keys = ("project_id", "day", "session_key", "actor_key", "cell_id")
    grouped = _grouped(*keys).add_columns(_count())
    return grouped.where(rolling.c.session_key.is_not(None))

"""Failures: the events of a pass that went wrong, grouped by what seems to have caused them."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    func,
    insert,
    literal,
    select,
)

from analytics.operations.errors.causes import fingerprint, masked
from db.tables import Instant, cells, kinds
from jobs.grouping import NOBODY
from jobs.rolling import rolling

LONGEST_TITLE = 200  # characters

# The failures of a pass, each with the fingerprint of its cause.
failing = Table(
    "failing",
    MetaData(),
    Column("project_id", Integer),
    Column("fingerprint", BigInteger),
    Column("hour", Instant),
    Column("day", Date),
    Column("actor_key", BigInteger),
    Column("occurred_at", Instant),
    Column("app_version", Text),
    Column("error_type", Text),
    Column("title", Text),
    Column("name", Text),
    Column("subject", Text),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def gather_failures(conn: Connection) -> bool:
    """Put the failures of the pass into `failing`; where there is none, make no table: False."""
    failed = select(rolling).where(_went_wrong())
    if not conn.execute(select(failed.exists())).scalar_one():
        return False
    failing.create(conn)
    conn.execute(insert(failing).from_select([column.name for column in failing.c], _caused()))
    return True


def by_cause_and_hour() -> Select[Any]:
    """What `error_hours` adds: failures by cause and release."""
    return _counted("project_id", "hour", "fingerprint", "app_version")


def by_cause_and_person() -> Select[Any]:
    """What `error_people` adds: failures by cause of everybody who is known."""
    counted = _counted("project_id", "day", "fingerprint", "actor_key")
    return counted.where(failing.c.actor_key != NOBODY)


def _went_wrong() -> ColumnElement[bool]:
    return rolling.c.error_type.is_not(None)


def _counted(*keys: str) -> Select[Any]:
    chosen = [failing.c[key] for key in keys]
    return select(*chosen, func.count().label("n")).group_by(*chosen)


def _caused() -> Select[Any]:
    """The failures in the columns of `failing`."""
    t = _told().cte("told").prefix_with("MATERIALIZED")
    c = t.c
    what = func.coalesce(func.nullif(c.error_type, ""), c.name + literal(" failed"))
    unsaid = func.concat_ws(" in ", what, func.nullif(c.subject, ""))
    title = func.coalesce(func.nullif(c.masked, ""), unsaid)
    named = {
        "fingerprint": fingerprint(c, c.masked, c.given),
        "title": func.left(title, LONGEST_TITLE),
    }
    names = [column.name for column in failing.c]
    return select(*(named[name] if name in named else c[name] for name in names))


def _told() -> Select[Any]:
    """What is known of each failure, with its message masked."""
    r = rolling.c
    return (
        select(
            *(r[name] for name in ("project_id", "hour", "day", "actor_key", "occurred_at")),
            cells.c.app_version,
            r.error_type,
            r.given,
            kinds.c.name,
            kinds.c.subject,
            masked(r.message).label("masked"),
        )
        .join_from(rolling, kinds, kinds.c.id == r.kind_id)
        .join(cells, cells.c.id == r.cell_id)
        .where(_went_wrong())
    )

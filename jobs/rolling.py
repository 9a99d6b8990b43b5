"""The events of a pass in a table of their own, looked up in the dictionaries, which learn."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    MetaData,
    Numeric,
    Select,
    SmallInteger,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql

from analytics.measures.durations import bin_of
from analytics.operations.errors.causes import given, has_failed, said
from db.locks import LEARNING_LOCK
from db.tables import DIMENSIONS, EXPOSURE, Instant, cells, events, kinds, projects

# The events of a pass, with the keys of the dictionaries in place of their texts.
rolling = Table(
    "rolling",
    MetaData(),
    Column("project_id", Integer),
    Column("actor_key", BigInteger),
    Column("session_key", BigInteger),
    Column("occurred_at", Instant),
    Column("hour", Instant),
    Column("day", Date),
    Column("kind_id", Integer),
    Column("cell_id", Integer),
    Column("failed", SmallInteger),
    Column("name", Text),
    Column("first_use", SmallInteger),
    Column("duration_us", BigInteger),
    Column("bin", SmallInteger),
    Column("value", Numeric),
    Column("variant", Text),  # of exposures to experiments, null of all else
    Column("error_type", Text),  # of failures, null of all else; so are the next two
    Column("message", Text),
    Column("given", Text),  # what its client says tells the failure's cause
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def fill(conn: Connection, which: ColumnElement[bool]) -> None:
    """Look the events' texts up in the dictionaries, which learn what they lack.

    One transaction at a time learns cells, so that nobody sees an id before a lower one: who has
    read them reads on from there (`analytics.measures.cells`).
    """
    filling = insert(rolling).from_select([column.name for column in rolling.c], _keyed(which))
    with joined_by_hash(conn):
        conn.execute(filling)
        new_kinds, new_cells = conn.execute(select(_lacks("kind_id"), _lacks("cell_id"))).one()
        if new_kinds:
            _learn(conn, kinds, ("project_id", "name", "subject"), which)
        if new_cells:
            conn.execute(select(func.pg_advisory_xact_lock(LEARNING_LOCK)))
            _learn(conn, cells, ("project_id", *DIMENSIONS), which)
        if new_kinds or new_cells:
            conn.execute(delete(rolling))
            conn.execute(filling)


def _lacks(column: str) -> ColumnElement[bool]:
    return select(rolling.c[column]).where(rolling.c[column].is_(None)).exists()


@contextmanager
def joined_by_hash(conn: Connection) -> Iterator[None]:
    """Have Postgres join by hash alone what the block asks for.

    It takes the columns of a dictionary's key for independent and expects next to no match. So it
    would loop over the dictionary for each event, eight times the time of a hash join; or merge by
    the project alone and compare each event with each row, a thousand times.
    """
    _allow(conn, "off")
    yield
    _allow(conn, "on")


def _allow(conn: Connection, state: str) -> None:
    """Say of the other two ways to join whether they are on, until the transaction ends."""
    ways = (func.set_config(f"enable_{way}", state, True) for way in ("nestloop", "mergejoin"))
    conn.execute(select(*ways))


def _learn(
    conn: Connection, table: Table, names: tuple[str, ...], which: ColumnElement[bool]
) -> None:
    """Give an id to the texts that the dictionary lacks."""
    seen = select(*(events.c[name] for name in names)).where(which).distinct().subquery()
    known = and_(*(table.c[name] == seen.c[name] for name in names))
    new = select(seen).where(~select(literal(1)).where(known).exists()).order_by(*seen.c)
    added = postgresql.insert(table).from_select(list(names), new)
    conn.execute(added.on_conflict_do_nothing())


def _keyed(which: ColumnElement[bool]) -> Select[Any]:
    """The events with hour and day in their project's zone, and with ids for their texts."""
    e, zone = events.c, projects.c.timezone
    local = func.timezone(zone, e.occurred_at)
    exposure = and_(e.name == EXPOSURE, e.purpose == "features")
    return (
        select(
            e.project_id,
            e.actor_key,
            e.session_key,
            e.occurred_at,
            func.date_trunc("hour", e.occurred_at, zone),
            cast(local, Date),
            kinds.c.id,
            cells.c.id,
            cast(~e.ok, Integer),
            e.name,
            e.first_use,
            cast(func.round(e.duration_ms * 1000), BigInteger),
            cast(bin_of(e.duration_ms), SmallInteger),
            cast(e.value, Numeric),
            case((exposure, e.properties["variant"].astext)),
            *_of_failures(),
        )
        .join(projects, projects.c.id == e.project_id)
        .outerjoin(kinds, _same(kinds, ("project_id", "name", "subject")))
        .outerjoin(cells, _same(cells, ("project_id", *DIMENSIONS)))
        .where(which)
    )


def _of_failures() -> list[ColumnElement[Any]]:
    """Type, message and given cause of what failed, null of all else."""
    told = (events.c.error_type, said(events.c), given(events.c))
    return [case((has_failed(events.c), one)) for one in told]


def _same(table: Table, names: tuple[str, ...]) -> ColumnElement[bool]:
    return and_(*(table.c[name] == events.c[name] for name in names))

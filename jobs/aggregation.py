"""Aggregation: chosen events added to every rollup, or with sign -1 taken out, by the same SQL.

Adding is linear: what a rollup holds is a sum over events, whatever the batches that they came in.
"""

from typing import Any

from sqlalchemy import (
    CTE,
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
    or_,
    select,
    text,
    true,
    union_all,
    values,
)
from sqlalchemy.dialects import postgresql

from analytics.measures.durations import bin_of
from db.tables import (
    DIMENSIONS,
    Instant,
    actor,
    actor_day,
    actor_event_day,
    cell_day,
    cells,
    duration_bin,
    duration_value_day,
    event_day,
    event_hour,
    events,
    kinds,
    projects,
    session_day,
)
from jobs.packing import pack_events, packing

NOBODY = 0  # the actor_key of anonymous projects

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
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def add(conn: Connection, which: ColumnElement[bool], sign: int) -> None:
    """Add the chosen events to all rollups, or with sign -1 take them out.

    Packs only gain by it: what is taken out of rollups, `forget` and `repack` take out of them.
    """
    rolling.create(conn)
    _fill_rolling(conn, which)
    upsert(conn, event_hour, _by_hour(), sign)
    upsert(conn, duration_bin, _by_duration("project_id", "hour", "kind_id", "bin"), sign)
    upsert(conn, duration_value_day, _by_duration_and_value(), sign)
    upsert(conn, event_day, _by_kind_and_cell(), sign, packed_as="event")
    upsert(conn, cell_day, _by_cell(), sign, packed_as="cell")
    upsert(conn, actor_day, _by_actor_day(), sign, packed_as="actor")
    upsert(conn, actor_event_day, _by_actor_event(), sign, packed_as="actor_event")
    upsert(conn, session_day, _by_session(), sign, packed_as="session")
    _upsert_actors(conn, sign)
    if sign > 0:
        pack_events(conn, rolling)
    rolling.drop(conn)


def _fill_rolling(conn: Connection, which: ColumnElement[bool]) -> None:
    """Look the events' texts up in the dictionaries, which learn what they lack.

    Postgres takes the columns of a dictionary's key for independent, expects next to no match and
    would loop over the dictionary for each event: eight times the time of a hash join.
    """
    filling = insert(rolling).from_select([column.name for column in rolling.c], _keyed(which))
    unknown = select(rolling).where(or_(rolling.c.kind_id.is_(None), rolling.c.cell_id.is_(None)))
    conn.execute(text("SET LOCAL enable_nestloop = off"))
    conn.execute(filling)
    if conn.execute(select(unknown.exists())).scalar_one():
        _learn(conn, kinds, ("project_id", "name", "subject"), which)
        _learn(conn, cells, ("project_id", *DIMENSIONS), which)
        conn.execute(delete(rolling))
        conn.execute(filling)
    conn.execute(text("SET LOCAL enable_nestloop = on"))


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
        )
        .join(projects, projects.c.id == e.project_id)
        .outerjoin(kinds, _same(kinds, ("project_id", "name", "subject")))
        .outerjoin(cells, _same(cells, ("project_id", *DIMENSIONS)))
        .where(which)
    )


def _same(table: Table, names: tuple[str, ...]) -> ColumnElement[bool]:
    return and_(*(table.c[name] == events.c[name] for name in names))


def _count() -> ColumnElement[int]:
    return func.count().label("n")


def _failures() -> ColumnElement[int]:
    return func.sum(rolling.c.failed).label("failures")


def _grouped(*keys: str) -> Select[Any]:
    chosen = [rolling.c[key] for key in keys]
    return select(*chosen).group_by(*chosen)


def _by_hour() -> Select[Any]:
    r = rolling.c
    return _grouped("project_id", "hour", "kind_id").add_columns(
        _count(),
        _failures(),
        func.count(r.duration_us).label("timed"),
        func.coalesce(func.sum(r.duration_us), 0).label("duration_us"),
        func.coalesce(func.sum(r.value), 0).label("value_sum"),
    )


def _by_duration(*keys: str) -> Select[Any]:
    return _grouped(*keys).add_columns(_count()).where(rolling.c.duration_us.is_not(None))


def _by_duration_and_value() -> Select[Any]:
    """Every timed event once for each dimension, with its value of it."""
    timed = _by_duration("project_id", "day", "cell_id", "bin").subquery("timed")
    pairs = values(Column("dimension", Text), Column("value", Text), name="pairs")
    each = pairs.data([(literal(name), cells.c[name]) for name in DIMENSIONS]).lateral()
    keys = (timed.c.project_id, timed.c.day, each.c.dimension, each.c.value, timed.c.bin)
    counted = select(*keys, cast(func.sum(timed.c.n), BigInteger).label("n")).group_by(*keys)
    return counted.join(cells, cells.c.id == timed.c.cell_id).join(each, true())


def _by_kind_and_cell() -> Select[Any]:
    return _grouped("project_id", "day", "kind_id", "cell_id").add_columns(_count(), _failures())


def _by_cell() -> Select[Any]:
    first = [
        func.count().filter(rolling.c.first_use.op("&")(bit) != 0).label(name)
        for name, bit in (("first_day", 1), ("first_week", 2), ("first_month", 4))
    ]
    keys = ("project_id", "day", "cell_id")
    return _grouped(*keys).add_columns(_count(), _failures(), *first)


def _by_actor_day() -> Select[Any]:
    return _of_somebody("project_id", "day", "actor_key", "cell_id")


def _by_actor_event() -> Select[Any]:
    return _of_somebody("project_id", "day", "kind_id", "actor_key", "cell_id")


def _of_somebody(*keys: str) -> Select[Any]:
    counted = _grouped(*keys).add_columns(_count(), _failures())
    return counted.where(rolling.c.actor_key != NOBODY)


def _by_session() -> Select[Any]:
    keys = ("project_id", "day", "session_key", "actor_key", "cell_id")
    grouped = _grouped(*keys).add_columns(_count())
    return grouped.where(rolling.c.session_key.is_not(None))


def upsert(
    conn: Connection, table: Table, groups: Select[Any], sign: int, packed_as: str = ""
) -> None:
    """Add the groups to the table, in the order of its key, and forget rows that reach 0.

    What is added is packed too, under the name `packed_as`.
    """
    new = groups.cte("new")
    keys = [column.name for column in table.primary_key]
    measures = [column.name for column in new.c if column.name not in keys]
    signed = [new.c[key] for key in keys] + [new.c[name] * sign for name in measures]
    ordered = select(*signed).order_by(*(new.c[key] for key in keys))
    adding = postgresql.insert(table).from_select([*keys, *measures], ordered)
    summed = {name: table.c[name] + adding.excluded[name] for name in measures}
    adding = adding.on_conflict_do_update(index_elements=keys, set_=summed)
    if packed_as and sign > 0:
        conn.execute(packing(packed_as, new).add_cte(adding.cte("added")))
        return
    conn.execute(adding)
    if sign < 0:
        _forget_empty(conn, table, keys, new)


def _forget_empty(conn: Connection, table: Table, keys: list[str], touched: CTE) -> None:
    same = and_(*(table.c[key] == touched.c[key] for key in keys))
    conn.execute(delete(table).where(same, table.c.n == 0))


def _upsert_actors(conn: Connection, sign: int) -> None:
    """First and last sight aren't linear: a whole person is taken out, so their row just goes."""
    if sign < 0:
        gone = select(rolling.c.project_id, rolling.c.actor_key).distinct().subquery()
        same = and_(actor.c.project_id == gone.c.project_id, actor.c.actor_key == gone.c.actor_key)
        conn.execute(delete(actor).where(same))
        return
    adding = postgresql.insert(actor).from_select(
        ["project_id", "actor_key", "first_seen", "first_cell", "last_seen", "n"], _sightings()
    )
    new, old = adding.excluded, actor.c
    earlier = or_(
        new.first_seen < old.first_seen,
        and_(new.first_seen == old.first_seen, new.first_cell < old.first_cell),
    )
    changed = {
        "was_first_seen": old.first_seen,
        "was_first_cell": old.first_cell,
        "first_seen": func.least(old.first_seen, new.first_seen),
        "first_cell": case((earlier, new.first_cell), else_=old.first_cell),
        "last_seen": func.greatest(old.last_seen, new.last_seen),
        "n": old.n + new.n,
    }
    adding = adding.on_conflict_do_update(index_elements=["project_id", "actor_key"], set_=changed)
    conn.execute(packing("newcomer", _newcomers(adding.returning(actor).cte("seen")).subquery()))


def _newcomers(seen: CTE) -> Select[Any]:
    """By day and cell: who was first seen there, less those who were so until now."""
    s = seen.c
    moved = (s.was_first_seen != s.first_seen) | (s.was_first_cell != s.first_cell)
    first = select(
        s.project_id, s.first_seen.label("at"), s.first_cell.label("cell_id"), literal(1).label("n")
    )
    former = select(s.project_id, s.was_first_seen, s.was_first_cell, literal(-1)).where(moved)
    both = union_all(first.where(or_(s.was_first_seen.is_(None), moved)), former).subquery()
    day = cast(func.timezone(projects.c.timezone, both.c.at), Date).label("day")
    groups = (both.c.project_id, day, both.c.cell_id)
    counted = select(*groups, func.sum(both.c.n).label("n"))
    return counted.join(projects, projects.c.id == both.c.project_id).group_by(*groups)


def _sightings() -> Select[Any]:
    """Per actor: first sight and where it was (the lowest cell of that instant), last, count."""
    r = rolling.c
    earliest = postgresql.aggregate_order_by(r.cell_id, r.occurred_at, r.cell_id)
    return (
        select(
            r.project_id,
            r.actor_key,
            func.min(r.occurred_at),
            func.array_agg(earliest, type_=postgresql.ARRAY(Integer))[1],
            func.max(r.occurred_at),
            func.count(),
        )
        .where(r.actor_key != NOBODY)
        .group_by(r.project_id, r.actor_key)
        .order_by(r.project_id, r.actor_key)
    )


ROLLUPS = (
    event_hour,
    duration_bin,
    duration_value_day,
    event_day,
    cell_day,
    actor_day,
    actor_event_day,
    session_day,
    actor,
)

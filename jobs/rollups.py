"""Rollups: every stored batch is added exactly once to the tables that the dashboard reads.

A pass takes batches of the ledger that are not rolled, aggregates just their events and adds
them, in the transaction that marks the batches as rolled. Adding is linear: with sign -1 the same
statements take events out again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Date,
    Engine,
    Float,
    Integer,
    MetaData,
    Numeric,
    Select,
    SmallInteger,
    Subquery,
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
    true,
    update,
    values,
)
from sqlalchemy.dialects import postgresql

from db.tables import (
    BIN_GROWTH,
    DIMENSIONS,
    SHORTEST,
    Instant,
    actor,
    actor_day,
    actor_event_day,
    cell_day,
    cells,
    duration_bin,
    duration_day,
    duration_value_day,
    event_day,
    event_hour,
    events,
    intake_hour,
    kinds,
    ledger,
    projects,
    session_day,
)

EVENTS_A_PASS = 100_000
BATCHES_A_PASS = 2_000
NOBODY = 0  # the actor_key of anonymous projects
ERASING_LOCK = 7_003

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
    Column("failed", Integer),
    Column("first_use", SmallInteger),
    Column("duration_us", BigInteger),
    Column("bin", SmallInteger),
    Column("value", Numeric),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def roll(engine: Engine, most_events: int = EVENTS_A_PASS) -> int:
    """Roll some batches up in one transaction; returns how many, 0 when all are rolled."""
    with engine.begin() as conn:
        conn.execute(select(func.pg_advisory_xact_lock_shared(ERASING_LOCK)))
        batches = _claim(conn, most_events)
        if batches:
            _add(conn, _of_batches(batches), sign=1)
            _add_intake(conn, [batch.batch_id for batch in batches])
            _mark(conn, [batch.batch_id for batch in batches])
        return len(batches)


def erase(conn: Connection, project_id: int, actor_keys: Sequence[int]) -> int:
    """Take these actors out of the rollups and delete their events; returns how many events.

    What was not rolled yet is only deleted, and so never counted.
    """
    conn.execute(select(func.pg_advisory_xact_lock(ERASING_LOCK)))
    theirs = and_(events.c.project_id == project_id, events.c.actor_key.in_(actor_keys))
    rolled = events.c.batch_id.in_(select(ledger.c.batch_id).where(ledger.c.rolled_at.is_not(None)))
    _add(conn, and_(theirs, rolled), sign=-1)
    for table in (actor, actor_day, actor_event_day):  # what is left of days without raw events
        of_them = and_(table.c.project_id == project_id, table.c.actor_key.in_(actor_keys))
        conn.execute(delete(table).where(of_them))
    gone = delete(events).where(theirs).returning(literal(1))
    return len(conn.execute(gone).all())


def rebuild(conn: Connection, project_id: int) -> None:
    """Make a project's rollups anew from all of its raw events that are marked as rolled."""
    conn.execute(select(func.pg_advisory_xact_lock(ERASING_LOCK)))
    for table in ROLLUPS:
        conn.execute(delete(table).where(table.c.project_id == project_id))
    rolled = select(ledger.c.batch_id).where(
        ledger.c.project_id == project_id, ledger.c.rolled_at.is_not(None)
    )
    _add(conn, and_(events.c.project_id == project_id, events.c.batch_id.in_(rolled)), sign=1)


def waiting(engine: Engine) -> int:
    """How many batches are not rolled."""
    with engine.connect() as conn:
        unrolled = select(func.count()).where(ledger.c.rolled_at.is_(None))
        return conn.execute(unrolled).scalar_one()


# Which events ---------------------------------------------------------------------------------


def _claim(conn: Connection, most_events: int) -> Sequence[Any]:
    """The oldest batches that no other worker holds, up to a number of events."""
    free = (
        select(ledger.c.batch_id, ledger.c.accepted, ledger.c.first_at, ledger.c.last_at)
        .where(ledger.c.rolled_at.is_(None))
        .order_by(ledger.c.batch_id)
        .limit(BATCHES_A_PASS)
        .with_for_update(skip_locked=True)
    )
    claimed: list[Any] = []
    total = 0
    for row in conn.execute(free):
        if claimed and total + row.accepted > most_events:
            break
        claimed.append(row)
        total += row.accepted
    return claimed


def _of_batches(batches: Sequence[Any]) -> ColumnElement[bool]:
    """The events of these batches; the bounds in time spare the other partitions."""
    full = [batch for batch in batches if batch.accepted]
    ids = cast([batch.batch_id for batch in full], postgresql.ARRAY(BigInteger))
    chosen = events.c.batch_id == func.any(ids)
    if not full:
        return chosen
    first: datetime = min(batch.first_at for batch in full)
    last: datetime = max(batch.last_at for batch in full)
    return and_(chosen, events.c.occurred_at.between(first, last))


def _mark(conn: Connection, batch_ids: list[int]) -> None:
    conn.execute(
        update(ledger).where(ledger.c.batch_id.in_(batch_ids)).values(rolled_at=func.now())
    )


# Adding ---------------------------------------------------------------------------------------


def _add(conn: Connection, which: ColumnElement[bool], sign: int) -> None:
    """Add the chosen events to all rollups, or with sign -1 take them out."""
    _learn(conn, kinds, ("project_id", "name", "subject"), which)
    _learn(conn, cells, ("project_id", *DIMENSIONS), which)
    rolling.create(conn)
    conn.execute(insert(rolling).from_select([c.name for c in rolling.c], _keyed(which)))
    _upsert(conn, event_hour, _by_hour(), sign)
    _upsert(conn, duration_bin, _by_duration("project_id", "hour", "kind_id", "bin"), sign)
    _upsert(conn, duration_value_day, _by_duration_and_value(), sign)
    _upsert(conn, duration_day, _by_duration("project_id", "day", "cell_id", "bin"), sign)
    _upsert(conn, event_day, _by_kind_and_cell(), sign)
    _upsert(conn, cell_day, _by_cell(), sign)
    _upsert(conn, actor_day, _by_actor_day(), sign)
    _upsert(conn, actor_event_day, _by_actor_event(), sign)
    _upsert(conn, session_day, _by_session(), sign)
    _upsert_actors(conn, sign)
    rolling.drop(conn)


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
    milliseconds = func.greatest(e.duration_ms, SHORTEST)
    growth = func.ln(literal(BIN_GROWTH, Float))
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
            e.first_use,
            cast(func.round(e.duration_ms * 1000), BigInteger),
            cast(func.ceil(func.ln(milliseconds) / growth), SmallInteger),
            cast(e.value, Numeric),
        )
        .join(projects, projects.c.id == e.project_id)
        .join(kinds, _same(kinds, ("project_id", "name", "subject")))
        .join(cells, _same(cells, ("project_id", *DIMENSIONS)))
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
    return _of_somebody("project_id", "day", "kind_id", "actor_key")


def _of_somebody(*keys: str) -> Select[Any]:
    return _grouped(*keys).add_columns(_count()).where(rolling.c.actor_key != NOBODY)


def _by_session() -> Select[Any]:
    grouped = _grouped("project_id", "day", "session_key", "cell_id").add_columns(_count())
    return grouped.where(rolling.c.session_key.is_not(None))


def _upsert(conn: Connection, table: Table, groups: Select[Any], sign: int) -> None:
    """Add the groups to the table, in the order of its key, and forget rows that reach 0."""
    new = groups.subquery()
    keys = [column.name for column in table.primary_key]
    measures = [column.name for column in new.c if column.name not in keys]
    signed = [new.c[key] for key in keys] + [new.c[name] * sign for name in measures]
    ordered = select(*signed).order_by(*(new.c[key] for key in keys))
    adding = postgresql.insert(table).from_select([*keys, *measures], ordered)
    summed = {name: table.c[name] + adding.excluded[name] for name in measures}
    conn.execute(adding.on_conflict_do_update(index_elements=keys, set_=summed))
    if sign < 0:
        _forget_empty(conn, table, keys, new)


def _forget_empty(conn: Connection, table: Table, keys: list[str], touched: Subquery) -> None:
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
        "first_seen": func.least(old.first_seen, new.first_seen),
        "first_cell": case((earlier, new.first_cell), else_=old.first_cell),
        "last_seen": func.greatest(old.last_seen, new.last_seen),
        "n": old.n + new.n,
    }
    conn.execute(
        adding.on_conflict_do_update(index_elements=["project_id", "actor_key"], set_=changed)
    )


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


def _add_intake(conn: Connection, batch_ids: list[int]) -> None:
    """Count what became of everything that was sent, by hour of receipt."""
    each = func.jsonb_each_text(ledger.c.outcomes).table_valued("key", "value").lateral()
    hour = func.date_trunc("hour", ledger.c.received_at, projects.c.timezone)
    counts = (
        select(
            ledger.c.project_id,
            hour.label("hour"),
            each.c.key.label("outcome"),
            func.sum(cast(each.c.value, BigInteger)).label("n"),
        )
        .join(projects, projects.c.id == ledger.c.project_id)
        .join(each, true())
        .where(ledger.c.batch_id.in_(batch_ids))
        .group_by(ledger.c.project_id, hour, each.c.key)
    )
    _upsert(conn, intake_hour, counts, sign=1)


ROLLUPS = (
    event_hour,
    duration_bin,
    duration_day,
    duration_value_day,
    event_day,
    cell_day,
    actor_day,
    actor_event_day,
    session_day,
    actor,
)

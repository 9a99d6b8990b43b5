"""Rollups: every stored batch is added exactly once to the tables that the dashboard reads.

A pass takes batches of the ledger that are not rolled, aggregates just their events and adds
them, in the transaction that marks the batches as rolled.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Engine,
    Table,
    and_,
    cast,
    delete,
    exists,
    func,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql

from db.locks import ERASING_LOCK
from db.tables import (
    ROLLED_AS,
    actor,
    actor_day,
    actor_event_day,
    cell_day,
    error_people,
    event_pack,
    events,
    exposures,
    intake_hour,
    ledger,
    projects,
    rollup_pack,
    runs,
    segment_members,
    session_day,
)
from jobs.aggregation import ROLLUPS, add, upsert
from jobs.error_groups import forget_empty_groups
from jobs.packing import forget, repack
from jobs.publishing import feed

log = structlog.get_logger()

EVENTS_A_PASS = 100_000
BATCHES_A_PASS = 2_000
PERSONAL = (
    actor,
    actor_day,
    actor_event_day,
    session_day,
    error_people,
    segment_members,
    exposures,
)


def roll(engine: Engine, most_events: int = EVENTS_A_PASS) -> int:
    """Roll some batches up in one transaction; returns how many, 0 when all are rolled."""
    with engine.begin() as conn:
        conn.execute(select(func.pg_advisory_xact_lock_shared(ERASING_LOCK)))
        batches = _claim(conn, most_events)
        if batches:
            add(conn, of_batches(batches), sign=1)
            feed(conn, of_batches(batches, runs))
            _add_intake(conn, [batch.batch_id for batch in batches])
            _mark(conn, [batch.batch_id for batch in batches])
        return len(batches)


def erase(conn: Connection, project_id: int, actor_keys: Sequence[int]) -> int:
    """Take these actors out of the rollups and delete their events; returns how many events.

    What was not rolled yet is only deleted, and so never counted.
    """
    conn.execute(select(func.pg_advisory_xact_lock(ERASING_LOCK)))
    theirs = and_(events.c.project_id == project_id, events.c.actor_key.in_(actor_keys))
    days = _active_days(conn, project_id, actor_keys)
    add(conn, and_(theirs, _is_rolled()), sign=-1)
    for table in PERSONAL:  # what is left of days without raw events
        of_them = and_(table.c.project_id == project_id, table.c.actor_key.in_(actor_keys))
        conn.execute(delete(table).where(of_them))
    forget(conn, project_id, actor_keys, days)
    repack(conn, project_id, days)
    gone = delete(events).where(theirs).returning(literal(1))
    return len(conn.execute(gone).all())


def rebuild(conn: Connection, project_id: int) -> None:
    """Make a project's rollups anew from all of its raw events that are marked as rolled."""
    conn.execute(select(func.pg_advisory_xact_lock(ERASING_LOCK)))
    for table in (*ROLLUPS, rollup_pack, event_pack):
        conn.execute(delete(table).where(table.c.project_id == project_id))
    add(conn, and_(events.c.project_id == project_id, _is_rolled()), sign=1)
    forget_empty_groups(conn, project_id)
    conn.execute(update(projects).where(projects.c.id == project_id).values(rolled_as=ROLLED_AS))


def rebuild_outdated(engine: Engine) -> None:
    """Rebuild the rollups that a former version has made.

    Those of days whose raw events are gone would be lost by it: such a project is left as it is,
    until somebody says that they may (`python -m db rebuild`).
    """
    with engine.connect() as conn:
        old = conn.execute(select(projects.c.id).where(projects.c.rolled_as < ROLLED_AS))
        outdated = old.scalars().all()
    for project_id in outdated:
        with engine.begin() as conn:
            if _outlives_events(conn, project_id):
                log.warning(
                    "rollups of a former version are left: raw events are gone", project=project_id
                )
            else:
                rebuild(conn, project_id)


def _outlives_events(conn: Connection, project_id: int) -> bool:
    """Whether days are counted from before the oldest event that is kept."""
    zone = select(projects.c.timezone).where(projects.c.id == project_id).scalar_subquery()
    oldest = select(func.min(events.c.occurred_at)).where(events.c.project_id == project_id)
    first = cast(func.timezone(zone, oldest.scalar_subquery()), Date)
    counted = exists().where(cell_day.c.project_id == project_id, cell_day.c.n > 0)
    query = select(counted.where(cell_day.c.day < func.coalesce(first, literal("infinity", Date))))
    return bool(conn.execute(query).scalar_one())


def waiting(engine: Engine) -> int:
    """How many batches are not rolled."""
    with engine.connect() as conn:
        unrolled = select(func.count()).where(ledger.c.rolled_at.is_(None))
        return conn.execute(unrolled).scalar_one()


def _active_days(conn: Connection, project_id: int, actor_keys: Sequence[int]) -> Sequence[date]:
    active = select(actor_day.c.day).where(
        actor_day.c.project_id == project_id, actor_day.c.actor_key.in_(actor_keys)
    )
    return conn.execute(active.distinct()).scalars().all()


def _is_rolled() -> ColumnElement[bool]:
    """Whether an event is in the rollups: the ledger forgets old rows, but none that waits."""
    return events.c.batch_id.not_in(select(ledger.c.batch_id).where(ledger.c.rolled_at.is_(None)))


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


def of_batches(batches: Sequence[Any], facts: Table = events) -> ColumnElement[bool]:
    """The facts of these batches; the bounds in time spare the other partitions."""
    full = [batch for batch in batches if batch.accepted]
    ids = cast([batch.batch_id for batch in full], postgresql.ARRAY(BigInteger))
    chosen: ColumnElement[bool] = facts.c.batch_id == func.any(ids)
    if not full:
        return chosen
    first: datetime = min(batch.first_at for batch in full)
    last: datetime = max(batch.last_at for batch in full)
    return and_(chosen, facts.c.occurred_at.between(first, last))


def _mark(conn: Connection, batch_ids: list[int]) -> None:
    conn.execute(
        update(ledger).where(ledger.c.batch_id.in_(batch_ids)).values(rolled_at=func.now())
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
    upsert(conn, intake_hour, counts, sign=1)

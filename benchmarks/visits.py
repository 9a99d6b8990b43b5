"""Newcomers who visit, sign up and pay, made inside the database and rolled up by the worker."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    select,
)

from db.access import Project
from db.partitions import ensure_months
from db.tables import customers, events, ledger, subscription_changes
from jobs.merging import merge
from jobs.revenue import count_waiting
from jobs.rollups import roll

PEOPLE = 400_000
EVENTS_EACH = 3  # on three days
BATCHES = 8
DAYS = 365  # over which people come for the first time
SIGNING, PAYING, LEAVING = 6, 12, 36  # one in so many; who leaves had paid
PAYS_AFTER, LEAVES_AFTER = 12, 32  # days from the first visit
PRIME = 104_729  # spreads people over the days, in no order
Number = ColumnElement[int]


def fill(engine: Engine, project: Project, now: datetime) -> None:
    """Have people come over a year up to now, roll up what they did and count what they pay."""
    with engine.begin() as conn:
        weeks = range(0, DAYS + 7, 7)
        ensure_months(conn, [now.date(), *((now - timedelta(days=day)).date() for day in weeks)])
        for part in range(BATCHES):
            _visit(conn, project.id, part, now)
        _pay(conn, project.id, now)
    while roll(engine):
        pass
    merge(engine, until=now.date())
    while count_waiting(engine):
        pass


def _visit(conn: Connection, project_id: int, part: int, now: datetime) -> None:
    """The events of a part of the people, as one batch."""
    size = PEOPLE // BATCHES
    batch = {
        "project_id": project_id,
        "received_at": now,
        "accepted": size * EVENTS_EACH,
        "outcomes": {"accepted": size * EVENTS_EACH},
        "first_at": now - timedelta(days=DAYS),
        "last_at": now,
    }
    added = conn.execute(insert(ledger).values(batch).returning(ledger.c.batch_id))
    number = _numbers(part * size * EVENTS_EACH, (part + 1) * size * EVENTS_EACH - 1)
    person, time = number // EVENTS_EACH, number % EVENTS_EACH
    signs = (time == EVENTS_EACH - 1) & (person % SIGNING == 0)
    named = {
        "project_id": literal(project_id),
        "actor_key": person,
        "event_id": func.gen_random_uuid(),
        "occurred_at": _at(person, time * (1 + person % 7), now),
        "received_at": literal(now),
        "batch_id": literal(added.scalar_one()),
        "name": case((signs, "sign_up"), else_="page_view"),
        "purpose": literal("usage"),
    }
    _insert(conn, events, named)


def _pay(conn: Connection, project_id: int, now: datetime) -> None:
    """One customer in so many people, and the subscription of each."""
    person = _numbers(0, PEOPLE - 1, PAYING)
    who = {"project_id": literal(project_id), "customer_key": person, "actor_key": person}
    _insert(conn, customers, who)
    _change(conn, project_id, person, "active", PAYS_AFTER, now)
    leaver = _numbers(0, PEOPLE - 1, LEAVING)
    _change(conn, project_id, leaver, "canceled", LEAVES_AFTER, now)


def _change(
    conn: Connection, project_id: int, person: Number, status: str, days: int, now: datetime
) -> None:
    """What becomes of each one's subscription so many days after they came."""
    named = {
        "project_id": literal(project_id),
        "customer_key": person,
        "subscription_key": person,
        "change_id": func.gen_random_uuid(),
        "occurred_at": _at(person, literal(days), now),
        "received_at": literal(now),
        "status": literal(status),
        "plan": literal("pro"),
        "currency": literal("EUR"),
        "amount": literal(2_900),
        "mrr": literal(2_900),
    }
    _insert(conn, subscription_changes, named)


def _numbers(first: int, last: int, step: int = 1) -> Number:
    """SQL for a row a number."""
    ends = [cast(literal(end), BigInteger) for end in (first, last, step)]
    return func.generate_series(*ends, type_=BigInteger).column_valued("number")


def _at(person: Number, days: Number, now: datetime) -> ColumnElement[datetime]:
    """So many days after somebody came first, or now if that is sooner."""
    place = literal(timedelta(days=DAYS) / PEOPLE) * (person * PRIME % PEOPLE)
    came = literal(now - timedelta(days=DAYS)) + place
    return func.least(came + literal(timedelta(days=1)) * days, literal(now))


def _insert(conn: Connection, table: Table, named: dict[str, ColumnElement[Any]]) -> None:
    rows: Select[Any] = select(*(value.label(name) for name, value in named.items()))
    conn.execute(insert(table).from_select([*named], rows))

"""Revenue as it is recorded: customers, changes of subscriptions, payments and spend.

Amounts are integers in the smallest unit of their currency, such as cents. Who writes a row has
checked it; repetitions change nothing, whatever order they come in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    and_,
    any_,
    func,
    literal,
    or_,
    select,
    update,
)

from db.rows import inserting, rows_of
from db.tables import customers, payments, spend, subscription_changes

MOST_CENTS = 10**12  # an amount, and a price a month: nine million of them fit into a sum
A_MONTH = {  # how often an interval comes in one
    "day": Fraction(365, 12),
    "week": Fraction(52, 12),
    "month": Fraction(1),
    "year": Fraction(1, 12),
}
LATEST = datetime.max.replace(tzinfo=UTC)
TOGETHER = 5_000  # rows a statement
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Customer:
    """Who pays, by keyed hashes. What is None or empty is left as it is on record.

    What was told at an earlier instant than what is on record changes nothing.
    """

    customer_key: int
    actor_key: int | None = None
    country: str | None = None
    channel: str | None = None
    signed_up_at: datetime | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionChange:
    """What a subscription is from an instant on; `amount` is its price each interval_count
    intervals, without tax, as far as it is known: `is_whole` says whether all of it is."""

    customer_key: int
    subscription_key: int
    change_id: UUID
    occurred_at: datetime
    status: str
    plan: str
    currency: str
    amount: int
    interval: str = "month"
    interval_count: int = 1
    is_whole: bool = True

    @property
    def mrr(self) -> int:
        """The price a month, whatever the status."""
        return monthly(self.amount, self.interval, self.interval_count)


@dataclass(frozen=True, slots=True)
class Payment:
    """A try to pay, or a refund; `amount` is above 0 in both."""

    customer_key: int
    payment_id: UUID
    occurred_at: datetime
    kind: str
    status: str
    currency: str
    amount: int
    invoice_key: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Spend:
    """What a day's sales and marketing cost in a channel."""

    day: date
    channel: str
    currency: str
    amount: int


@lru_cache(maxsize=4096)  # prices are few
def monthly(amount: int, interval: str, interval_count: int = 1) -> int:
    """A price as one a month, rounded once, half to even; a year has 52 weeks and 365 days."""
    return round(amount * A_MONTH[interval] / interval_count)


def record_customers(conn: Connection, project_id: int, rows: Iterable[Customer]) -> int:
    """Keep what is told of customers; returns how many were new or changed.

    Who changes country or channel is counted anew, since sums are told by them.
    """
    known = _merged(rows)
    return sum(_upsert(conn, project_id, some) for some in _some(known))


def unlink_customer(conn: Connection, project_id: int, key: int, told_at: datetime) -> None:
    """Forget which actor a customer is; what they paid stays."""
    c = customers.c
    ours = _among(project_id, [key]) & func.coalesce(c.told_at <= told_at, True)
    conn.execute(update(customers).where(ours).values(actor_key=None, told_at=told_at))


def record_changes(
    conn: Connection, project_id: int, rows: Iterable[SubscriptionChange], now: datetime
) -> int:
    """Keep changes that are not on record yet, and have their customers counted anew."""
    return sum(_add(conn, subscription_changes, project_id, some, now) for some in _some(rows))


def record_payments(
    conn: Connection, project_id: int, rows: Iterable[Payment], now: datetime
) -> int:
    """The same of tries to pay and refunds; returns how many there were."""
    return sum(_add(conn, payments, project_id, some, now) for some in _some(rows))


def record_spend(conn: Connection, project_id: int, rows: Iterable[Spend]) -> int:
    """Keep what was spent, in place of what was told before; returns how many rows changed."""
    last = {(row.day, row.channel, row.currency): row for row in rows}
    changed = 0
    for some in _some(last[key] for key in sorted(last)):
        new = inserting(spend, rows_of(spend, project_id, some))
        adding = new.on_conflict_do_update(
            index_elements=["project_id", "day", "channel", "currency"],
            set_={"amount": new.excluded.amount},
            where=spend.c.amount != new.excluded.amount,
        )
        changed += len(conn.execute(adding.returning(spend.c.day)).all())
    return changed


def _know(
    conn: Connection, project_id: int, rows: Iterable[SubscriptionChange | Payment]
) -> list[int]:
    """Put the customers of these rows on record; the keys of those who were, in order.

    Who is put on record now waits to be counted, and nobody else sees them before the transaction
    ends.
    """
    keys = sorted({row.customer_key for row in rows})
    each = func.unnest(literal(keys, ARRAY(BigInteger))).column_valued("customer_key")
    told = select(literal(project_id, Integer).label("project_id"), each)
    adding = inserting(customers, told).on_conflict_do_nothing()
    new = set(conn.execute(adding.returning(customers.c.customer_key)).scalars())
    return [key for key in keys if key not in new]


def _hold(conn: Connection, project_id: int, keys: Sequence[int]) -> None:
    """Let nobody count or change these customers until the transaction ends."""
    c = customers.c
    held = select(c.customer_key).where(_among(project_id, keys)).order_by(c.customer_key)
    conn.execute(held.with_for_update()).all()


def _wait(conn: Connection, project_id: int, keys: Sequence[int]) -> None:
    """Have these customers counted anew."""
    waiting = update(customers).where(_among(project_id, keys), customers.c.is_counted)
    conn.execute(waiting.values(is_counted=False))


def _some(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while some := list(islice(left, TOGETHER)):
        yield some


def _add(
    conn: Connection,
    table: Table,
    project_id: int,
    rows: Sequence[SubscriptionChange] | Sequence[Payment],
    now: datetime,
) -> int:
    known = _know(conn, project_id, rows)
    if known:
        _hold(conn, project_id, known)
    added = _added(conn, table, rows_of(table, project_id, rows, now))
    if changed := set(known).intersection(added):
        _wait(conn, project_id, sorted(changed))
    return len(added)


def _added(conn: Connection, table: Table, told: Select[Any]) -> list[int]:
    """Whose rows were not there yet, one key a row."""
    adding = inserting(table, told).on_conflict_do_nothing().returning(table.c.customer_key)
    return list(conn.execute(adding).scalars())


def _upsert(conn: Connection, project_id: int, rows: Sequence[Customer]) -> int:
    new, old = inserting(customers, rows_of(customers, project_id, rows)), customers.c
    told = {
        name: func.coalesce(func.nullif(new.excluded[name], ""), old[name])
        for name in ("country", "channel")
    }
    moved = or_(*(old[name] != value for name, value in told.items()))
    told |= {
        name: func.coalesce(new.excluded[name], old[name])
        for name in ("actor_key", "signed_up_at", "told_at")
    }
    changed = or_(*(old[name].is_distinct_from(value) for name, value in told.items()))
    is_newer = func.coalesce(new.excluded.told_at >= old.told_at, True)
    adding = new.on_conflict_do_update(
        index_elements=["project_id", "customer_key"],
        set_=told | {"is_counted": and_(old.is_counted, ~moved)},
        where=changed & is_newer,
    )
    return len(conn.execute(adding.returning(old.customer_key)).all())


def _merged(rows: Iterable[Customer]) -> list[Customer]:
    """One row a customer, in the order of keys; what is told later wins."""
    told: dict[int, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row.told_at or LATEST):
        known = {name: value for name, value in asdict(row).items() if value not in (None, "")}
        told.setdefault(row.customer_key, {}).update(known)
    return [Customer(**told[key]) for key in sorted(told)]


def _among(project_id: int, keys: Sequence[int]) -> ColumnElement[bool]:
    chosen = customers.c.customer_key == any_(literal(list(keys), ARRAY(BigInteger)))
    return and_(customers.c.project_id == project_id, chosen)

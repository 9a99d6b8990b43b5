"""Whose a subscription is: one customer's for good, so that its price counts once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import ARRAY, BigInteger, Connection, any_, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on

from db.locks import SUBSCRIPTIONS_LOCK
from db.revenue import SubscriptionChange
from db.tables import subscription_changes


def of_their_holders(
    conn: Connection, project_id: int, rows: Sequence[SubscriptionChange]
) -> list[SubscriptionChange]:
    """The changes, each of the customer of whom its subscription was told first.

    Until this transaction ends nobody else asks.
    """
    conn.execute(select(func.pg_advisory_xact_lock(SUBSCRIPTIONS_LOCK, project_id)))
    holders = _holders(conn, project_id, {row.subscription_key for row in rows})
    told = []
    for row in rows:
        holder = holders.setdefault(row.subscription_key, row.customer_key)
        told.append(row if holder == row.customer_key else replace(row, customer_key=holder))
    return told


def _holders(conn: Connection, project_id: int, keys: Iterable[int]) -> dict[int, int]:
    """The first customer on record, by subscription."""
    s = subscription_changes.c
    ours = (
        s.project_id == project_id,
        s.subscription_key == any_(literal(sorted(keys), ARRAY(BigInteger))),
    )
    first = select(s.subscription_key, s.customer_key).ext(distinct_on(s.subscription_key))
    rows = conn.execute(first.where(*ours).order_by(s.subscription_key, s.id))
    return {row.subscription_key: row.customer_key for row in rows}

"""When those who are known from events first paid, and whether they still did later."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    LargeBinary,
    Subquery,
    and_,
    any_,
    func,
    literal,
    select,
)

from analytics.filters import Filters
from analytics.measures.cutting import packed, read, unpacked
from analytics.measures.packs import EPOCH_US
from analytics.product.attendance import who
from analytics.product.intervals import OUTSIDE
from analytics.scope import Viewer, visible_customers, visible_subscription_changes
from db.tables import PAYING


def owners_of(
    conn: Connection, viewer: Viewer, filters: Filters, actors: NDArray[np.int64]
) -> pd.DataFrame:
    """One row a customer who is one of these actors: customer_key, actor (int64)."""
    linked = visible_customers(viewer, filters.project_id).c
    both = [packed(linked.actor_key).label("actors"), packed(linked.customer_key)]
    row = conn.execute(select(*both).where(linked.actor_key.is_not(None))).one()
    theirs, customers = unpacked(row.actors or b""), unpacked(row.keys or b"")
    ours = who(actors, theirs) != OUTSIDE
    return pd.DataFrame({"customer_key": customers[ours], "actor": theirs[ours]})


def first_paid(
    conn: Connection, viewer: Viewer, filters: Filters, owners: pd.DataFrame
) -> pd.DataFrame:
    """One row an actor who ever paid: actor (int64), paid_at (datetime64[us, UTC])."""
    changes = visible_subscription_changes(viewer, filters.project_id)
    c = changes.c
    by_customer = (
        select(c.customer_key, func.min(c.occurred_at).label("paid_at"))
        .where(_of(changes, owners, filters), c.status.in_(PAYING), c.mrr > 0)
        .group_by(c.customer_key)
        .subquery("first_paid")
    )
    sent = func.timestamptz_send(by_customer.c.paid_at, type_=LargeBinary)
    moments = func.string_agg(sent, literal(b"", LargeBinary), type_=LargeBinary).label("moments")
    row = conn.execute(select(packed(by_customer.c.customer_key), moments)).one()
    at = pd.to_datetime(unpacked(row.moments or b"") + EPOCH_US, unit="us", utc=True)
    paid = pd.DataFrame({"customer_key": unpacked(row.keys or b""), "paid_at": at})
    known = owners.merge(paid, on="customer_key")
    return known.groupby("actor", as_index=False).agg(paid_at=("paid_at", "min"))


def still_paying(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    owners: pd.DataFrame,
    payers: pd.DataFrame,
    days: int,
) -> "pd.Series[int]":
    """The actors of whose subscriptions any was paid for so many days after `paid_at`, or is now
    where these are not over; `payers` has actor and paid_at."""
    theirs = owners.merge(payers[["actor", "paid_at"]], on="actor")
    changes = visible_subscription_changes(viewer, filters.project_id)
    c = changes.c
    pays = and_(c.status.in_(PAYING), c.mrr > 0).label("pays")
    query = (
        select(c.customer_key, c.subscription_key, c.occurred_at, pays)
        .where(_of(changes, theirs, filters))
        .order_by(c.occurred_at, c.id)
    )
    found = read(conn, query).astype({"customer_key": "int64", "pays": "bool"})
    found["occurred_at"] = pd.to_datetime(found["occurred_at"], utc=True)
    known = found.merge(theirs, on="customer_key")
    held = known[known["occurred_at"] <= known["paid_at"] + pd.Timedelta(days=days)]
    latest = held.drop_duplicates(["actor", "subscription_key"], keep="last")
    still: pd.Series[int] = latest.loc[latest["pays"], "actor"]
    return still


def _of(changes: Subquery, owners: pd.DataFrame, filters: Filters) -> ColumnElement[bool]:
    keys = literal(owners["customer_key"].tolist(), ARRAY(BigInteger))
    return and_(changes.c.customer_key == any_(keys), changes.c.occurred_at <= filters.now)

"""When those who are known from events first paid, and whether they still did later."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Interval,
    LargeBinary,
    Subquery,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from analytics.filters import Filters
from analytics.measures.cutting import packed, unpacked
from analytics.measures.packs import EPOCH_US
from analytics.periods import midnight
from analytics.scope import Viewer, visible_customers, visible_subscription_changes
from db.tables import PAYING


def payers_of(conn: Connection, viewer: Viewer, filters: Filters, days: int) -> pd.DataFrame:
    """One row a customer who is known from events and ever paid for a subscription.

    Columns: actor (int64), paid_at (datetime64[us, UTC]: when the actor did first), retained (bool:
    whether any of their subscriptions was paid for so many days after that; False where these are
    not over, and of who first paid before the range).
    """
    payers = _payers(viewer, filters, days)
    still = _still(viewer, filters, payers)
    p = payers.c
    retained = or_(p.stayed, still.c.customer_key.is_not(None))
    moments = _packed(func.timestamptz_send(p.paid_at, type_=LargeBinary)).label("moments")
    flags = _packed(func.boolsend(retained, type_=LargeBinary)).label("flags")
    found = select(packed(p.actor_key), moments, flags)
    row = conn.execute(
        found.outerjoin_from(payers, still, still.c.customer_key == p.customer_key)
    ).one()
    at = unpacked(row.moments or b"") + EPOCH_US
    return pd.DataFrame(
        {
            "actor": unpacked(row.keys or b""),
            "paid_at": pd.to_datetime(at, unit="us", utc=True),
            "retained": np.frombuffer(row.flags or b"", np.bool_),
        }
    )


def _payers(viewer: Viewer, filters: Filters, days: int) -> CTE:
    """Customers who ever paid and are known: when that actor paid first (paid_at), the end of so
    many days (until), whether these are over and began in the range (ripe), and whether this
    customer stayed for sure, since nothing became unpaid in them."""
    c = visible_customers(viewer, filters.project_id).c
    names = ("customer_key", "actor_key", "first_paid_at", "first_unpaid_at")
    paid_at = func.min(c.first_paid_at).over(partition_by=c.actor_key).label("paid_at")
    known = c.actor_key.is_not(None), c.first_paid_at <= filters.now
    paid = select(*(c[name] for name in names), paid_at).where(*known).subquery("paid").c
    kept = cast(literal(timedelta(days=days)), Interval)
    until = (paid.paid_at + kept).label("until")
    ripe = and_(until <= filters.now, paid.paid_at >= midnight(filters.start, filters.tz))
    paid_all_along = or_(paid.first_unpaid_at.is_(None), paid.first_unpaid_at > until)
    stayed = and_(ripe, paid.first_paid_at <= until, paid_all_along)
    columns = paid.customer_key, paid.actor_key, paid.paid_at, until
    return select(*columns, ripe.label("ripe"), stayed.label("stayed")).cte("payers")


def _still(viewer: Viewer, filters: Filters, payers: CTE) -> Subquery:
    """The customers who paid for a subscription at the end of their days, of those whose changes
    one has to look at."""
    p = payers.c
    c = visible_subscription_changes(viewer, filters.project_id).c
    latest = (
        select(c.customer_key, and_(c.status.in_(PAYING), c.mrr > 0).label("pays"))
        .ext(distinct_on(c.customer_key, c.subscription_key))
        .where(
            c.customer_key == p.customer_key,
            c.occurred_at <= p.until,
            p.ripe,
            ~p.stayed,
        )
        .order_by(c.customer_key, c.subscription_key, c.occurred_at.desc(), c.id.desc())
        .subquery("latest")
    )
    return select(latest.c.customer_key).where(latest.c.pays).distinct().subquery("still")


def _packed(sent: ColumnElement[bytes]) -> ColumnElement[Any]:
    """SQL for the bytes of all rows as one value."""
    return func.string_agg(sent, literal(b"", LargeBinary), type_=LargeBinary)

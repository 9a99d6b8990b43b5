"""When those who are known from events first paid, and whether they still did later."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Interval,
    LargeBinary,
    Subquery,
    and_,
    any_,
    case,
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
from analytics.product.attendance import who
from analytics.product.intervals import OUTSIDE
from analytics.scope import Viewer, visible_customers, visible_subscription_changes
from db.tables import PAYING


def payers_of(
    conn: Connection, viewer: Viewer, filters: Filters, actors: NDArray[np.int64], days: int
) -> pd.DataFrame:
    """One row a customer who is one of these actors and ever paid for a subscription.

    Columns: customer_key, actor (int64), paid_at (datetime64[us, UTC]: when the actor did first),
    stayed (bool: nothing that they paid for became unpaid in so many days after that).
    """
    p = _payers(viewer, filters, days).c
    sent = func.timestamptz_send(p.paid_at, type_=LargeBinary)
    moments = func.string_agg(sent, literal(b"", LargeBinary), type_=LargeBinary).label("moments")
    stayed = packed(case((p.stayed, p.customer_key))).label("stayed")
    columns = packed(p.actor_key).label("actors"), packed(p.customer_key), moments, stayed
    row = conn.execute(select(*columns)).one()
    at = pd.to_datetime(unpacked(row.moments or b"") + EPOCH_US, unit="us", utc=True)
    actor, customer = unpacked(row.actors or b""), unpacked(row.keys or b"")
    payers = pd.DataFrame({"customer_key": customer, "actor": actor, "paid_at": at})
    payers["stayed"] = payers["customer_key"].isin(unpacked(row.stayed or b""))
    known: pd.DataFrame = payers[who(actors, actor) != OUTSIDE]
    return known


def still_paying(
    conn: Connection, viewer: Viewer, filters: Filters, payers: pd.DataFrame, days: int
) -> "pd.Series[int]":
    """The actors of whose subscriptions any was paid for so many days after they first paid, or is
    now where these are not over; `payers` are some rows of `payers_of`. Only the changes of those
    who did not stay are read."""
    others = payers.loc[~payers["stayed"], "actor"]
    p = _payers(viewer, filters, days, others.tolist()).c
    c = visible_subscription_changes(viewer, filters.project_id).c
    latest = (
        select(c.customer_key, and_(c.status.in_(PAYING), c.mrr > 0).label("pays"))
        .ext(distinct_on(c.customer_key, c.subscription_key))
        .where(c.customer_key == p.customer_key, c.occurred_at <= p.until)
        .order_by(c.customer_key, c.subscription_key, c.occurred_at.desc(), c.id.desc())
        .subquery("latest")
    )
    row = conn.execute(select(packed(latest.c.customer_key)).where(latest.c.pays)).one()
    still = payers["customer_key"].isin(unpacked(row.keys or b""))
    actors: pd.Series[int] = payers.loc[payers["stayed"] | still, "actor"]
    return actors


def _payers(
    viewer: Viewer, filters: Filters, days: int, actors: Sequence[int] | None = None
) -> Subquery:
    """Customers who ever paid and are one of these actors, or any: when that actor paid first
    (paid_at), the end of so many days (until), and whether this customer stayed for sure."""
    c = visible_customers(viewer, filters.project_id).c
    names = ("customer_key", "actor_key", "first_paid_at", "first_unpaid_at")
    paid_at = func.min(c.first_paid_at).over(partition_by=c.actor_key).label("paid_at")
    ours: ColumnElement[bool] = c.actor_key.is_not(None)
    if actors is not None:
        ours = c.actor_key == any_(literal(actors, ARRAY(BigInteger)))
    known = ours, c.first_paid_at <= filters.now
    paid = select(*(c[name] for name in names), paid_at).where(*known).subquery("paid").c
    kept = cast(literal(timedelta(days=days)), Interval)
    until = func.least(paid.paid_at + kept, filters.now)
    paid_all_along = or_(paid.first_unpaid_at.is_(None), paid.first_unpaid_at > until)
    stayed = and_(paid.first_paid_at <= until, paid_all_along).label("stayed")
    columns = paid.customer_key, paid.actor_key, paid.paid_at
    return select(*columns, until.label("until"), stayed).subquery("payers")

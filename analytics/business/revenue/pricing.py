"""Plans and their prices side by side: how many start, how many leave, and what that is worth."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Double, Select, cast, func, select

from analytics.business.revenue.months import months_of, total
from analytics.feedback.answers import wilson
from analytics.filters import NOT_SET, Filters
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_plan_months, visible_subscription_changes
from db.tables import PAYING

PRICES = {
    "plan": "str",
    "price": "int64",
    "billed": "str",
    "mrr": "int64",
    "subscriptions": "int64",
    "arpa": "float64",
    "started": "int64",
    "ended": "int64",
    "churn": "float64",
    "low": "float64",
    "high": "float64",
    "worth": "float64",
}


def prices(
    conn: Connection, viewer: Viewer, filters: Filters, currency: str, margin: float
) -> pd.DataFrame:
    """One row a plan and price of which any subscription was on record, by plan, then by price.

    Columns: plan (str), price (int64, cents a month), billed (str: see `billed`), mrr (int64,
    cents) and subscriptions (int64) at the end of the last month that is over, arpa (float64,
    cents: mrr / subscriptions), started and ended (int64, in the months that are over), churn
    (float64: the share that ends in a month), low, high (float64: its 95 % interval by Wilson, a
    month of a subscription each a trial), worth (float64, cents: price x gross margin / churn).
    NaN where there is nothing to divide by.
    """
    found = read(conn, plans_sql(viewer, filters, currency))
    found = found[found[["subscriptions", "started", "ended"]].any(axis=1)]
    arpa = found["mrr"] / found["subscriptions"].where(found["subscriptions"] > 0)
    churn = found["churn"].astype("float64")
    worth = found["price"] * margin / churn.where(churn > 0)
    each = billed(conn, viewer, filters, currency)
    intervals = [each.get(pair, "") for pair in zip(found["plan"], found["price"], strict=True)]
    plan = found["plan"].replace("", NOT_SET)
    known = found.assign(plan=plan, billed=intervals, arpa=arpa, worth=worth)
    return known[list(PRICES)].astype(PRICES).reset_index(drop=True)


def billed(
    conn: Connection, viewer: Viewer, filters: Filters, currency: str
) -> Mapping[tuple[str, int], str]:
    """How long one payment lasts, by plan and price a month: "month", "year" or "3 months".

    Where subscriptions of one price a month are billed in several ways: "month or year".
    """
    found: dict[tuple[str, int], list[str]] = {}
    for row in conn.execute(intervals_sql(viewer, filters, currency)):
        many = f"{row.interval_count} {row.interval}s"
        every = row.interval if row.interval_count == 1 else many
        found.setdefault((row.plan, row.price), []).append(every)
    return {pair: " or ".join(each) for pair, each in found.items()}


def intervals_sql(viewer: Viewer, filters: Filters, currency: str) -> Select[Any]:
    """One row a plan, price (cents a month), interval and interval_count that was ever paid."""
    c = visible_subscription_changes(viewer, filters.project_id).c
    by = (c.plan, c.mrr, c.interval, c.interval_count)
    paid = select(c.plan, c.mrr.label("price"), c.interval, c.interval_count).where(
        c.currency == currency, c.status.in_(PAYING), c.mrr > 0
    )
    return paid.group_by(*by).order_by(*by)


def plans_sql(viewer: Viewer, filters: Filters, currency: str) -> Select[Any]:
    """One row a plan and price, with what was at stake: see `prices`.

    More columns: before (cents, MRR before the first month), at_stake (subscriptions at the start
    of each month, added up).
    """
    months = months_of(filters)
    p = visible_plan_months(viewer, filters.project_id).c
    over, inside = p.month < months.whole, months.inside(p.month)
    at_stake = cast(func.sum(p.subscriptions * months.later(p.month)), BigInteger)
    rows = (
        select(
            p.plan,
            p.price,
            total(p.amount, over).label("mrr"),
            total(p.amount, p.month < months.start).label("before"),
            total(p.subscriptions, over).label("subscriptions"),
            total(p.started, inside).label("started"),
            total(p.ended, inside).label("ended"),
            at_stake.label("at_stake"),
        )
        .where(p.currency == currency, over)
        .group_by(p.plan, p.price)
        .subquery("by_price")
    )
    r = rows.c
    n = cast(func.nullif(func.greatest(r.at_stake, 0), 0), Double)
    churn = func.least(r.ended / n, 1.0)
    middle, half = wilson(n, churn)
    return select(
        rows,
        churn.label("churn"),
        (middle - half).label("low"),
        (middle + half).label("high"),
    ).order_by(r.plan, r.price)

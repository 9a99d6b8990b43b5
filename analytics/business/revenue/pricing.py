"""Plans and their prices side by side: how many start, how many leave, and what that is worth."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Double, Select, cast, func, select

from analytics.business.revenue.lifetime import FEW
from analytics.business.revenue.months import months_of, total
from analytics.feedback.answers import wilson
from analytics.filters import NOT_SET, Filters
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_billed_prices, visible_plan_months

NEVER = 1e-9  # churn that is 0, but for rounding
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
    "worth_low": "float64",
    "worth_high": "float64",
}


def prices(
    conn: Connection, viewer: Viewer, filters: Filters, currency: str, margin: float
) -> pd.DataFrame:
    """One row a plan and price of which any subscription was on record, by plan, then by price.

    Columns: plan (str), price (int64, cents a month), billed (str: see `billed`), mrr (int64,
    cents) and subscriptions (int64) at the end of the last month that is over, arpa (float64,
    cents: mrr / subscriptions), started and ended (int64, in the months that are over), churn
    (float64: the share that ends in a month), low, high (float64: its 95 % interval by Wilson, a
    month of a subscription each a trial), worth (float64, cents: price x gross margin / churn),
    worth_low, worth_high (float64, cents: what the ends of churn make of it, where fewer than `FEW`
    ended). NaN where there is nothing to divide by.
    """
    found = read(conn, plans_sql(viewer, filters, currency))
    found = found[found[["subscriptions", "started", "ended"]].any(axis=1)]
    arpa = found["mrr"] / found["subscriptions"].where(found["subscriptions"] > 0)
    earned = found["price"] * margin
    few = found["ended"] < FEW
    worth = {
        "worth": _worth(earned, found["churn"]),
        "worth_low": _worth(earned, found["high"]).where(few),
        "worth_high": _worth(earned, found["low"]).where(few),
    }
    each = billed(conn, viewer, filters, currency)
    intervals = [each.get(pair, "") for pair in zip(found["plan"], found["price"], strict=True)]
    plan = found["plan"].replace("", NOT_SET)
    known = found.assign(plan=plan, billed=intervals, arpa=arpa, **worth)
    return known[list(PRICES)].astype(PRICES).reset_index(drop=True)


def _worth(earned: "pd.Series[float]", churn: "pd.Series[float]") -> "pd.Series[float]":
    """What a subscription brings in until it ends; NaN where none does."""
    ends = churn.astype("float64")
    return earned / ends.where(ends > NEVER)


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
    b = visible_billed_prices(viewer, filters.project_id).c
    columns = (b.plan, b.price, b.interval, b.interval_count)
    return select(*columns).where(b.currency == currency).order_by(*columns)


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

"""MRR by country, channel or plan: whose it is, how it changed, and how many leave."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select

from analytics.business.revenue.pricing import plans_sql
from analytics.business.revenue.sums import PARTS, sums_sql
from analytics.filters import NOT_SET, Filters
from analytics.measures.cutting import read
from analytics.scope import Viewer

PLAN = "plan"
DIMENSIONS = (*PARTS, PLAN)
BREAKDOWN = {
    "part": "str",
    "mrr": "int64",
    "share": "float64",
    "before": "int64",
    "change": "float64",
    "customers": "int64",
    "arpa": "float64",
    "churn": "float64",
}
OF_PLANS = {
    PLAN: "part",
    "subscriptions": "customers",
    "ended": "lost",
    "at_stake": "customers_at_stake",
}
SUMMED = ["mrr", "before", "customers", "lost", "customers_at_stake"]


def revenue_by(
    conn: Connection, viewer: Viewer, filters: Filters, currency: str, dimension: str
) -> pd.DataFrame:
    """One row a value, most MRR first; values without MRR, then and now, are left out.

    Columns: part (str), mrr (int64, cents, at the end of the last month that is over), share
    (float64, of all), before (int64, cents, before the first month), change (float64, mrr / before
    - 1), customers (int64; by plan: subscriptions), arpa (float64, cents: mrr / customers), churn
    (float64: the share of customers or subscriptions lost a month). NaN where there is nothing to
    divide by. Raises BadFilters for another dimension.
    """
    found = read(conn, revenue_by_sql(viewer, filters, currency, dimension))
    if dimension == PLAN:
        found = found.rename(columns=OF_PLANS).groupby("part", as_index=False)[SUMMED].sum()
    found = found[(found["mrr"] != 0) | (found["before"] != 0)]
    known = found.assign(
        part=found["part"].replace("", NOT_SET),
        share=_ratio(found["mrr"], found["mrr"].sum()),
        change=_ratio(found["mrr"], found["before"]) - 1,
        arpa=_ratio(found["mrr"], found["customers"]),
        churn=_ratio(found["lost"], found["customers_at_stake"]),
    )
    ranked = known.sort_values(["mrr", "part"], ascending=[False, True], ignore_index=True)
    return ranked[list(BREAKDOWN)].astype(BREAKDOWN)


def revenue_by_sql(viewer: Viewer, filters: Filters, currency: str, dimension: str) -> Select[Any]:
    """The sums behind `revenue_by`; of plans a row a price."""
    if dimension == PLAN:
        return plans_sql(viewer, filters, currency)
    return sums_sql(viewer, filters, currency, dimension)


def _ratio(part: "pd.Series[Any]", whole: "pd.Series[Any] | float") -> "pd.Series[float]":
    known = pd.Series(whole, index=part.index).astype("float64")
    return part.astype("float64") / known.where(known > 0)

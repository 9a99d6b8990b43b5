"""Cohorts of revenue: what is left of what customers paid who were new in the same month."""

from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Select, cast, func, select

from analytics.business.revenue.currency import chosen_currency
from analytics.business.revenue.months import Months, months_of
from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_mrr_cohorts

COUNTED = {"amount": "int64", "customers": "int64"}
COLUMNS = {
    "cohort": "datetime64[s]",
    "month": "datetime64[s]",
    "number": "int64",
    "mrr": "int64",
    "customers": "int64",
    "mrr_share": "float64",
    "customers_share": "float64",
    "complete": "bool",
}


def cohorts(conn: Connection, viewer: Viewer, filters: Filters, currency: str = "") -> pd.DataFrame:
    """One row a cohort and month, of the cohorts of the range's months and all months since.

    Columns: cohort, month (datetime64[s]), number (int64, months since the first), mrr (int64,
    cents, at the end of the month), customers (int64), mrr_share and customers_share (float64, of
    the end of the first month; above 1 where those who stay pay more), complete (bool: the month
    is over). A month without anybody new has no cohort.
    """
    shown = chosen_currency(conn, viewer, filters.project_id, currency)
    found = read(conn, cohorts_sql(viewer, filters, shown)).astype(COUNTED)
    tomorrow = filters.today + timedelta(days=1)
    months = months_of(filters.over(filters.start, max(filters.end, tomorrow)))
    return _shares(_filled(found, months)).astype(COLUMNS)[list(COLUMNS)]


def cohorts_sql(viewer: Viewer, filters: Filters, currency: str) -> Select[Any]:
    """One row a cohort and month that changed it: amount (cents), customers, both signed."""
    m = visible_mrr_cohorts(viewer, filters.project_id).c
    months = months_of(filters)
    sums = [cast(func.sum(m[name]), BigInteger).label(name) for name in ("amount", "customers")]
    asked = (m.cohort >= months.start) & (m.cohort < months.end)
    begun = m.month <= filters.today
    query = select(m.cohort, m.month, *sums).where(m.currency == currency, asked, begun)
    return query.group_by(m.cohort, m.month).order_by(m.cohort, m.month)


def _filled(found: pd.DataFrame, months: Months) -> pd.DataFrame:
    """Every month of each cohort from its first to the present one, added up so far."""
    known = found.assign(
        cohort=pd.to_datetime(found["cohort"]), month=pd.to_datetime(found["month"])
    )
    calendar = pd.date_range(months.start, months.end, freq="MS", inclusive="left", name="month")
    pairs = known[["cohort"]].drop_duplicates().merge(calendar.to_frame(index=False), how="cross")
    pairs = pairs[pairs["month"] >= pairs["cohort"]]
    changed = pairs.merge(known, on=["cohort", "month"], how="left")
    by_cohort = changed.fillna({"amount": 0, "customers": 0}).groupby("cohort")
    return changed.assign(
        number=by_cohort.cumcount(),
        mrr=by_cohort["amount"].cumsum(),
        customers=by_cohort["customers"].cumsum(),
        complete=changed["month"] < pd.Timestamp(months.whole),
    )


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    names = ["mrr", "customers"]
    first = rows.groupby("cohort")[names].transform("first")
    return rows.assign(**{f"{name}_share": rows[name] / first[name] for name in names})

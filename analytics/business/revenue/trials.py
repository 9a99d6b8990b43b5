"""Trials: how many begin, how many of those that are over were paid for, and how long that took.

A trial begins when a subscription is first `trialing`, unless somebody paid for it before; it is
converted once the subscription is paid for, open while it is trialing, and else over without.
"""

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Double, Select, Subquery, case, cast, extract, func, select

from analytics.business.revenue.months import every_month, in_months, month_of
from analytics.filters import NOT_SET, Filters
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_customer_trials

DAY = 86_400.0  # seconds
COUNTS = {
    "began": "int64",
    "converted": "int64",
    "open": "int64",
    "lost": "int64",
    "conversion": "float64",
    "median_days": "float64",
}
TRIALS = {"month": "datetime64[s]", **COUNTS, "complete": "bool"}
BY_PLAN = {"plan": "str", **COUNTS}


def trials(conn: Connection, viewer: Viewer, filters: Filters, currency: str) -> pd.DataFrame:
    """One row a month in which trials may have begun, oldest first; no row without any.

    Columns: month (datetime64[s]), began, converted, open and lost (int64, trials), conversion
    (float64: converted / (began - open), NaN where all are open), median_days (float64, from the
    begin to the first paid day, of those converted), complete (bool: the month is over).
    """
    found = read(conn, trials_sql(viewer, filters, currency))
    if found.empty:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in TRIALS.items()})
    found["median_days"] = found["median_days"].astype("float64")
    rows = every_month(found, filters)
    rows["median_days"] = rows["median_days"].where(rows["converted"] > 0, np.nan)
    return _told(rows, TRIALS)


def trials_sql(viewer: Viewer, filters: Filters, currency: str) -> Select[Any]:
    """The statement of `trials`, months without any left out."""
    begun = _begun(viewer, filters, currency)
    month = month_of(begun.c.began_at, filters).label("month")
    return select(month, *_counts(begun)).group_by(month).order_by(month)


def trials_by_plan(
    conn: Connection, viewer: Viewer, filters: Filters, currency: str
) -> pd.DataFrame:
    """One row a plan that was tried in the months shown, most trials first.

    Columns: plan (str: the one that was tried), and as `trials` from began to median_days.
    """
    found = read(conn, trials_by_plan_sql(viewer, filters, currency))
    return _told(found.assign(plan=found["plan"].replace("", NOT_SET)), BY_PLAN)


def trials_by_plan_sql(viewer: Viewer, filters: Filters, currency: str) -> Select[Any]:
    """The statement of `trials_by_plan`."""
    begun = _begun(viewer, filters, currency)
    counts = _counts(begun)
    return (
        select(begun.c.plan, *counts)
        .group_by(begun.c.plan)
        .order_by(counts[0].desc(), begun.c.plan)
    )


def _told(found: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    over = (found["began"] - found["open"]).astype("float64")
    conversion = found["converted"] / over.where(over > 0)
    lost = found["began"] - found["open"] - found["converted"]
    return found.assign(lost=lost, conversion=conversion)[list(columns)].astype(columns)


def _counts(begun: Subquery) -> list[Any]:
    """SQL for the counts of some trials."""
    b = begun.c
    paid, goes_on = b.paid_at.is_not(None), b.ended_at.is_(None)
    days = cast(extract("epoch", b.paid_at - b.began_at), Double) / DAY
    return [
        func.count().label("began"),
        func.count().filter(paid).label("converted"),
        func.count().filter(~paid, goes_on).label("open"),
        func.percentile_cont(0.5).within_group(days).label("median_days"),
    ]


def _begun(viewer: Viewer, filters: Filters, currency: str) -> Subquery:
    """The trials that began in the months shown: when, and when each was paid for and ended."""
    t = visible_customer_trials(viewer, filters.project_id).c
    until_now = [
        case((instant < filters.now, instant)).label(instant.name)
        for instant in (t.paid_at, t.ended_at)
    ]
    asked = t.currency == currency, in_months(t.began_at, filters)
    return select(t.plan, t.began_at, *until_now).where(*asked).subquery("begun")

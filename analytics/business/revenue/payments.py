"""What was collected and paid back, and which failed payments were recovered.

A failure begins with a failed try to pay an invoice that no failed try came before, or without an
invoice, to charge a customer. It is recovered where a try succeeds within 14 days, open while these
are not over, and else lost.
"""

from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    Connection,
    Interval,
    Select,
    Subquery,
    and_,
    cast,
    func,
    literal,
    select,
    true,
)

from analytics.business.revenue.months import every_month, in_months, month_of, months_of, total
from analytics.filters import NOT_SET, Filters
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_customer_failures, visible_payment_months

RECOVERY = timedelta(days=14)
COLLECTED = {
    "month": "datetime64[s]",
    "collected": "int64",
    "refunded": "int64",
    "net": "int64",
    "payments": "int64",
    "refunds": "int64",
    "complete": "bool",
}
COUNTS = {
    "failed": "int64",
    "recovered": "int64",
    "open": "int64",
    "lost": "int64",
    "failed_amount": "int64",
    "recovered_amount": "int64",
    "recovery": "float64",
}
FAILURES = {"month": "datetime64[s]", **COUNTS, "complete": "bool"}
REASONS = {"reason": "str", **COUNTS}


def collected(conn: Connection, viewer: Viewer, filters: Filters, currency: str) -> pd.DataFrame:
    """One row a month shown, oldest first; no row where nothing was ever paid in them.

    Columns: month (datetime64[s]), collected, refunded and net (int64, cents: payments that
    succeeded, refunds, and the difference), payments and refunds (int64, how many), complete
    (bool: the month is over).
    """
    found = read(conn, collected_sql(viewer, filters, currency))
    if found.empty:
        return _empty(COLLECTED)
    rows = every_month(found, filters)
    rows["net"] = rows["collected"] - rows["refunded"]
    return rows[list(COLLECTED)].astype(COLLECTED)


def collected_sql(viewer: Viewer, filters: Filters, currency: str) -> Select[Any]:
    """The statement of `collected`, months without any left out."""
    p = visible_payment_months(viewer, filters.project_id).c
    months = months_of(filters)
    inside = (p.month >= months.start) & (p.month < months.end)
    known = select(p.month, p.collected, p.refunded, p.payments, p.refunds)
    return known.where(p.currency == currency, inside).order_by(p.month)


def failures(conn: Connection, viewer: Viewer, filters: Filters, currency: str) -> pd.DataFrame:
    """One row a month in which failures may have begun, oldest first; no row without any.

    Columns: month (datetime64[s]), failed, recovered, open and lost (int64, failures),
    failed_amount and recovered_amount (int64, cents), recovery (float64: recovered / (failed -
    open), NaN where all are open), complete (bool: the month is over).
    """
    found = read(conn, failures_sql(viewer, filters, currency))
    if found.empty:
        return _empty(FAILURES)
    return _told(every_month(found, filters), FAILURES)


def failures_sql(viewer: Viewer, filters: Filters, currency: str) -> Select[Any]:
    """The statement of `failures`, months without any left out."""
    begun = _begun(viewer, filters, currency)
    month = month_of(begun.c.failed_at, filters).label("month")
    return select(month, *_counts(begun, filters)).group_by(month).order_by(month)


def reasons(conn: Connection, viewer: Viewer, filters: Filters, currency: str) -> pd.DataFrame:
    """One row a reason of failures that began in the months shown, most failures first.

    Columns: reason (str), and as `failures` from failed to recovery.
    """
    found = read(conn, reasons_sql(viewer, filters, currency))
    return _told(found.assign(reason=found["reason"].replace("", NOT_SET)), REASONS)


def reasons_sql(viewer: Viewer, filters: Filters, currency: str) -> Select[Any]:
    """The statement of `reasons`."""
    begun = _begun(viewer, filters, currency)
    counts = _counts(begun, filters)
    return (
        select(begun.c.reason, *counts)
        .group_by(begun.c.reason)
        .order_by(counts[0].desc(), begun.c.reason)
    )


def _told(found: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    over = (found["failed"] - found["open"]).astype("float64")
    recovery = found["recovered"] / over.where(over > 0)
    lost = found["failed"] - found["open"] - found["recovered"]
    return found.assign(lost=lost, recovery=recovery)[list(columns)].astype(columns)


def _counts(begun: Subquery, filters: Filters) -> list[Any]:
    """SQL for the counts of some failures."""
    b = begun.c
    in_time = b.paid_at <= b.failed_at + cast(literal(RECOVERY), Interval)
    recovered = and_(in_time, b.paid_at < filters.now)
    is_open = and_(b.failed_at > filters.now - RECOVERY, recovered.is_not(true()))
    return [
        func.count().label("failed"),
        func.count().filter(recovered).label("recovered"),
        func.count().filter(is_open).label("open"),
        cast(func.sum(b.amount), BigInteger).label("failed_amount"),
        total(b.amount, recovered).label("recovered_amount"),
    ]


def _begun(viewer: Viewer, filters: Filters, currency: str) -> Subquery:
    """The failures that began in the months shown."""
    f = visible_customer_failures(viewer, filters.project_id).c
    asked = f.currency == currency, in_months(f.failed_at, filters)
    return select(f.failed_at, f.paid_at, f.amount, f.reason).where(*asked).subquery("begun")


def _empty(columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in columns.items()})

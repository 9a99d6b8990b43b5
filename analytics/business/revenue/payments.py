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
    ColumnElement,
    Connection,
    Date,
    Interval,
    Select,
    Subquery,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
)

from analytics.business.revenue.months import every_month, in_months, month_of, months_of, total
from analytics.filters import NOT_SET, Filters
from analytics.measures.cutting import edge_before, read
from analytics.periods import midnight
from analytics.scope import Viewer, visible_payments

RECOVERY = timedelta(days=14)
LOOK_BACK = timedelta(days=60)  # how long before the range a failure may have begun
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
    """The statement of `collected`, months without any left out.

    Months are cut by their edges: to turn each payment's time into local time takes twice as long.
    """
    p = visible_payments(viewer, filters.project_id).c
    months = months_of(filters)
    edge = edge_before(p.occurred_at, [midnight(each, filters.tz) for each in months.shown])
    paid, refund = p.kind == "payment", p.kind == "refund"
    counts: list[Any] = [
        total(p.amount, paid).label("collected"),
        total(p.amount, refund).label("refunded"),
        _how_many(paid).label("payments"),
        _how_many(refund).label("refunds"),
    ]
    known = (p.currency == currency) & (p.status == "succeeded") & in_months(p.occurred_at, filters)
    cut = select(edge, *counts).where(known).group_by(edge).subquery("cut")
    later = func.make_interval(0, cut.c.edge - 1)  # years, months
    month = cast(cast(literal(months.start), Date) + later, Date).label("month")
    return select(month, *(cut.c[count.name] for count in counts)).order_by(month)


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
    month = month_of(begun.c.at, filters).label("month")
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
    recovered = b.paid_at <= b.at + cast(literal(RECOVERY), Interval)
    still = b.at > filters.now - RECOVERY
    is_open = and_(still, or_(b.paid_at.is_(None), ~recovered))
    return [
        func.count().label("failed"),
        _how_many(recovered).label("recovered"),
        _how_many(is_open).label("open"),
        cast(func.sum(b.amount), BigInteger).label("failed_amount"),
        total(b.amount, recovered).label("recovered_amount"),
    ]


def _how_many(when: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(when)


def _begun(viewer: Viewer, filters: Filters, currency: str) -> Subquery:
    """The tries with which failures began in the months shown, and when each was paid (paid_at)."""
    tries = _tries(viewer, filters, currency).c
    first = or_(tries.before.is_(None), tries.before == "succeeded")
    return (
        select(tries.at, tries.amount, tries.reason, tries.paid_at)
        .where(tries.status == "failed", first, in_months(tries.at, filters))
        .subquery("begun")
    )


def _tries(viewer: Viewer, filters: Filters, currency: str) -> Subquery:
    """All tries of those for whom one failed, with the outcome before and the next payment."""
    payments = visible_payments(viewer, filters.project_id)
    p, failed = payments.c, payments.alias("failed").c
    since = midnight(months_of(filters).start, filters.tz) - LOOK_BACK
    concerned = select(failed.customer_key).where(
        failed.status == "failed",
        failed.currency == currency,
        in_months(failed.occurred_at, filters),
    )
    debt: dict[str, Any] = {
        "partition_by": [p.customer_key, p.invoice_key],
        "order_by": [p.occurred_at, p.id],
    }
    paid = func.min(p.occurred_at).filter(p.status == "succeeded")
    return (
        select(
            p.occurred_at.label("at"),
            p.status,
            p.amount,
            p.reason,
            func.lag(p.status).over(**debt).label("before"),
            paid.over(**debt, rows=(0, None)).label("paid_at"),
        )
        .where(
            p.kind == "payment",
            p.currency == currency,
            p.occurred_at >= since,
            p.occurred_at < filters.now,
            p.customer_key.in_(concerned),
        )
        .subquery("tries")
    )


def _empty(columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in columns.items()})

"""What customers paid by month, and where they failed to pay."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Select, case, cast, func, or_, select

from db.tables import payments
from jobs.revenue.months import as_number, month_of, of, place

PAID_COUNTS = ("collected", "refunded", "payments", "refunds")


def paid(project_id: int, zone: str, keys: Sequence[int]) -> Select[Any]:
    """The rows of customer_payments: payments and refunds that succeeded."""
    p = payments.c
    by = (p.customer_key, p.currency, month_of(p.occurred_at, zone))
    payment, refund = p.kind == "payment", p.kind == "refund"
    return (
        select(
            place(project_id),
            *by,
            as_number(func.sum(case((payment, p.amount), else_=0)), "collected"),
            as_number(func.sum(case((refund, p.amount), else_=0)), "refunded"),
            cast(func.count().filter(payment), Integer).label("payments"),
            cast(func.count().filter(refund), Integer).label("refunds"),
        )
        .where(of(payments, project_id, keys), p.status == "succeeded")
        .group_by(*by)
    )


def failures(project_id: int, keys: Sequence[int]) -> Select[Any]:
    """The rows of customer_failures: failed tries that no failed one of the same debt came before.

    A debt is an invoice, or without one all that a customer is charged with.
    """
    p = payments.c
    debt: dict[str, Any] = {
        "partition_by": [p.customer_key, p.currency, p.invoice_key],
        "order_by": [p.occurred_at, p.id],
    }
    later = func.min(p.occurred_at).filter(p.status == "succeeded")
    tries = (
        select(
            *(p[name] for name in ("customer_key", "payment_id", "currency", "status")),
            *(p[name] for name in ("occurred_at", "amount", "reason")),
            func.lag(p.status).over(**debt).label("before"),
            later.over(**debt, rows=(0, None)).label("paid_at"),
        )
        .where(of(payments, project_id, keys), p.kind == "payment")
        .subquery("tries")
    )
    t = tries.c
    first = or_(t.before.is_(None), t.before == "succeeded")
    return select(
        place(project_id),
        t.customer_key,
        t.payment_id,
        t.currency,
        t.occurred_at.label("failed_at"),
        t.paid_at,
        t.amount,
        t.reason,
    ).where(t.status == "failed", first)

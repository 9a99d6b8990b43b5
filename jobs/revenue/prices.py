"""How prices are billed, and of which subscriptions the price is not all known."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from db.tables import PAYING, subscription_changes
from jobs.revenue.months import of, place


def billed(project_id: int, keys: Sequence[int]) -> Select[Any]:
    """The rows of billed_prices: how these customers were ever billed for what they paid for."""
    s = subscription_changes.c
    ours = of(subscription_changes, project_id, keys), s.status.in_(PAYING), s.mrr > 0
    columns = s.currency, s.plan, s.mrr.label("price"), s.interval, s.interval_count
    return select(place(project_id), *columns).where(*ours).distinct()


def unpriced(project_id: int, keys: Sequence[int]) -> Select[Any]:
    """The rows of customer_unpriced, by the last change of each subscription."""
    s = subscription_changes.c
    one = s.customer_key, s.subscription_key
    last = (
        select(*one, s.status, s.is_whole)
        .ext(distinct_on(*one))
        .where(of(subscription_changes, project_id, keys))
        .order_by(*one, s.occurred_at.desc(), s.id.desc())
        .subquery("last")
    )
    now = last.c
    goes_on = now.status.in_(PAYING), ~now.is_whole
    return select(place(project_id), now.customer_key, now.subscription_key).where(*goes_on)

"""Which subscriptions were tried before they were paid for, and since when customers pay."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from db.tables import PAYING, customers, subscription_changes
from jobs.revenue.months import of, place

TEXTS = ARRAY(Text)


def trials(project_id: int, keys: Sequence[int]) -> Select[Any]:
    """The rows of customer_trials: subscriptions that were tried and not paid for before.

    A trial begins when a subscription is first `trialing`, and ends when it is so for the last
    time; its plan is the one that was tried first.
    """
    changes = _in_order(project_id, keys)
    c = changes.c
    plans = func.array_agg(aggregate_order_by(c.plan, c.occurred_at, c.id), type_=TEXTS)
    began_at = func.min(c.occurred_at).filter(c.trying)
    paid_at = func.min(c.occurred_at).filter(c.paying)
    by = (c.customer_key, c.subscription_key, c.currency)
    return (
        select(
            place(project_id),
            *by,
            plans.filter(c.trying)[1].label("plan"),
            began_at.label("began_at"),
            paid_at.label("paid_at"),
            func.min(c.occurred_at).filter(~c.tried_later).label("ended_at"),
        )
        .group_by(*by)
        .having(began_at.is_not(None), or_(paid_at.is_(None), paid_at >= began_at))
    )


def _in_order(project_id: int, keys: Sequence[int]) -> Subquery:
    """Each change, and whether it or any later one is a trial."""
    s = subscription_changes.c
    trying = s.status == "trialing"
    later = func.bool_or(trying).over(
        partition_by=[s.customer_key, s.subscription_key, s.currency],
        order_by=[s.occurred_at, s.id],
        rows=(0, None),
    )
    names = ("id", "customer_key", "subscription_key", "currency", "plan", "occurred_at")
    return (
        select(
            *(s[name] for name in names),
            trying.label("trying"),
            _paid_for().label("paying"),
            later.label("tried_later"),
        )
        .where(of(subscription_changes, project_id, keys))
        .subquery("changes")
    )


def paying_since(project_id: int, keys: Sequence[int]) -> Subquery:
    """One row a customer: customer_key, first_paid_at, and first_unpaid_at, the first change after
    it to what isn't paid for: until then whoever paid did so without a break."""
    s, them = subscription_changes.c, customers.alias("them")
    in_order: dict[str, Any] = {"partition_by": [s.customer_key], "order_by": [s.occurred_at, s.id]}
    changes = (
        select(
            s.customer_key,
            s.occurred_at,
            _paid_for().label("paying"),
            func.bool_or(_paid_for()).over(**in_order, rows=(None, 0)).label("paid_before"),
        )
        .where(of(subscription_changes, project_id, keys))
        .subquery("changes")
    )
    t, c = changes.c, them.c
    unpaid = and_(t.paid_before, ~t.paying)
    return (
        select(
            c.customer_key,
            func.min(t.occurred_at).filter(t.paying).label("first_paid_at"),
            func.min(t.occurred_at).filter(unpaid).label("first_unpaid_at"),
        )
        .outerjoin_from(them, changes, t.customer_key == c.customer_key)
        .where(of(them, project_id, keys))
        .group_by(c.customer_key)
        .subquery("since")
    )


def _paid_for() -> ColumnElement[bool]:
    s = subscription_changes.c
    return and_(s.status.in_(PAYING), s.mrr > 0)

"""What each month changed for a customer: of their subscriptions, and of what they pay in all.

A month is compared by how it began and how it ended, so what a subscription is within it does not
matter: who starts and cancels on the same day has changed nothing.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Label,
    Select,
    Subquery,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    or_,
    over,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from db.tables import PAYING, customer_plans, customers, subscription_changes

PLAN_COUNTS = ("amount", "subscriptions", "started", "ended")
OF_A_STATE = ("currency", "plan", "mrr")


def of(table: FromClause, project_id: int, keys: Sequence[int]) -> ColumnElement[bool]:
    """The rows of these customers."""
    chosen = table.c.customer_key == any_(literal(list(keys), ARRAY(BigInteger)))
    return and_(table.c.project_id == project_id, chosen)


def plans(project_id: int, zone: str, keys: Sequence[int]) -> Select[Any]:
    """The rows of customer_plans: what each month added to and took from each plan and price.

    A subscription starts when it is paid for and was not when the month began, and ends likewise;
    what changes its plan or price does neither.
    """
    turns = _turns(project_id, zone, keys)
    parts = union_all(_gained(turns), _lost(turns)).subquery("parts")
    by = [parts.c[name] for name in ("customer_key", "currency", "month", "plan", "price")]
    sums = [func.sum(parts.c[name]) for name in PLAN_COUNTS]
    counted = [as_number(total, name) for total, name in zip(sums, PLAN_COUNTS, strict=True)]
    something = or_(*(total != 0 for total in sums))
    return select(place(project_id), *by, *counted).group_by(*by).having(something)


def movements(project_id: int, keys: Sequence[int]) -> Select[Any]:
    """The rows of customer_movements, from those of customer_plans."""
    p = customer_plans.c
    by = (p.customer_key, p.currency, p.month)
    amount = as_number(func.sum(p.amount), "amount")
    changed = select(*by, amount).where(of(customer_plans, project_id, keys)).group_by(*by)
    deltas = changed.having(func.sum(p.amount) != 0).subquery("deltas")
    d = deltas.c
    so_far = partial(over, partition_by=(d.customer_key, d.currency), order_by=d.month)
    running = select(
        *d,
        as_number(so_far(func.sum(d.amount)), "mrr"),
        (so_far(func.row_number()) == 1).label("is_first"),
    ).subquery("running")
    r, c = running.c, customers.c
    ours = and_(c.project_id == project_id, c.customer_key == r.customer_key)
    return select(
        place(project_id),
        r.customer_key,
        r.currency,
        r.month,
        _kind(r).label("kind"),
        r.amount,
        r.mrr,
        c.country,
        c.channel,
    ).join_from(running, customers, ours)


def _kind(r: Any) -> ColumnElement[str]:
    return case(
        (r.is_first, "new"),
        (r.mrr == r.amount, "reactivation"),
        (r.mrr == 0, "churn"),
        (r.amount > 0, "expansion"),
        else_="contraction",
    )


def _ends(project_id: int, zone: str, keys: Sequence[int]) -> Subquery:
    """What each subscription was at the end of each month that changed it."""
    s = subscription_changes.c
    month = month_of(s.occurred_at, zone)
    counted = and_(s.status.in_(PAYING), s.mrr > 0).label("counted")
    one = (s.customer_key, s.subscription_key)
    last = select(*one, month, counted, *(s[name] for name in OF_A_STATE))
    last = last.ext(distinct_on(*one, month))
    in_order = last.order_by(*one, month, s.occurred_at.desc(), s.id.desc())
    return in_order.where(of(subscription_changes, project_id, keys)).subquery("ends")


def _turns(project_id: int, zone: str, keys: Sequence[int]) -> Subquery:
    """The months in which a subscription became another than it was, with what it was before."""
    ends = _ends(project_id, zone, keys)
    e = ends.c
    before = {
        name: func.lag(e[name])
        .over(partition_by=(e.customer_key, e.subscription_key), order_by=e.month)
        .label(f"{name}_before")
        for name in ("counted", *OF_A_STATE)
    }
    pairs = select(*e, *before.values()).subquery("pairs")
    p, turned = pairs.c, pairs.c.keys()
    was = func.coalesce(p.counted_before, False)
    other = or_(*(p[name] != p[f"{name}_before"] for name in OF_A_STATE))
    query = select(*(p[name] for name in turned if name != "counted_before"), was.label("was"))
    return query.where(or_(p.counted != was, and_(p.counted, other))).subquery("turns")


def _gained(turns: Subquery) -> Select[Any]:
    t = turns.c
    went_on = and_(t.was, t.currency == t.currency_before)
    started = case((went_on, 0), else_=1)
    return select(
        t.customer_key,
        t.currency,
        t.month,
        t.plan,
        t.mrr.label("price"),
        t.mrr.label("amount"),
        literal(1).label("subscriptions"),
        started.label("started"),
        literal(0).label("ended"),
    ).where(t.counted)


def _lost(turns: Subquery) -> Select[Any]:
    t = turns.c
    goes_on = and_(t.counted, t.currency == t.currency_before)
    return select(
        t.customer_key,
        t.currency_before,
        t.month,
        t.plan_before,
        t.mrr_before,
        -t.mrr_before,
        literal(-1),
        literal(0),
        case((goes_on, 0), else_=1),
    ).where(t.was)


def month_of(moment: ColumnElement[datetime], zone: str) -> Label[date]:
    """The first day of the month in which it lies there."""
    return cast(func.date_trunc("month", func.timezone(zone, moment)), Date).label("month")


def place(project_id: int) -> Label[int]:
    """The first column of all rows that are kept."""
    return literal(project_id, Integer).label("project_id")


def as_number(total: ColumnElement[Any], name: str) -> Label[int]:
    """Postgres adds whole numbers up to one of any length."""
    return cast(total, BigInteger).label(name)

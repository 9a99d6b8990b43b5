"""The funnel to a customer who stays, as one plain statement: the sibling of `funnel`."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    Date,
    Interval,
    Select,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from analytics.business.revenue.funnel import WINDOW
from analytics.filters import LATEST, Filters
from analytics.scope import (
    Viewer,
    visible_actor_event_days,
    visible_customers,
    visible_newcomers,
    visible_subscription_changes,
    within,
)
from db.business_settings import BusinessSettings
from db.tables import PAYING


def conversion_sql(viewer: Viewer, filters: Filters, settings: BusinessSettings) -> Select[Any]:
    """One row: visited, signed_up, paid, retained (int64, people), maturing (payers whose days are
    not over), visiting (visitors whose window is not over). No row where nobody visited."""
    rows = _people(within(viewer, "business"), filters, settings)
    people = rows.c
    over = people.visited < filters.today - timedelta(days=WINDOW)
    came, paid = over & people.signed_up.is_not(None), over & people.paid_at.is_not(None)
    kept = cast(literal(timedelta(days=settings.retained_days)), Interval)
    ripe = people.paid_at + kept <= filters.now
    counts = {
        "visited": over,
        "signed_up": came,
        "paid": paid,
        "retained": paid & ripe & people.retained,
        "maturing": paid & ~ripe,
        "visiting": ~over,
    }
    named: list[Any] = [func.count().filter(when).label(name) for name, when in counts.items()]
    return select(*named).select_from(rows).having(func.count() > 0)


def _people(viewer: Viewer, filters: Filters, settings: BusinessSettings) -> Subquery:
    """One row a visitor: visited (the day), signed_up (day or null), paid_at, retained."""
    visits = _visits(viewer, filters, settings.visit_event)
    signed = _sign_ups(viewer, filters, settings.signup_event, visits)
    payers = _payers(viewer, filters, settings.retained_days, visits)
    v, s, p = visits.c, signed.c, payers.c
    paid = cast(func.timezone(filters.zone, p.paid_at), Date)
    in_time = (paid >= s.signed_up) & (paid <= v.visited + WINDOW)
    return (
        select(
            v.visited,
            s.signed_up,
            case((in_time, p.paid_at)).label("paid_at"),
            func.coalesce(p.retained, false()).label("retained"),
        )
        .outerjoin_from(visits, signed, s.actor_key == v.actor_key)
        .outerjoin(payers, p.actor_key == v.actor_key)
        .where(or_(paid.is_(None), paid >= v.visited))
        .subquery("people")
    )


def _visits(viewer: Viewer, filters: Filters, event: str) -> Subquery:
    """The first day in the range on which each newcomer visited: actor_key, visited."""
    newcomers = visible_newcomers(viewer, filters).c
    days = visible_actor_event_days(viewer, replace(filters, event=event)).c
    return (
        select(days.actor_key, func.min(days.day).label("visited"))
        .where(days.actor_key.in_(select(newcomers.actor_key)))
        .group_by(days.actor_key)
        .subquery("visits")
    )


def _sign_ups(viewer: Viewer, filters: Filters, event: str, visits: Subquery) -> Subquery:
    """The first day from the visit on, and in time, on which each signed up."""
    end = min(filters.end + timedelta(days=WINDOW), LATEST)
    signing = replace(filters.over(filters.start, end), event=event)
    days = visible_actor_event_days(viewer, signing).c
    v = visits.c
    in_time = (days.day >= v.visited) & (days.day <= v.visited + WINDOW)
    return (
        select(days.actor_key, func.min(days.day).label("signed_up"))
        .where(days.actor_key == v.actor_key, in_time)
        .group_by(days.actor_key)
        .subquery("sign_ups")
    )


def _payers(viewer: Viewer, filters: Filters, retained_days: int, visits: Subquery) -> Subquery:
    """The visitors who ever paid: actor_key, paid_at (first), retained: whether they did then."""
    changes = _changes(viewer, filters, visits)
    c = changes.c
    paying = (
        select(c.actor_key, func.min(c.occurred_at).label("paid_at"))
        .where(c.pays)
        .group_by(c.actor_key)
        .subquery("paying")
    )
    p = paying.c
    kept = cast(literal(timedelta(days=retained_days)), Interval)
    latest = (
        select(c.actor_key, c.pays)
        .ext(distinct_on(c.actor_key, c.subscription_key))
        .where(c.actor_key == p.actor_key, c.occurred_at <= p.paid_at + kept)
        .order_by(c.actor_key, c.subscription_key, c.occurred_at.desc(), c.id.desc())
        .subquery("latest")
    )
    still = func.bool_or(latest.c.pays).label("retained")
    return (
        select(p.actor_key, p.paid_at, still)
        .join_from(paying, latest, latest.c.actor_key == p.actor_key)
        .group_by(p.actor_key, p.paid_at)
        .subquery("payers")
    )


def _changes(viewer: Viewer, filters: Filters, visits: Subquery) -> CTE:
    """The changes of all subscriptions of the visitors, and whether they are paid for then."""
    customers = visible_customers(viewer, filters.project_id)
    changes = visible_subscription_changes(viewer, filters.project_id)
    c = changes.c
    return (
        select(
            customers.c.actor_key,
            *(c[name] for name in ("id", "subscription_key", "occurred_at")),
            and_(c.status.in_(PAYING), c.mrr > 0).label("pays"),
        )
        .join_from(customers, changes, c.customer_key == customers.c.customer_key)
        .where(customers.c.actor_key.in_(select(visits.c.actor_key)), c.occurred_at <= filters.now)
        .cte("changes")
    )

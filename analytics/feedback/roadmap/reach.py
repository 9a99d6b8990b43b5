"""Who wants something, each person once, and what they pay a month."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import CTE, BigInteger, Date, case, cast, func, literal, select, union

from analytics.filters import EARLIEST, MAX_DAYS, Filters
from analytics.scope import (
    Viewer,
    visible_actor_days,
    visible_actors,
    visible_cells,
    visible_members,
    visible_plan_prices,
    visible_votes,
)

LATE = timedelta(days=2)  # events may lie a day ahead of the present


def wanted_cte(viewer: Viewer, filters: Filters) -> CTE:
    """request_id and actor_key of the votes, of the members of a segment where one is asked for."""
    v = visible_votes(viewer, filters.project_id)
    query = select(v.c.request_id, v.c.actor_key)
    if filters.segment is not None:
        query = query.where(v.c.actor_key.in_(select(visible_members(viewer, filters).c.actor_key)))
    return query.cte("wanted")


def people_cte(items: CTE, wanted: CTE, said: CTE) -> CTE:
    """kind, item, actor_key and nobody (the id of a comment of which nobody is known, else 0)."""
    place = (items.c.kind, items.c.item)
    voters = select(*place, wanted.c.actor_key, literal(0, BigInteger).label("nobody"))
    nobody = case((said.c.actor_key == 0, said.c.id), else_=0)
    talkers = select(*place, said.c.actor_key, cast(nobody, BigInteger))
    return union(
        voters.join_from(items, wanted, items.c.is_request & (wanted.c.request_id == items.c.item)),
        talkers.join_from(items, said, said.c.theme == items.c.theme),
    ).cte("people")


def reach_cte(people: CTE, paying: CTE) -> CTE:
    """kind, item, people and cents: what these pay a month."""
    return (
        select(
            people.c.kind,
            people.c.item,
            func.count().label("people"),
            func.sum(paying.c.cents).cast(BigInteger).label("cents"),
        )
        .outerjoin(paying, paying.c.actor_key == people.c.actor_key)
        .group_by(people.c.kind, people.c.item)
        .cte("reach")
    )


def paying_cte(viewer: Viewer, filters: Filters, people: CTE) -> CTE:
    """actor_key and cents of the plan of the latest day; of several plans on it, the dearest."""
    zone = literal(filters.zone)
    end = filters.today + LATE
    start = max(EARLIEST, end - timedelta(days=MAX_DAYS["day"]))
    ever = replace(filters.anywhere(), segment=None).over(start, end)
    a, d = visible_actors(viewer, ever), visible_actor_days(viewer, ever)
    c = visible_cells(viewer, filters.project_id)
    p = visible_plan_prices(viewer, filters.project_id)
    concerned = select(people.c.actor_key).distinct().cte("concerned")
    last = cast(func.timezone(zone, a.c.last_seen), Date)
    return (
        select(a.c.actor_key, func.max(p.c.monthly_cents).label("cents"))
        .join_from(concerned, a, a.c.actor_key == concerned.c.actor_key)
        .join(d, (d.c.actor_key == a.c.actor_key) & (d.c.day == last))
        .join(c, c.c.id == d.c.cell_id)
        .join(p, p.c.plan == c.c.plan)
        .group_by(a.c.actor_key)
        .cte("paying")
    )

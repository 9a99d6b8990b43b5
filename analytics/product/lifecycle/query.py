"""Lifecycle in one plain SQL statement over the rollups: the same rows, to be read and checked."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Date, Double, Select, Subquery, and_, cast, func, select

from analytics.filters import Filters
from analytics.periods import periods
from analytics.product.intervals import in_interval, intervals_cte, refuse_hours
from analytics.product.lifecycle.answer import intervals_shown, intervals_whole, start_before
from analytics.scope import (
    Viewer,
    visible_actor_days,
    visible_actor_event_days,
    visible_newcomers,
    within,
)


def lifecycle_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `lifecycle`, by its column names."""
    refuse_hours("Lifecycle", filters)
    viewer = within(viewer, "product")
    shown = periods(filters)
    before = start_before(shown, filters.grain) if shown else filters.start
    span = filters.over(before, filters.end)
    intervals = intervals_cte(intervals_shown(shown, before) if shown else [])
    calendar = intervals_cte(intervals_whole(shown, before) if shown else [], "calendar")
    days = (visible_actor_event_days if span.event else visible_actor_days)(viewer, span)
    active, whole = _active(days, intervals, "active"), _active(days, calendar, "whole")
    current = _current(active, whole, _seen(viewer, span, calendar))
    return _counted(intervals, current, _gone(active, whole)).where(select(days).exists())


def _active(a: Subquery, intervals: CTE, name: str) -> CTE:
    """Who was active in which interval, as the range cuts it or as the calendar has it."""
    within_one = in_interval(a.c.day, intervals)
    query = select(a.c.actor_key, intervals.c.place).join(intervals, within_one)
    return query.distinct().cte(name)


def _seen(viewer: Viewer, span: Filters, calendar: CTE) -> CTE:
    """Who was first ever seen in which interval of the calendar, whatever they did and where."""
    n = visible_newcomers(viewer, span.anywhere())
    day = cast(func.timezone(span.zone, n.c.first_seen), Date)
    query = select(n.c.actor_key, calendar.c.place).join(calendar, in_interval(day, calendar))
    return query.cte("seen")


def _current(active: CTE, whole: CTE, seen: CTE) -> CTE:
    """Each actor of each interval: whether active in the one before, and whether new."""
    earlier = whole.alias("earlier")
    same = (earlier.c.actor_key == active.c.actor_key, earlier.c.place == active.c.place - 1)
    first = (seen.c.actor_key == active.c.actor_key, seen.c.place == active.c.place)
    return (
        select(
            active.c.place,
            earlier.c.actor_key.is_not(None).label("was"),
            seen.c.actor_key.is_not(None).label("first"),
        )
        .outerjoin(earlier, and_(*same))
        .outerjoin(seen, and_(*first))
        .cte("current")
    )


def _gone(active: CTE, whole: CTE) -> CTE:
    """How many were active in the interval before and are not in this one."""
    same = (active.c.actor_key == whole.c.actor_key, active.c.place == whole.c.place + 1)
    return (
        select((whole.c.place + 1).label("place"), func.count().label("dormant"))
        .outerjoin(active, and_(*same))
        .where(active.c.actor_key.is_(None))
        .group_by(whole.c.place)
        .cte("gone")
    )


def _counted(intervals: CTE, current: CTE, gone: CTE) -> Select[Any]:
    c = current.c
    phases = (
        select(
            c.place,
            func.count().filter(~c.was & c.first).label("new"),
            func.count().filter(c.was).label("returning"),
            func.count().filter(~c.was & ~c.first).label("resurrecting"),
        )
        .group_by(c.place)
        .cte("phases")
    )
    new, returning, resurrecting, dormant = (
        func.coalesce(column, 0)
        for column in (phases.c.new, phases.c.returning, phases.c.resurrecting, gone.c.dormant)
    )
    won: ColumnElement[int] = new + resurrecting
    return (
        select(
            intervals.c.label.label("period"),
            new.label("new"),
            returning.label("returning"),
            resurrecting.label("resurrecting"),
            dormant.label("dormant"),
            (won + returning).label("active"),
            (won - dormant).label("net"),
            (cast(won, Double) / func.nullif(cast(dormant, Double), 0)).label("quick_ratio"),
            intervals.c.ripe.label("complete"),
        )
        .outerjoin(phases, phases.c.place == intervals.c.place)
        .outerjoin(gone, gone.c.place == intervals.c.place)
        .where(intervals.c.place > 0)
        .order_by(intervals.c.place)
    )

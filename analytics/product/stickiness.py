"""Stickiness: on how many days of the range people come."""

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, Connection, Double, Select, cast, func, select

from analytics.filters import Filters
from analytics.measures.actives import load_actives
from analytics.measures.cutting import ALL
from analytics.periods import day_periods
from analytics.scope import Viewer, visible_actor_days, visible_actor_event_days, within

ACTIVE_DAYS = {"days": "int64", "actors": "int64", "share": "float64"}


def active_days(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """Actors by the exact number of days of the range on which they were active.

    One row for each number from 1 to that of the days that have begun. Columns: days (int64),
    actors (int64), share (float64: of everybody active in the range). No row when nobody was, and
    without ids (anonymous projects).
    """
    viewer = within(viewer, "product")
    begun = len(day_periods(filters))
    if filters.anonymous or not begun:
        return _frame(np.empty(0, np.int64))
    found = load_actives(conn, viewer, filters.over(filters.start, day_periods(filters)[-1].last))
    words = found[ALL].words
    actors = np.bincount(np.bitwise_count(words).sum(axis=0, dtype=np.int64), minlength=begun + 1)
    return _frame(actors[1:])


def active_days_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `active_days`: days, actors, share."""
    door = visible_actor_event_days if filters.event else visible_actor_days
    a = door(within(viewer, "product"), filters)
    each = (
        select(a.c.actor_key, func.count(a.c.day.distinct()).label("days"))
        .where(a.c.day <= filters.today)
        .group_by(a.c.actor_key)
        .cte("each")
    )
    counted = select(each.c.days, func.count().label("actors")).group_by(each.c.days).cte("counted")
    most = max(len(day_periods(filters)), 1)
    numbers = func.generate_series(1, most).table_valued("days", name="numbers").render_derived()
    actors = func.coalesce(counted.c.actors, 0)
    everybody = select(cast(func.count(), Double)).select_from(each).scalar_subquery()
    query: Select[Any] = (
        select(
            cast(numbers.c.days, BigInteger).label("days"),
            cast(actors, BigInteger).label("actors"),
            cast(actors / everybody, Double).label("share"),
        )
        .select_from(numbers.outerjoin(counted, counted.c.days == numbers.c.days))
        .where(everybody > 0)
        .order_by(numbers.c.days)
    )
    return query


def _frame(actors: "np.ndarray[Any, np.dtype[np.int64]]") -> pd.DataFrame:
    total = int(actors.sum())
    if not total:
        return pd.DataFrame(columns=list(ACTIVE_DAYS)).astype(ACTIVE_DAYS)
    days = np.arange(1, len(actors) + 1)
    columns = {"days": days, "actors": actors, "share": actors / total}
    return pd.DataFrame(columns).astype(ACTIVE_DAYS)

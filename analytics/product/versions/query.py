"""Version adoption as plain SQL over the rollups: the same rows, to be read and checked."""

from dataclasses import replace
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Double,
    Select,
    case,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on

from analytics.filters import Filters
from analytics.measures.cutting import OTHER, or_not_set
from analytics.periods import periods, whole
from analytics.product.intervals import Interval, in_interval, intervals_cte, refuse_hours
from analytics.product.versions.answer import MOST
from analytics.product.versions.releases import padded, releases_sql
from analytics.scope import Viewer, visible_actor_days, within


def version_shares_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `version_shares`: period, series, value, actors, complete, which."""
    refuse_hours("Version adoption", filters)
    viewer = within(viewer, "product")
    filters = replace(filters, event="", subject=None)
    intervals = intervals_cte([Interval.of(period) for period in periods(filters)])
    versions = _versions(viewer, filters)
    last = _last_used(viewer, filters, intervals, versions)
    series = _series(last, versions)
    shown = select(series.c.series, func.max(series.c.number).label("number"))
    names = shown.group_by(series.c.series).subquery("names")
    cells = (
        select(last.c.place, series.c.series, func.count().label("n"))
        .join_from(last, series, series.c.version == last.c.version)
        .group_by(last.c.place, series.c.series)
        .cte("counted")
    )
    actors = cast(func.coalesce(cells.c.n, 0), BigInteger)
    active = func.sum(actors).over(partition_by=intervals.c.place)
    at = (cells.c.place == intervals.c.place) & (cells.c.series == names.c.series)
    query: Select[Any] = (
        select(
            intervals.c.label.label("period"),
            names.c.series,
            (cast(actors, Double) / func.nullif(active, 0)).label("value"),
            actors.label("actors"),
            intervals.c.ripe.label("complete"),
            literal("current").label("which"),
        )
        .select_from(names.join(intervals, true()).outerjoin(cells, at))
        .order_by(names.c.series == OTHER, names.c.number.desc(), intervals.c.place)
    )
    return query


def version_users_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `version_users`: version, first_seen, users, share, old."""
    viewer = within(viewer, "product")
    filters = replace(filters, event="", subject=None, grain="day")
    versions = _versions(viewer, filters)
    last = _last_used(viewer, filters, intervals_cte([Interval.of(whole(filters))]), versions)
    users = cast(func.count(), BigInteger)
    newest = select(func.max(versions.c.number)).scalar_subquery()
    name = or_not_set(last.c.version)
    query: Select[Any] = (
        select(
            name.label("version"),
            versions.c.first_seen,
            users.label("users"),
            (cast(users, Double) / func.sum(users).over()).label("share"),
            func.coalesce(versions.c.number < newest, False).label("old"),
        )
        .join_from(last, versions, versions.c.version == last.c.version, isouter=True)
        .group_by(last.c.version, versions.c.first_seen, versions.c.number)
        .order_by(versions.c.number.desc().nulls_last())
    )
    return query


def _versions(viewer: Viewer, filters: Filters) -> CTE:
    """version, first_seen and its number, the newest with the highest."""
    known = releases_sql(viewer, filters).subquery("known")
    order = (known.c.first_seen, padded(known.c.version))
    return select(known, func.row_number().over(order_by=order).label("number")).cte("versions")


def _last_used(viewer: Viewer, filters: Filters, intervals: CTE, versions: CTE) -> CTE:
    """place, actor_key and the newest version of their last day with any; '' for none."""
    a = visible_actor_days(viewer, filters, "app_version")
    number: ColumnElement[Any] = versions.c.number
    best = (intervals.c.place, a.c.actor_key)
    order = (*best, a.c.series == "", a.c.day.desc(), number.desc().nulls_last())
    query = select(*best, a.c.series.label("version")).ext(distinct_on(*best))
    return (
        query.select_from(
            a.join(intervals, in_interval(a.c.day, intervals)).outerjoin(
                versions, versions.c.version == a.c.series
            )
        )
        .order_by(*order)
        .cte("last_used")
    )


def _series(last: CTE, versions: CTE) -> CTE:
    """version, what it is called in the chart, and its number: all but the leaders are others."""
    number = func.coalesce(versions.c.number, 0)
    newest = select(func.max(versions.c.number)).scalar_subquery()
    order = (versions.c.number.is_distinct_from(newest), func.count().desc(), number.desc())
    ranked = (
        select(
            last.c.version,
            number.label("number"),
            func.row_number().over(order_by=order).label("rank"),
        )
        .join_from(last, versions, versions.c.version == last.c.version, isouter=True)
        .group_by(last.c.version, versions.c.number)
        .subquery("ranked")
    )
    name = or_not_set(ranked.c.version)
    series = case((ranked.c.rank <= MOST, name), else_=OTHER).label("series")
    return select(ranked.c.version, series, ranked.c.number).cte("series")

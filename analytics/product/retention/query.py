"""Retention in one plain SQL statement over the rollups: the same cells, to be read and checked."""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Date,
    Double,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from analytics.filters import Filters
from analytics.measures.cutting import ALL, OTHER, or_not_set
from analytics.periods import periods
from analytics.product.intervals import Interval, in_interval, intervals_cte, refuse_hours
from analytics.product.retention.answer import DID, DID_NOT
from analytics.product.retention.loading import before
from analytics.product.retention.terms import FIRST_TIME, Doing, Terms
from analytics.scope import (
    Viewer,
    visible_actor_days,
    visible_actor_event_days,
    visible_newcomers,
    within,
)


def retention_sql(
    viewer: Viewer,
    filters: Filters,
    terms: Terms = FIRST_TIME,
    by: str | Doing | None = None,
    top: int = 6,
) -> Select[Any]:
    """The rows of `retention`: series, cohort, interval, size, actors, share, ripe."""
    refuse_hours("Retention", filters)
    viewer = within(viewer, "product")
    intervals = intervals_cte([Interval.of(period) for period in periods(filters)])
    starts = _named(_starts(viewer, filters, terms, by, intervals), top).cte("starts")
    back = _back(viewer, filters, terms, intervals)
    returned = _returned(starts, back, intervals, or_later=terms.or_later)
    return _cells(intervals, starts, returned)


def curves_sql(
    viewer: Viewer,
    filters: Filters,
    terms: Terms = FIRST_TIME,
    by: str | Doing | None = None,
    top: int = 6,
) -> Select[Any]:
    """The rows of `curves`: series, interval, size, actors, share."""
    cells = retention_sql(viewer, filters, terms, by, top).order_by(None).subquery("cells")
    size, actors = (cast(func.sum(cells.c[name]), BigInteger) for name in ("size", "actors"))
    share = (cast(actors, Double) / cast(size, Double)).label("share")
    groups = (cells.c.series, cells.c.interval)
    return (
        select(*groups, size.label("size"), actors.label("actors"), share)
        .where(cells.c.ripe, cells.c.size > 0)
        .group_by(*groups)
        .order_by(*groups)
    )


def _starts(
    viewer: Viewer, filters: Filters, terms: Terms, by: str | Doing | None, intervals: CTE
) -> CTE:
    """actor_key, place and series of each start, for the first cell of its day."""
    dimension = by if isinstance(by, str) else None
    days = _started(viewer, filters, terms, dimension)
    once = [days.c.actor_key, *([intervals.c.place] if terms.recurring else [])]
    query = (
        select(days.c.actor_key, intervals.c.place)
        .join(intervals, in_interval(days.c.day, intervals))
        .ext(distinct_on(*once))
        .order_by(*once, days.c.day, days.c.cell_id)
    )
    if dimension:
        return query.add_columns(or_not_set(days.c.series).label("series")).cte("started")
    if isinstance(by, Doing):
        return _by_doing(query.cte("began"), viewer, filters, by, intervals)
    return query.add_columns(literal(ALL).label("series")).cte("started")


def _started(viewer: Viewer, filters: Filters, terms: Terms, by: str | None) -> Subquery:
    """The days of starts with actor_key, cell_id and, by a dimension, its value."""
    asked = terms.start.among(filters)
    if terms.recurring:
        return _days(viewer, asked, by)
    if asked.event:
        return _first_ever(viewer, asked, by)
    n = visible_newcomers(viewer, asked, by)
    day = cast(func.timezone(asked.zone, n.c.first_seen), Date).label("day")
    columns = [n.c.actor_key, day, n.c.first_cell.label("cell_id")]
    return select(*columns, *([n.c.series] if by else [])).subquery("first_days")


def _first_ever(viewer: Viewer, asked: Filters, by: str | None) -> Subquery:
    """The days of the range on which an actor did it for the first time ever."""
    days = _days(viewer, asked, by)
    anywhere = _days(viewer, asked.anywhere())
    first = (
        select(anywhere.c.actor_key, func.min(anywhere.c.day).label("day"))
        .group_by(anywhere.c.actor_key)
        .subquery("first")
    )
    old = _days(viewer, before(asked))
    return (
        select(days)
        .join(first, and_(first.c.actor_key == days.c.actor_key, first.c.day == days.c.day))
        .where(days.c.actor_key.not_in(select(old.c.actor_key)))
        .subquery("first_days")
    )


def _days(viewer: Viewer, asked: Filters, by: str | None = None) -> Subquery:
    door = visible_actor_event_days if asked.event else visible_actor_days
    return door(viewer, asked, by)


def _by_doing(began: CTE, viewer: Viewer, filters: Filters, doing: Doing, intervals: CTE) -> CTE:
    """The starts by whether the actor did something in the interval of the start."""
    days = _days(viewer, doing.among(filters))
    did = (
        select(days.c.actor_key)
        .join(intervals, in_interval(days.c.day, intervals))
        .where(days.c.actor_key == began.c.actor_key, intervals.c.place == began.c.place)
        .exists()
    )
    return select(began, case((did, DID), else_=DID_NOT).label("series")).cte("started")


def _named(started: CTE, top: int) -> Any:
    """The starts as "All", and again by the values with the most of them and "Other"."""
    whole = select(started.c.actor_key, started.c.place, literal(ALL).label("series"))
    counted = (
        select(
            started.c.series,
            func.row_number()
            .over(order_by=(func.count().desc(), started.c.series.collate("C")))
            .label("rank"),
        )
        .where(started.c.series != ALL)
        .group_by(started.c.series)
        .cte("ranked")
    )
    name = case((counted.c.rank <= top, counted.c.series), else_=OTHER)
    parts = select(started.c.actor_key, started.c.place, name.label("series")).join(
        counted, counted.c.series == started.c.series
    )
    return union_all(whole, parts)


def _back(viewer: Viewer, filters: Filters, terms: Terms, intervals: CTE) -> CTE:
    """Who is back in which interval; where later counts too, only the last of each actor."""
    days = _days(viewer, terms.back.among(filters))
    place = func.max(intervals.c.place).label("place") if terms.or_later else intervals.c.place
    query = select(days.c.actor_key, place).join(intervals, in_interval(days.c.day, intervals))
    return (query.group_by(days.c.actor_key) if terms.or_later else query.distinct()).cte("back")


def _returned(starts: CTE, back: CTE, intervals: CTE, *, or_later: bool) -> CTE:
    """How many of each series and cohort are back at which place."""
    s, at = starts.c, intervals.c.place
    reached = at <= back.c.place if or_later else at == back.c.place
    return (
        select(s.series, s.place, at.label("at"), func.count().label("actors"))
        .join(back, back.c.actor_key == s.actor_key)
        .join(intervals, and_(reached, at >= s.place))
        .group_by(s.series, s.place, at)
        .cte("returned")
    )


def _cells(intervals: CTE, starts: CTE, returned: CTE) -> Select[Any]:
    begun, then = intervals.alias("begun"), intervals.alias("reached")
    sizes = (
        select(starts.c.series, starts.c.place, func.count().label("size"))
        .group_by(starts.c.series, starts.c.place)
        .cte("sizes")
    )
    named = select(starts.c.series).distinct().cte("named")
    size = func.coalesce(sizes.c.size, 0).label("size")
    actors = func.coalesce(returned.c.actors, 0).label("actors")
    of = and_(sizes.c.series == named.c.series, sizes.c.place == begun.c.place)
    back = and_(
        returned.c.series == named.c.series,
        returned.c.place == begun.c.place,
        returned.c.at == then.c.place,
    )
    share = cast(actors, Double) / func.nullif(cast(size, Double), 0)
    return (
        select(
            named.c.series,
            begun.c.label.label("cohort"),
            (then.c.place - begun.c.place).label("interval"),
            size,
            actors,
            share.label("share"),
            then.c.ripe,
        )
        .select_from(named)
        .join(begun, literal(True))
        .join(then, then.c.place >= begun.c.place)
        .outerjoin(sizes, of)
        .outerjoin(returned, back)
        .order_by(named.c.series, begun.c.place, then.c.place)
    )

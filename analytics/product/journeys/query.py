"""The flow of a journey in SQL over raw events: the same edges and paths, slower."""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Double,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from analytics.filters import Filters
from analytics.product.journeys.asking import OTHER, Journey
from analytics.product.journeys.flow import PATHS
from analytics.product.sessions.sql import ORDER, SESSION, session_events
from analytics.scope import Viewer, visible_kinds, within


def journeys_sql(viewer: Viewer, filters: Filters, journey: Journey) -> Select[Any]:
    """The rows of `journeys(...).edges`: step, source, target, sessions and share."""
    passed = _told_apart(_trails(_collapsed(viewer, filters, journey), journey), journey)
    after = func.lead(passed.c.node).over(partition_by=_whose(passed), order_by=passed.c.place)
    far = func.coalesce(after, journey.end)
    pairs = select(passed.c.place, passed.c.node.label("near"), far.label("far")).cte("pairs")
    n = func.count()
    onward = journey.way > 0
    source, target = (pairs.c.near, pairs.c.far) if onward else (pairs.c.far, pairs.c.near)
    step = pairs.c.place if onward else -pairs.c.place - 1
    share = n * 1.0 / func.sum(n).over(partition_by=[pairs.c.place, pairs.c.near])
    return (
        select(
            cast(step, BigInteger).label("step"),
            source.label("source"),
            target.label("target"),
            n.label("sessions"),
            cast(share, Double).label("share"),
        )
        .where(pairs.c.place < journey.steps - 1)
        .group_by(pairs.c.place, pairs.c.near, pairs.c.far)
        .order_by(step, n.desc(), source, target)
    )


def paths_sql(viewer: Viewer, filters: Filters, journey: Journey) -> Select[Any]:
    """The rows of `journeys(...).paths`: path (the nodes in order of time), sessions and share."""
    passed = _told_apart(_trails(_collapsed(viewer, filters, journey), journey), journey)
    whole = _whole(passed, journey)
    n = func.count().label("sessions")
    of = select(func.count()).select_from(whole).scalar_subquery()
    return (
        select(whole.c.path, n, cast(n * 1.0 / of, Double).label("share"))
        .where(whole.c.other.is_(False))
        .group_by(whole.c.path, whole.c.ranks)
        .order_by(n.desc(), whole.c.ranks)
        .limit(PATHS)
    )


def _whole(passed: CTE, journey: Journey) -> CTE:
    """One row a session: path, the ranks of its nodes from the start on, and whether any is other.

    A session that is over before the last step passes the end as well, which ranks after all.
    """
    c, is_over = passed.c, func.count() < journey.steps
    path = func.array_agg(aggregate_order_by(c.node, c.place * journey.way))
    ends = (path, journey.end) if journey.way > 0 else (journey.end, path)
    ended = (func.array_append if journey.way > 0 else func.array_prepend)(*ends)
    ranks = func.array_agg(aggregate_order_by(c.rank, c.place))
    after_all = cast(literal(journey.top + 1), BigInteger)
    query: Select[Any] = select(
        case((is_over, ended), else_=path).label("path"),
        case((is_over, func.array_append(ranks, after_all)), else_=ranks).label("ranks"),
        func.bool_or(c.rank > journey.top).label("other"),
    ).group_by(*_whose(passed))
    return query.cte("whole")


def _collapsed(viewer: Viewer, filters: Filters, journey: Journey) -> CTE:
    """The events of sessions as nodes, without repeats in a row, numbered within the session."""
    e = session_events(viewer, filters)
    k = visible_kinds(within(viewer, "product"), filters.project_id)
    node = _node(k.c.name, k.c.subject, journey).label("node")
    named = select(*e.c, node).join(k, k.c.id == e.c.kind_id).subquery("named")
    within_session: dict[str, Any] = {
        "partition_by": _whose(named),
        "order_by": [named.c[name] for name in ORDER],
    }
    before = func.lag(named.c.node).over(**within_session).label("before")
    followed = select(named, before).subquery("followed")
    within_session = {
        "partition_by": _whose(followed),
        "order_by": [followed.c[name] for name in ORDER],
    }
    number = func.row_number().over(**within_session).label("number")
    changes = followed.c.before.is_distinct_from(followed.c.node)
    return select(*_whose(followed), followed.c.node, number).where(changes).cte("collapsed")


def _node(
    name: ColumnElement[str], subject: ColumnElement[str], journey: Journey
) -> ColumnElement[str]:
    both = case((subject == "", name), else_=name + ": " + subject)
    usual = name if journey.level == "name" else both
    if not journey.name:
        return usual
    starts = [name == journey.name]
    starts += [] if journey.subject is None else [subject == journey.subject]
    return case((and_(*starts), literal(journey.start)), else_=usual)


def _trails(collapsed: CTE, journey: Journey) -> CTE:
    """The nodes from the journey's start on, which has place 0."""
    number, whose = collapsed.c.number, _whose(collapsed)
    if journey.name:
        hit = case((collapsed.c.node == journey.start, number))
        start = func.min(hit).over(partition_by=whose)
    elif journey.way > 0:
        start = func.min(number).over(partition_by=whose)
    else:
        start = func.max(number).over(partition_by=whose)
    place = (journey.way * (number - start)).label("place")
    placed = select(*whose, collapsed.c.node, place).subquery("placed")
    inside = placed.c.place.between(0, journey.steps - 1)
    return select(placed).where(inside).cte("trails")


def _told_apart(trails: CTE, journey: Journey) -> CTE:
    """The trails with the nodes that most sessions pass at a place, and the rest as one."""
    order = (func.count().desc(), trails.c.node.collate("C"))
    rank = func.row_number().over(partition_by=trails.c.place, order_by=order).label("rank")
    ranked = (
        select(trails.c.place, trails.c.node, rank)
        .group_by(trails.c.place, trails.c.node)
        .subquery("ranked")
    )
    node = case((ranked.c.rank <= journey.top, trails.c.node), else_=OTHER).label("node")
    same = and_(ranked.c.place == trails.c.place, ranked.c.node == trails.c.node)
    query = select(*_whose(trails), trails.c.place, node, ranked.c.rank)
    query = query.join_from(trails, ranked, same)
    return query.cte("told_apart")


def _whose(rows: Any) -> list[ColumnElement[Any]]:
    """The columns that name a row's session."""
    return [rows.c[name] for name in SESSION]

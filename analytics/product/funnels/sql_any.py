"""SQL for chains in any order: what a window that begins with each entry holds."""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FrameClause,
    FrameClauseType,
    Select,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from analytics.product.funnels.definition import Funnel
from analytics.product.funnels.sql_moments import (
    actor_of,
    by_name,
    named,
    same_actor,
    subsets,
)


def windowed(rows: CTE, funnel: Funnel) -> CTE:
    """span, actor_key, furthest, steps, entry and ended of each actor; see `sql_chains`."""
    apart = select(*rows.c, literal(0).label("island")).cte("together")
    all_ranked = _ranked(apart, funnel, "all_ranked")
    furthest = (
        select(*actor_of(all_ranked), func.max(all_ranked.c.steps).label("furthest"))
        .group_by(*actor_of(all_ranked))
        .cte("furthest")
    )
    ranked = all_ranked
    if funnel.exclusions:
        ranked = _ranked(_islands(rows), funnel, "clean_ranked")
    most = func.max(ranked.c.steps).over(partition_by=actor_of(ranked)).label("most")
    best = select(*ranked.c, most).cte("best")
    entries = (
        select(*actor_of(best), best.c.steps, func.max(best.c.at).label("entry"))
        .where(best.c.steps == best.c.most)
        .group_by(*actor_of(best), best.c.steps)
        .cte("entries")
    )
    ends = _ends(rows, entries, funnel)
    query: Select[Any] = (
        select(*entries.c, furthest.c.furthest, ends.c.ended)
        .join(furthest, same_actor(furthest, entries))
        .outerjoin(ends, same_actor(ends, entries))
    )
    return query.cte("reached")


def _ranked(rows: CTE, funnel: Funnel, name: str) -> CTE:
    """The entries with the number of steps that the window from them on can serve."""
    window = FrameClause(None, funnel.window, FrameClauseType.CURRENT, FrameClauseType.FOLLOWING)
    frame = {
        "partition_by": [*actor_of(rows), rows.c.island],
        "order_by": rows.c.at,
        "range_": window,
    }
    served = select(
        *actor_of(rows), rows.c.at, rows.c.entered, _served(rows, funnel, frame).label("steps")
    ).subquery()
    entered = select(*actor_of(served), served.c.at, served.c.steps)
    return entered.where(served.c.entered.is_not(None)).cte(name)


def _served(rows: CTE, funnel: Funnel, frame: dict[str, Any]) -> ColumnElement[int]:
    """How many steps the events of a frame can serve, each by one of its own.

    That is the least, over all sets of steps, of the events that serve the set and the number of
    the other steps (Hall, 1935); steps of different events are independent of each other.
    """
    parts = []
    for group in by_name(funnel):
        limits = [
            func.sum(rows.c[named(chosen)]).over(**frame) + (len(group) - len(chosen))
            for chosen in subsets(group)
        ]
        parts.append(func.least(*limits, len(group)))
    total: ColumnElement[int] = cast(sum(parts[1:], parts[0]), BigInteger)
    return total


def _islands(rows: CTE) -> CTE:
    """The moments between two exclusions; a moment with one ends an island and begins the next."""
    passed = func.count().filter(rows.c.excluded)
    island = passed.over(partition_by=actor_of(rows), order_by=rows.c.at)
    hosts = select(*rows.c, island.label("island")).cte("hosts")
    ends = [
        null().label("entered") if column.name == "entered" else column
        for column in hosts.c
        if column.name != "island"
    ]
    guests = select(*ends, hosts.c.island - 1).where(hosts.c.excluded)
    return union_all(select(*hosts.c), guests).cte("islands")


def _ends(rows: CTE, entries: CTE, funnel: Funnel) -> CTE:
    """When the last step was done, of those who came so far."""
    within = (rows.c.at >= entries.c.entry) & (rows.c.at <= entries.c.entry + funnel.window)
    so_far = {"partition_by": actor_of(rows), "order_by": rows.c.at}
    done = (
        select(*actor_of(rows), rows.c.at, _served(rows, funnel, so_far).label("steps"))
        .join(entries, same_actor(rows, entries) & within)
        .cte("done")
    )
    finished = case((done.c.steps == len(funnel.steps), done.c.at))
    return (
        select(*actor_of(done), func.min(finished).label("ended"))
        .group_by(*actor_of(done))
        .cte("ends")
    )

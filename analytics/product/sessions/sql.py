"""Sessions in SQL, from raw events with window functions: the same ones, to be read and checked."""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from analytics.filters import Filters
from analytics.measures.cutting import ALL, or_not_set
from analytics.product.sessions.cutting import LONGEST, PAUSE, SESSIONLESS
from analytics.scope import Viewer, visible_cells, visible_events, visible_kinds, within
from db.tables import DIMENSIONS

SECOND = 1_000_000  # microseconds
SESSION = ("owner", "session_key", "run", "part")  # together they name a session
ORDER = ("occurred_at", "kind_id", "cell_id")  # of events within a session


def sessions_cte(
    viewer: Viewer, filters: Filters, by: str | None = None, name: str = "sessions"
) -> CTE:
    """One row a session: begin, seconds (numeric), depth, entry and exit (kinds) and series."""
    e = session_events(viewer, filters, by, f"{name}_events")
    order = [e.c[column] for column in ORDER]
    back = [column.desc() for column in order]
    series = _first(e.c[by], order) if by else literal(ALL)
    return (
        select(
            *(e.c[column] for column in SESSION),
            func.min(e.c.occurred_at).label("begin"),
            _seconds(func.max(e.c.occurred_at) - func.min(e.c.occurred_at)).label("seconds"),
            func.count().label("depth"),
            _first(e.c.kind_id, order).label("entry"),
            _first(e.c.kind_id, back).label("exit"),
            or_not_set(series).label("series"),
        )
        .group_by(*(e.c[column] for column in SESSION))
        .cte(name)
    )


def session_events(
    viewer: Viewer, filters: Filters, by: str | None = None, name: str = "session_events"
) -> CTE:
    """The events that are in a session: SESSION, ORDER and the dimension `by`."""
    e = _with_runs(_marked(viewer, filters, by), name)
    since = _seconds(e.c.occurred_at - e.c.run_began)
    number = cast(func.floor(since / (LONGEST // SECOND)), Integer)
    part = case((e.c.session_key.is_not(None), 0), else_=number).label("part")
    columns = [e.c[column] for column in (*ORDER, *SESSION[:3], *([by] if by else []))]
    return select(*columns, part).cte(name)


def _marked(viewer: Viewer, filters: Filters, by: str | None) -> Subquery:
    """Events that can be in a session, each with whether a run begins with it.

    Those of a client's session have no owner, because only its key tells whose they are.
    """
    e = _identified(within(viewer, "product"), filters, by)
    alone = e.c.session_key.is_(None)
    owner = case((alone, e.c.actor_key)).label("owner")
    order = [e.c[column] for column in ORDER]
    before = func.lag(e.c.occurred_at).over(partition_by=[owner, e.c.session_key], order_by=order)
    near = e.c.occurred_at - before < timedelta(microseconds=PAUSE)
    opens = case((and_(alone, func.coalesce(~near, True)), 1), else_=0).label("opens")
    person = func.lower(e.c.platform).not_in(sorted(SESSIONLESS))
    inside = or_(~alone, and_(e.c.actor_key != 0, person))
    columns = [e.c[name] for name in ("session_key", *ORDER, *([by] if by else []))]
    return select(*columns, owner, opens).where(inside).subquery("marked")


def _identified(viewer: Viewer, filters: Filters, by: str | None) -> Subquery:
    """The raw events with the ids of their kind and cell, which order what happened at once."""
    e = visible_events(viewer, filters)
    k = visible_kinds(viewer, filters.project_id)
    c = visible_cells(viewer, filters.project_id)
    columns = {"actor_key", "occurred_at", "session_key", "platform", *([by] if by else [])}
    return (
        select(
            *(e.c[name] for name in sorted(columns)),
            k.c.id.label("kind_id"),
            c.c.id.label("cell_id"),
        )
        .join_from(e, k, and_(k.c.name == e.c.name, k.c.subject == e.c.subject))
        .join(c, and_(*(c.c[name] == e.c[name] for name in DIMENSIONS)))
        .subquery("identified")
    )


def _with_runs(marked: Subquery, name: str) -> Subquery:
    """The events with the number of their run and its first instant."""
    whose: list[ColumnElement[Any]] = [marked.c.owner, marked.c.session_key]
    order = [marked.c[column] for column in ORDER]
    run = func.sum(marked.c.opens).over(partition_by=whose, order_by=order, rows=(None, 0))
    runs = select(marked, run.label("run")).subquery(f"{name}_runs")
    first = func.min(runs.c.occurred_at).over(
        partition_by=[runs.c.owner, runs.c.session_key, runs.c.run]
    )
    return select(runs, first.label("run_began")).subquery(f"{name}_begun")


def _first(column: ColumnElement[Any], order: list[Any]) -> Any:
    """SQL for the value of the first row of a group."""
    ordered = aggregate_order_by(column, *order)
    return func.array_agg(ordered, type_=ARRAY(column.type))[1]


def _seconds(length: ColumnElement[Any]) -> ColumnElement[Any]:
    return extract("epoch", length)

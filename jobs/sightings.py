"""Who was seen first and last when: kept by actor, and packed by the day and cell of the first."""

from typing import Any

from sqlalchemy import (
    CTE,
    Connection,
    Date,
    Integer,
    Select,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql

from db.tables import actor, projects
from jobs.grouping import NOBODY
from jobs.packing import packing
from jobs.rolling import rolling


def upsert_actors(conn: Connection, sign: int) -> None:
    """First and last sight aren't linear: a whole person is taken out, so their row just goes."""
    if sign < 0:
        gone = select(rolling.c.project_id, rolling.c.actor_key).distinct().subquery()
        same = and_(actor.c.project_id == gone.c.project_id, actor.c.actor_key == gone.c.actor_key)
        conn.execute(delete(actor).where(same))
        return
    adding = postgresql.insert(actor).from_select(
        ["project_id", "actor_key", "first_seen", "first_cell", "last_seen", "n"], _sightings()
    )
    new, old = adding.excluded, actor.c
    earlier = or_(
        new.first_seen < old.first_seen,
        and_(new.first_seen == old.first_seen, new.first_cell < old.first_cell),
    )
    changed = {
        "was_first_seen": old.first_seen,
        "was_first_cell": old.first_cell,
        "first_seen": func.least(old.first_seen, new.first_seen),
        "first_cell": case((earlier, new.first_cell), else_=old.first_cell),
        "last_seen": func.greatest(old.last_seen, new.last_seen),
        "n": old.n + new.n,
    }
    adding = adding.on_conflict_do_update(index_elements=["project_id", "actor_key"], set_=changed)
    conn.execute(packing("newcomer", _newcomers(adding.returning(actor).cte("seen")).subquery()))


def _newcomers(seen: CTE) -> Select[Any]:
    """By day and cell: who was first seen there, less those who were so until now."""
    s = seen.c
    moved = (s.was_first_seen != s.first_seen) | (s.was_first_cell != s.first_cell)
    first = select(
        s.project_id, s.first_seen.label("at"), s.first_cell.label("cell_id"), literal(1).label("n")
    )
    former = select(s.project_id, s.was_first_seen, s.was_first_cell, literal(-1)).where(moved)
    both = union_all(first.where(or_(s.was_first_seen.is_(None), moved)), former).subquery()
    day = cast(func.timezone(projects.c.timezone, both.c.at), Date).label("day")
    groups = (both.c.project_id, day, both.c.cell_id)
    counted = select(*groups, func.sum(both.c.n).label("n"))
    return counted.join(projects, projects.c.id == both.c.project_id).group_by(*groups)


def _sightings() -> Select[Any]:
    """Per actor: first sight and where it was (the lowest cell of that instant), last, count."""
    r = rolling.c
    earliest = postgresql.aggregate_order_by(r.cell_id, r.occurred_at, r.cell_id)
    return (
        select(
            r.project_id,
            r.actor_key,
            func.min(r.occurred_at),
            func.array_agg(earliest, type_=postgresql.ARRAY(Integer))[1],
            func.max(r.occurred_at),
            func.count(),
        )
        .where(r.actor_key != NOBODY)
        .group_by(r.project_id, r.actor_key)
        .order_by(r.project_id, r.actor_key)
    )

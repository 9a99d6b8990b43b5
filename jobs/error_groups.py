"""Error groups: what is known of each cause of failures, and whether it came back.

First and last sight aren't linear, and a state is what somebody decided: neither is taken out.
Adding the same failures again changes nothing.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    Update,
    and_,
    case,
    delete,
    func,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql

from db.tables import error_groups, error_hours
from jobs.failures import failing
from jobs.releases import came_before


def keep_groups(conn: Connection, sign: int) -> None:
    """Keep what the pass tells of each cause; once all failures of one are taken out it goes."""
    if sign > 0:
        conn.execute(_upserting())
        conn.execute(_reopening(conn))
        return
    f = failing.c
    touched = select(f.project_id, f.fingerprint).distinct().subquery("touched")
    conn.execute(delete(error_groups).where(_same(error_groups.c, touched.c), _has_no_hours()))


def forget_empty_groups(conn: Connection, project_id: int) -> None:
    """Forget the causes that no failure of the project has any more."""
    conn.execute(
        delete(error_groups).where(error_groups.c.project_id == project_id, _has_no_hours())
    )


def _upserting() -> Any:
    """What the pass tells of each cause: the names of the first failure, releases of both ends."""
    f = failing.c
    first, last = (_in_order(descending) for descending in (False, True))
    seen = (
        select(
            f.project_id,
            f.fingerprint,
            *(first(name) for name in ("error_type", "title", "name", "subject")),
            func.min(f.occurred_at).label("first_seen"),
            func.max(f.occurred_at).label("last_seen"),
            first("app_version").label("first_release"),
            last("app_version").label("last_release"),
        )
        .group_by(f.project_id, f.fingerprint)
        .order_by(f.project_id, f.fingerprint)
    )
    adding = postgresql.insert(error_groups).from_select(
        [column.name for column in seen.selected_columns], seen
    )
    new, old = adding.excluded, error_groups.c
    earlier, later = new.first_seen < old.first_seen, new.last_seen > old.last_seen
    changed = {
        "first_seen": func.least(old.first_seen, new.first_seen),
        "last_seen": func.greatest(old.last_seen, new.last_seen),
        "first_release": case((earlier, new.first_release), else_=old.first_release),
        "last_release": case((later, new.last_release), else_=old.last_release),
    }
    keys = ["project_id", "fingerprint"]
    return adding.on_conflict_do_update(index_elements=keys, set_=changed)


def _in_order(descending: bool) -> Any:
    """A function that picks a column of the first failure of a group, or of the last."""
    at = failing.c.occurred_at

    def pick(name: str) -> ColumnElement[str]:
        column = failing.c[name]
        order = (at.desc(), column.desc()) if descending else (at, column)
        picked = postgresql.aggregate_order_by(column, *order)
        return func.array_agg(picked, type_=postgresql.ARRAY(Text))[1].label(name)

    return pick


def _reopening(conn: Connection) -> Update:
    """Causes that were resolved and are there again: later, and in a release that has the cure.

    A failure whose release nobody knows counts as one that should have had it.
    """
    f, g = failing.c, error_groups.alias("g").c
    lacking = _lacking(conn)
    again = (
        select(f.project_id, f.fingerprint, func.min(f.occurred_at).label("at"))
        .join_from(failing, g.project_id.table, _same(g, f))
        .where(_is_back(f, g))
        .where(tuple_(f.project_id, f.app_version, g.resolved_release).not_in(lacking))
        .group_by(f.project_id, f.fingerprint)
        .subquery("again")
    )
    reopened = {"state": "open", "regressed_at": again.c.at}
    return update(error_groups).values(reopened).where(_same(error_groups.c, again.c))


def _lacking(conn: Connection) -> list[tuple[int, str, str]]:
    """Project, release and cured release of failures that the cure was not in yet."""
    f, g = failing.c, error_groups.alias("g").c
    two = f.app_version != "", g.resolved_release != "", f.app_version != g.resolved_release
    pairs = (
        select(f.project_id, f.app_version, g.resolved_release)
        .join_from(failing, g.project_id.table, _same(g, f))
        .where(_is_back(f, g), *two)
        .distinct()
    )
    return [tuple(pair) for pair in conn.execute(pairs).all() if came_before(conn, *pair)]


def _is_back(failure: Any, group: Any) -> ColumnElement[bool]:
    return and_(group.state == "resolved", failure.occurred_at > group.resolved_at)


def _has_no_hours() -> ColumnElement[bool]:
    return ~select(literal(1)).where(_same(error_hours.c, error_groups.c)).exists()


def _same(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(one.project_id == other.project_id, one.fingerprint == other.fingerprint)

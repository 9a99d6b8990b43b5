"""How a door is built: the project, the range and what is asked for, as bound values."""

from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from threading import RLock
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    CursorResult,
    FromClause,
    Integer,
    Select,
    Subquery,
    Table,
    bindparam,
    false,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.filters import NOT_SET, BadFilters, Filters, check_dimension
from analytics.periods import midnight
from analytics.scope.viewer import PUBLIC, USAGE, Viewer
from db import tables
from db.tables import cells, kinds

DOORS = 100  # that are kept of each: of those who ask again and again
ORGANISATIONS = "own_organisations"
_building = RLock()
P = ParamSpec("P")
Built = TypeVar("Built")


def built_once(door: Callable[P, Built]) -> Callable[P, Built]:
    """A door, or a statement on it, that is built once for the same viewer and things asked for.

    To name all of its columns takes longer than the database needs for what is asked of it. What
    the viewer may see is among what they are compared by: no one finds the door of another. What
    differs each time, such as the days, is a parameter of the statement. Threads share it, so that
    one of them builds it, with its columns, which SQLAlchemy else makes as they are first used.
    """

    @lru_cache(DOORS)
    def kept(*args: P.args, **named: P.kwargs) -> Built:
        made = door(*args, **named)
        if isinstance(made, FromClause):
            made.c.keys()
        return made

    @wraps(door)
    def found(*args: P.args, **named: P.kwargs) -> Built:
        with _building:
            return kept(*args, **named)  # type: ignore[arg-type]

    return found


def ask(
    conn: Connection,
    viewer: Viewer,
    build: Callable[..., Select[Any]],
    *what: object,
    **values: object,
) -> CursorResult[*tuple[Any, ...]]:
    """The rows that a viewer sees of a statement which is built once for many of them.

    It is built for somebody who owns no actors and organisations: these are parameters, as are the
    other values, so that whoever forgets them finds nothing.
    """
    return conn.execute(build(_alike(viewer), *what), values_of(viewer) | values)


def values_of(viewer: Viewer) -> dict[str, object]:
    """The actors and organisations of a viewer, as the parameters that doors have for them."""
    pairs = (zip(own(place), pair, strict=True) for place, pair in enumerate(sorted(viewer.actors)))
    actors = {parameter.key: value for each in pairs for parameter, value in each}
    return actors | {ORGANISATIONS: sorted(viewer.organisations)}


def own(place: int, project_id: int = 0, actor_key: int = 0) -> tuple[BindParameter[int], ...]:
    """The parameters for one of the viewer's actors, which no project of this id has: (0, 0)."""
    return (
        bindparam(f"own_project_{place}", project_id, Integer),
        bindparam(f"own_actor_{place}", actor_key, BigInteger),
    )


def headed(viewer: Viewer) -> BindParameter[Sequence[int]]:
    """The parameter for the organisations that the viewer is the owner or an admin of."""
    return bindparam(ORGANISATIONS, sorted(viewer.organisations), ARRAY(Integer))


def _alike(viewer: Viewer) -> Viewer:
    """Somebody who sees the same packages, and has as many actors, but nobody's."""
    actors = frozenset((0, -place) for place in range(len(viewer.actors)))
    if viewer.may("product"):
        return Viewer(None, "", viewer.role, viewer.projects, viewer.packages, actors=actors)
    return Viewer(None, "", PUBLIC.role, frozenset(), viewer.packages, actors=actors)


def a_member(viewer: Viewer, project_id: int) -> ColumnElement[bool]:
    """Whether the project is one of the viewer's."""
    return true() if project_id in viewer.projects else false()


def may_see(viewer: Viewer, project_id: int, fields: frozenset[str]) -> ColumnElement[bool]:
    """Whether it is, and the viewer's role has one of these fields."""
    return a_member(viewer, project_id) if viewer.fields & fields else false()


def scoped(
    table: Table, viewer: Viewer, filters: Filters, fields: frozenset[str] = USAGE
) -> Select[Any]:
    """The rows of the filters' project, none for who may not see it."""
    return of_project(table, viewer, filters.project_id, fields)


def of_project(
    table: Table, viewer: Viewer, project_id: int, fields: frozenset[str] = USAGE
) -> Select[Any]:
    """The rows of a project, none for who may not see it."""
    seen = may_see(viewer, project_id, fields)
    return select(table).where(seen, table.c.project_id == project_id)


def packed(table: Table, viewer: Viewer, filters: Filters, names: Sequence[str]) -> Select[Any]:
    """A table of packs in the range, of the event that is asked for and of these names or all."""
    query = scoped(table, viewer, filters).where(
        table.c.day >= filters.start, table.c.day < filters.end
    )
    if filters.event:
        query = query.where(table.c.name == filters.event)
    return query.where(table.c.name.in_(names)) if names else query


def narrowed(table: Table, filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions for one event and the members of a segment, on tables that carry them."""
    conditions = members_only(table, filters)
    if filters.event:
        if "kind_id" not in table.c:
            raise BadFilters("These counts are of all events together.")
        ours = select(kinds.c.id).where(
            kinds.c.project_id == filters.project_id, *event_only(kinds, filters)
        )
        conditions.append(table.c.kind_id.in_(ours))
    return conditions


def event_only(table: Table, filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions for the event that is asked for and, where one is, its subject."""
    subject = [] if filters.subject is None else [table.c.subject == filters.subject]
    return [table.c.name == filters.event, *subject]


def members_only(table: Table, filters: Filters) -> list[ColumnElement[bool]]:
    """The condition for the members of the segment that is asked for."""
    if filters.segment is None:
        return []
    if "actor_key" not in table.c:
        raise BadFilters("These counts know no people.")
    members = tables.segment_members
    ours = select(members.c.actor_key).where(
        members.c.project_id == filters.project_id, members.c.segment_id == filters.segment
    )
    return [table.c.actor_key.in_(ours)]


def by_hour(table: Table, viewer: Viewer, filters: Filters) -> Subquery:
    """A rollup by the hour in the range; filters on dimensions are refused."""
    _refuse_dimensions(filters)
    query = scoped(table, viewer, filters).where(
        *narrowed(table, filters),
        table.c.hour >= midnight(filters.start, filters.tz),
        table.c.hour < midnight(filters.end, filters.tz),
    )
    return query.subquery(f"visible_{table.name}")


def by_day(table: Table, viewer: Viewer, filters: Filters, by: str | None) -> Subquery:
    """A rollup by the day in the range, with the breakdown as `series` when `by` names one."""
    query = scoped(table, viewer, filters).where(
        table.c.day >= filters.start, table.c.day < filters.end, *narrowed(table, filters)
    )
    if by or filters.dimensions:
        query = in_cells(query, table.c.cell_id, filters, by)
    return query.subquery(f"visible_{table.name}")


def in_cells(
    query: Select[Any], cell: ColumnElement[int], filters: Filters, by: str | None
) -> Select[Any]:
    """Keep the rows of the matching cells; cells are few, so this is one small hash table."""
    if not by and not filters.dimensions:
        return query
    query = query.join(cells, cells.c.id == cell).where(*chosen(cells, filters))
    return query.add_columns(dimension(cells, by)) if by else query


def chosen(table: Table, filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions for the values of the dimensions that are asked for."""
    return [table.c[name].in_(stored(values)) for name, values in filters.dimensions.items()]


def stored(values: tuple[str, ...]) -> list[str]:
    """The values as tables hold them, where a client may have said NOT_SET, too."""
    return [*values, ""] if NOT_SET in values else list(values)


def dimension(table: Table, by: str) -> ColumnElement[str]:
    """A dimension as `series`; raises BadFilters for what is none."""
    check_dimension(by)
    return table.c[by].label("series")


def _refuse_dimensions(filters: Filters) -> None:
    if filters.dimensions:
        raise BadFilters("These counts carry no dimensions.")

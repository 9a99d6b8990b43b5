"""The only door to the data: what this viewer may see, then the project and the days asked for.

Every select of facts and rollups starts with one of the `visible_*` functions. They put project,
range and dimensions on it as bound values, and let nothing through for a viewer who may not see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Table,
    false,
    select,
    true,
)

from analytics.filters import NOT_SET, BadFilters, Filters
from analytics.periods import midnight
from db import access, tables
from db.tables import DIMENSIONS, cells, kinds

FIELDS = ("product", "business", "operations")
ROLE_FIELDS: dict[str, frozenset[str]] = {
    "admin": frozenset(FIELDS),
    "executive": frozenset(FIELDS),
    "product": frozenset({"product", "operations"}),
    "operations": frozenset({"product", "operations"}),
}
USAGE = frozenset({"product", "business"})  # the fields that are made of usage


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the person, the role, and the projects, packages and organisations they may see."""

    person_id: int | None
    email: str
    role: str
    projects: frozenset[int]
    packages: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()

    @property
    def fields(self) -> frozenset[str]:
        """The fields whose questions this role may ask."""
        return ROLE_FIELDS.get(self.role, frozenset())

    def may(self, field: str) -> bool:
        """Whether this role may ask the questions of a field."""
        return field in self.fields

    def sees(self, project_id: int, field: str) -> bool:
        """Whether this viewer may ask the questions of a field about a project."""
        return project_id in self.projects and self.may(field)


PUBLIC = Viewer(person_id=None, email="", role="public", projects=frozenset())


def viewer_of(conn: Connection, session_token: str | None) -> Viewer:
    """Who holds this sign-in; the public when there is none or it is no longer valid."""
    person = access.person_of(conn, session_token) if session_token else None
    if person is None:
        return PUBLIC
    return Viewer(person.id, person.email, person.role, person.projects)


def within(viewer: Viewer, field: str) -> Viewer:
    """The viewer when the role may ask this field's questions, else the public."""
    return viewer if viewer.may(field) else PUBLIC


# The tables -----------------------------------------------------------------------------------


def visible_event_hours(viewer: Viewer, filters: Filters) -> Subquery:
    """event_hour in the range; it has no dimensions or people, so filters on them are refused."""
    return _by_hour(tables.event_hour, viewer, filters)


def visible_duration_bins(viewer: Viewer, filters: Filters) -> Subquery:
    """duration_bin in the range; it has no dimensions or people, so filters on them are refused."""
    return _by_hour(tables.duration_bin, viewer, filters)


def visible_duration_values(viewer: Viewer, filters: Filters, dimension: str) -> Subquery:
    """duration_value_day in the range, of one dimension and its values that are asked for.

    Filters on another dimension are refused: these rows don't carry it.
    """
    table = tables.duration_value_day
    if dimension not in DIMENSIONS or set(filters.dimensions) - {dimension}:
        raise BadFilters("Durations by one dimension know no other.")
    query = _scoped(table, viewer, filters).where(
        table.c.day >= filters.start, table.c.day < filters.end, table.c.dimension == dimension
    )
    query = query.where(*_narrowed(table, filters))
    if dimension in filters.dimensions:
        query = query.where(table.c.value.in_(_stored(filters.dimensions[dimension])))
    return query.add_columns(table.c.value.label("series")).subquery("visible_duration_values")


def visible_event_days(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """event_day in the range, with the breakdown dimension as `series` when `by` names one."""
    return _by_day(tables.event_day, viewer, filters, by)


def visible_cell_days(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """cell_day in the range, with the breakdown dimension as `series` when `by` names one."""
    return _by_day(tables.cell_day, viewer, filters, by)


def visible_actor_days(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """actor_day in the range, with the breakdown dimension as `series` when `by` names one."""
    return _by_day(tables.actor_day, viewer, filters, by)


def visible_session_days(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """session_day in the range, with the breakdown dimension as `series` when `by` names one."""
    return _by_day(tables.session_day, viewer, filters, by)


def visible_actor_event_days(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """actor_event_day in the range, with the breakdown dimension as `series` when `by` names it."""
    return _by_day(tables.actor_event_day, viewer, filters, by)


def visible_key_packs(
    viewer: Viewer, filters: Filters, what: str, names: Sequence[str] = ()
) -> Subquery:
    """key_pack of the days in the range, of these names or all (`analytics.measures.packs`)."""
    pack = tables.key_pack
    query = _pack(pack, viewer, filters, names).where(pack.c.what == what)
    return query.subquery("visible_key_packs")


def visible_event_packs(viewer: Viewer, filters: Filters, names: Sequence[str] = ()) -> Subquery:
    """event_pack of the days in the range, of these names or all (`analytics.measures.packs`)."""
    return _pack(tables.event_pack, viewer, filters, names).subquery("visible_event_packs")


def visible_chosen_cells(viewer: Viewer, filters: Filters) -> Subquery:
    """The cells that the filters on dimensions keep."""
    query = _scoped(cells, viewer, filters).where(*_chosen(cells, filters))
    return query.subquery("visible_chosen_cells")


def visible_members(viewer: Viewer, filters: Filters) -> Subquery:
    """The members of the segment that is asked for; nobody without one."""
    members = tables.segment_members
    query = _scoped(members, viewer, filters).where(members.c.segment_id == filters.segment)
    return query.subquery("visible_members")


def visible_segments(viewer: Viewer, project_id: int) -> Subquery:
    """The segments of a project."""
    return _of_project(tables.segments, viewer, project_id).subquery("visible_segments")


def visible_memberships(viewer: Viewer, project_id: int) -> Subquery:
    """The members of every segment of a project."""
    return _of_project(tables.segment_members, viewer, project_id).subquery("visible_memberships")


def visible_actors(viewer: Viewer, filters: Filters) -> Subquery:
    """actor: everybody ever seen, of the segment that is asked for, whatever else is."""
    query = _scoped(tables.actor, viewer, filters)
    return query.where(*_members_only(tables.actor, filters)).subquery("visible_actors")


def visible_newcomers(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """actor, those first ever seen in the range, by the dimensions of their first event."""
    query = _scoped(tables.actor, viewer, filters).where(
        tables.actor.c.first_seen >= midnight(filters.start, filters.tz),
        tables.actor.c.first_seen < midnight(filters.end, filters.tz),
    )
    query = query.where(*_members_only(tables.actor, filters))
    return _in_cells(query, tables.actor.c.first_cell, filters, by).subquery("newcomers")


def visible_events(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """The raw events in the range, with the breakdown dimension as `series` when `by` names one."""
    query = _scoped(tables.events, viewer, filters).where(
        tables.events.c.occurred_at >= midnight(filters.start, filters.tz),
        tables.events.c.occurred_at < midnight(filters.end, filters.tz),
        *_chosen(tables.events, filters),
        *_members_only(tables.events, filters),
    )
    if filters.event:
        query = query.where(*_event_only(tables.events, filters))
    if by:
        query = query.add_columns(_dimension(tables.events, by))
    return query.subquery("visible_events")


def visible_intake(viewer: Viewer, filters: Filters) -> Subquery:
    """intake_hour in the range, for those who may ask about operations."""
    at = tables.intake_hour.c.hour
    query = _scoped(tables.intake_hour, within(viewer, "operations"), filters, frozenset(FIELDS))
    return query.where(
        at >= midnight(filters.start, filters.tz), at < midnight(filters.end, filters.tz)
    ).subquery("visible_intake")


def visible_ledger(viewer: Viewer, project_id: int) -> Subquery:
    """The ledger of a project, for everybody who may see the project."""
    ours = tables.ledger.c.project_id == project_id
    query = select(tables.ledger).where(_member(viewer, project_id), ours)
    return query.subquery("visible_ledger")


def visible_hours_ever(viewer: Viewer, project_id: int) -> Subquery:
    """All of event_hour of a project, for everybody who may see the project."""
    hours = tables.event_hour
    query = select(hours).where(_member(viewer, project_id), hours.c.project_id == project_id)
    return query.subquery("visible_hours_ever")


def visible_sightings(viewer: Viewer, project_id: int) -> Subquery:
    """When the raw events of a project happened, for everybody who may see the project."""
    at = tables.events.c.occurred_at
    query = select(at).where(_member(viewer, project_id), tables.events.c.project_id == project_id)
    return query.subquery("visible_sightings")


def visible_calendar(viewer: Viewer, project_id: int) -> Subquery:
    """The days on which a project has events."""
    days = tables.cell_day
    query = select(days.c.day).where(
        _may_see(viewer, project_id, USAGE), days.c.project_id == project_id
    )
    return query.subquery("visible_calendar")


def visible_cells(viewer: Viewer, project_id: int) -> Subquery:
    """The combinations of dimensions that a project has seen."""
    return _of_project(cells, viewer, project_id).subquery("visible_cells")


def visible_kinds(viewer: Viewer, project_id: int) -> Subquery:
    """The pairs of name and subject that a project has seen."""
    return _of_project(kinds, viewer, project_id).subquery("visible_kinds")


def visible_completions(viewer: Viewer, project_id: int) -> Subquery:
    """Which event ends what another begins, in a project."""
    return _of_project(tables.completions, viewer, project_id).subquery("visible_completions")


def visible_annotations(viewer: Viewer, project_id: int) -> Subquery:
    """What was annotated in a project."""
    return _of_project(tables.annotations, viewer, project_id).subquery("visible_annotations")


def visible_views(viewer: Viewer, project_id: int) -> Subquery:
    """The viewer's own saved views of a project, and those that are shared with their role."""
    views = tables.saved_views
    theirs = (views.c.person_id == viewer.person_id) | (views.c.shared_with.any_() == viewer.role)
    return _of_project(views, viewer, project_id).where(theirs).subquery("visible_views")


def visible_grants(viewer: Viewer, project_id: int) -> Subquery:
    """What the actors of a project granted and refused, as bits in the order of PURPOSES."""
    return _of_project(tables.grants, viewer, project_id).subquery("visible_grants")


# How a door is built --------------------------------------------------------------------------


def _member(viewer: Viewer, project_id: int) -> ColumnElement[bool]:
    return true() if project_id in viewer.projects else false()


def _may_see(viewer: Viewer, project_id: int, fields: frozenset[str]) -> ColumnElement[bool]:
    return _member(viewer, project_id) if viewer.fields & fields else false()


def _scoped(
    table: Table, viewer: Viewer, filters: Filters, fields: frozenset[str] = USAGE
) -> Select[Any]:
    return _of_project(table, viewer, filters.project_id, fields)


def _of_project(
    table: Table, viewer: Viewer, project_id: int, fields: frozenset[str] = USAGE
) -> Select[Any]:
    seen = _may_see(viewer, project_id, fields)
    return select(table).where(seen, table.c.project_id == project_id)


def _pack(table: Table, viewer: Viewer, filters: Filters, names: Sequence[str]) -> Select[Any]:
    query = _scoped(table, viewer, filters).where(
        table.c.day >= filters.start, table.c.day < filters.end
    )
    if filters.event:
        query = query.where(table.c.name == filters.event)
    return query.where(table.c.name.in_(names)) if names else query


def _narrowed(table: Table, filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions for one event and the members of a segment, on tables that carry them."""
    conditions = _members_only(table, filters)
    if filters.event:
        if "kind_id" not in table.c:
            raise BadFilters("These counts are of all events together.")
        ours = select(kinds.c.id).where(
            kinds.c.project_id == filters.project_id, *_event_only(kinds, filters)
        )
        conditions.append(table.c.kind_id.in_(ours))
    return conditions


def _event_only(table: Table, filters: Filters) -> list[ColumnElement[bool]]:
    subject = [] if filters.subject is None else [table.c.subject == filters.subject]
    return [table.c.name == filters.event, *subject]


def _members_only(table: Table, filters: Filters) -> list[ColumnElement[bool]]:
    if filters.segment is None:
        return []
    if "actor_key" not in table.c:
        raise BadFilters("These counts know no people.")
    members = tables.segment_members
    ours = select(members.c.actor_key).where(
        members.c.project_id == filters.project_id, members.c.segment_id == filters.segment
    )
    return [table.c.actor_key.in_(ours)]


def _by_hour(table: Table, viewer: Viewer, filters: Filters) -> Subquery:
    _refuse_dimensions(filters)
    query = _scoped(table, viewer, filters).where(
        *_narrowed(table, filters),
        table.c.hour >= midnight(filters.start, filters.tz),
        table.c.hour < midnight(filters.end, filters.tz),
    )
    return query.subquery(f"visible_{table.name}")


def _by_day(table: Table, viewer: Viewer, filters: Filters, by: str | None) -> Subquery:
    query = _scoped(table, viewer, filters).where(
        table.c.day >= filters.start, table.c.day < filters.end, *_narrowed(table, filters)
    )
    if by or filters.dimensions:
        query = _in_cells(query, table.c.cell_id, filters, by)
    return query.subquery(f"visible_{table.name}")


def _in_cells(
    query: Select[Any], cell: ColumnElement[int], filters: Filters, by: str | None
) -> Select[Any]:
    """Keep the rows of the matching cells; cells are few, so this is one small hash table."""
    if not by and not filters.dimensions:
        return query
    query = query.join(cells, cells.c.id == cell).where(*_chosen(cells, filters))
    return query.add_columns(_dimension(cells, by)) if by else query


def _chosen(table: Table, filters: Filters) -> list[ColumnElement[bool]]:
    return [table.c[name].in_(_stored(values)) for name, values in filters.dimensions.items()]


def _stored(values: tuple[str, ...]) -> list[str]:
    """The values as tables hold them."""
    return ["" if value == NOT_SET else value for value in values]


def _dimension(table: Table, by: str) -> ColumnElement[str]:
    if by not in DIMENSIONS:
        raise BadFilters(f"A breakdown is by {', '.join(DIMENSIONS)}, not by '{by}'.")
    return table.c[by].label("series")


def _refuse_dimensions(filters: Filters) -> None:
    if filters.dimensions:
        raise BadFilters("These counts carry no dimensions.")

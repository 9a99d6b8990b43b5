"""The doors to facts and rollups of usage."""

from collections.abc import Sequence

from sqlalchemy import Subquery, select

from analytics.filters import BadFilters, Filters
from analytics.periods import midnight
from analytics.scope.building import (
    by_day,
    by_hour,
    chosen,
    dimension,
    event_only,
    in_cells,
    may_see,
    members_only,
    narrowed,
    of_project,
    packed,
    scoped,
    stored,
)
from analytics.scope.viewer import USAGE, Viewer
from db import tables
from db.tables import DIMENSIONS, cells, kinds


def visible_event_hours(viewer: Viewer, filters: Filters) -> Subquery:
    """event_hour in the range; it has no dimensions or people, so filters on them are refused."""
    return by_hour(tables.event_hour, viewer, filters)


def visible_duration_bins(viewer: Viewer, filters: Filters) -> Subquery:
    """duration_hour in the range, which has no dimensions or people: such filters are refused."""
    return by_hour(tables.duration_hour, viewer, filters)


def visible_duration_values(viewer: Viewer, filters: Filters, dimension: str) -> Subquery:
    """duration_value_day in the range, of one dimension and its values that are asked for.

    Filters on another dimension are refused: these rows don't carry it.
    """
    table = tables.duration_value_day
    if dimension not in DIMENSIONS or set(filters.dimensions) - {dimension}:
        raise BadFilters("Durations by one dimension know no other.")
    query = scoped(table, viewer, filters).where(
        table.c.day >= filters.start, table.c.day < filters.end, table.c.dimension == dimension
    )
    query = query.where(*narrowed(table, filters))
    if dimension in filters.dimensions:
        query = query.where(table.c.value.in_(stored(filters.dimensions[dimension])))
    return query.add_columns(table.c.value.label("series")).subquery("visible_duration_values")


def visible_event_days(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """event_day in the range, with the breakdown dimension as `series` when `by` names one."""
    return by_day(tables.event_day, viewer, filters, by)


def visible_cell_days(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """cell_day in the range, with the breakdown dimension as `series` when `by` names one."""
    return by_day(tables.cell_day, viewer, filters, by)


def visible_actor_days(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """actor_day in the range, with the breakdown dimension as `series` when `by` names one."""
    return by_day(tables.actor_day, viewer, filters, by)


def visible_session_days(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """session_day in the range, with the breakdown dimension as `series` when `by` names one."""
    return by_day(tables.session_day, viewer, filters, by)


def visible_actor_event_days(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """actor_event_day in the range, with the breakdown dimension as `series` when `by` names it."""
    return by_day(tables.actor_event_day, viewer, filters, by)


def visible_rollup_packs(
    viewer: Viewer, filters: Filters, what: str, names: Sequence[str] = ()
) -> Subquery:
    """rollup_pack of the days in the range, of these names or all (`analytics.measures.packs`)."""
    pack = tables.rollup_pack
    query = packed(pack, viewer, filters, names).where(pack.c.what == what)
    return query.subquery("visible_rollup_packs")


def visible_event_packs(viewer: Viewer, filters: Filters, names: Sequence[str] = ()) -> Subquery:
    """event_pack of the days in the range, of these names or all (`analytics.measures.packs`)."""
    return packed(tables.event_pack, viewer, filters, names).subquery("visible_event_packs")


def visible_actors(viewer: Viewer, filters: Filters) -> Subquery:
    """actor: everybody ever seen, of the segment that is asked for, whatever else is."""
    query = scoped(tables.actor, viewer, filters)
    return query.where(*members_only(tables.actor, filters)).subquery("visible_actors")


def visible_newcomers(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """actor, those first ever seen in the range, by the dimensions of their first event."""
    query = scoped(tables.actor, viewer, filters).where(
        tables.actor.c.first_seen >= midnight(filters.start, filters.tz),
        tables.actor.c.first_seen < midnight(filters.end, filters.tz),
    )
    query = query.where(*members_only(tables.actor, filters))
    return in_cells(query, tables.actor.c.first_cell, filters, by).subquery("newcomers")


def visible_events(viewer: Viewer, filters: Filters, by: str | None = None) -> Subquery:
    """The raw events in the range, with the breakdown dimension as `series` when `by` names one."""
    query = scoped(tables.events, viewer, filters).where(
        tables.events.c.occurred_at >= midnight(filters.start, filters.tz),
        tables.events.c.occurred_at < midnight(filters.end, filters.tz),
        *chosen(tables.events, filters),
        *members_only(tables.events, filters),
    )
    if filters.event:
        query = query.where(*event_only(tables.events, filters))
    if by:
        query = query.add_columns(dimension(tables.events, by))
    return query.subquery("visible_events")


def visible_calendar(viewer: Viewer, project_id: int) -> Subquery:
    """The days on which a project has events."""
    days = tables.cell_day
    query = select(days.c.day).where(
        may_see(viewer, project_id, USAGE), days.c.project_id == project_id
    )
    return query.subquery("visible_calendar")


def visible_cells(viewer: Viewer, project_id: int) -> Subquery:
    """The combinations of dimensions that a project has seen."""
    return of_project(cells, viewer, project_id).subquery("visible_cells")


def visible_kinds(viewer: Viewer, project_id: int) -> Subquery:
    """The pairs of name and subject that a project has seen."""
    return of_project(kinds, viewer, project_id).subquery("visible_kinds")

"""The doors to what is known of the intake, and of a project as a whole."""

from sqlalchemy import Subquery, select

from analytics.filters import Filters
from analytics.periods import ends
from analytics.scope.building import a_member, of_project, scoped
from analytics.scope.viewer import FIELDS, Viewer, within
from db import tables


def visible_intake(viewer: Viewer, filters: Filters) -> Subquery:
    """intake_hour in the range, for those who may ask about operations."""
    at = tables.intake_hour.c.hour
    query = scoped(tables.intake_hour, within(viewer, "operations"), filters, frozenset(FIELDS))
    start, end = ends(filters)
    return query.where(at >= start, at < end).subquery("visible_intake")


def visible_ledger(viewer: Viewer, project_id: int) -> Subquery:
    """The ledger of a project, for everybody who may see the project."""
    ours = tables.ledger.c.project_id == project_id
    query = select(tables.ledger).where(a_member(viewer, project_id), ours)
    return query.subquery("visible_ledger")


def visible_hours_ever(viewer: Viewer, project_id: int) -> Subquery:
    """All of event_hour of a project, for everybody who may see the project."""
    hours = tables.event_hour
    query = select(hours).where(a_member(viewer, project_id), hours.c.project_id == project_id)
    return query.subquery("visible_hours_ever")


def visible_sightings(viewer: Viewer, project_id: int) -> Subquery:
    """When the raw events of a project happened, for everybody who may see the project."""
    at = tables.events.c.occurred_at
    query = select(at).where(a_member(viewer, project_id), tables.events.c.project_id == project_id)
    return query.subquery("visible_sightings")


def visible_event_minutes(viewer: Viewer, project_id: int) -> Subquery:
    """The events of the last days by the minute, for those who may ask about usage."""
    query = of_project(tables.event_minutes, viewer, project_id, frozenset(FIELDS))
    return query.subquery("visible_event_minutes")

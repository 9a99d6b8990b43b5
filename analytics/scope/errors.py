"""The doors to failures and to what happens at the moment, for those who look after operations."""

from datetime import datetime

from sqlalchemy import Subquery

from analytics.scope.building import of_project
from analytics.scope.viewer import Viewer
from db import tables

OPERATIONS = frozenset({"operations"})


def visible_error_groups(viewer: Viewer, project_id: int) -> Subquery:
    """The causes of failures that a project has seen."""
    query = of_project(tables.error_groups, viewer, project_id, OPERATIONS)
    return query.subquery("visible_error_groups")


def visible_error_hours(viewer: Viewer, project_id: int) -> Subquery:
    """Failures by hour, cause and release."""
    query = of_project(tables.error_hours, viewer, project_id, OPERATIONS)
    return query.subquery("visible_error_hours")


def visible_error_people(viewer: Viewer, project_id: int) -> Subquery:
    """Whom failures met, by day and cause."""
    query = of_project(tables.error_people, viewer, project_id, OPERATIONS)
    return query.subquery("visible_error_people")


def visible_latest_events(viewer: Viewer, project_id: int, since: datetime) -> Subquery:
    """The raw events from a moment on, whether they are in the rollups or not."""
    query = of_project(tables.events, viewer, project_id, OPERATIONS)
    return query.where(tables.events.c.occurred_at >= since).subquery("visible_latest_events")

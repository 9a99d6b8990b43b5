"""The door to requests for help."""

from sqlalchemy import Subquery

from analytics.scope.building import of_project
from analytics.scope.viewer import Viewer
from db import tables

FIELD = frozenset({"operations"})


def visible_tickets(viewer: Viewer, project_id: int) -> Subquery:
    """The tickets of a project, for those who may ask about operations."""
    return of_project(tables.tickets, viewer, project_id, FIELD).subquery("visible_tickets")

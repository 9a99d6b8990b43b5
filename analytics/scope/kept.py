"""The doors to what people keep: segments, views, annotations, pairs of events, grants."""

from sqlalchemy import Subquery

from analytics.filters import Filters
from analytics.scope.building import of_project, scoped
from analytics.scope.viewer import Viewer
from db import tables


def visible_segments(viewer: Viewer, project_id: int) -> Subquery:
    """The segments of a project."""
    return of_project(tables.segments, viewer, project_id).subquery("visible_segments")


def visible_memberships(viewer: Viewer, project_id: int) -> Subquery:
    """The members of every segment of a project."""
    return of_project(tables.segment_members, viewer, project_id).subquery("visible_memberships")


def visible_members(viewer: Viewer, filters: Filters) -> Subquery:
    """The members of the segment that is asked for; nobody without one."""
    members = tables.segment_members
    query = scoped(members, viewer, filters).where(members.c.segment_id == filters.segment)
    return query.subquery("visible_members")


def visible_completions(viewer: Viewer, project_id: int) -> Subquery:
    """Which event ends what another begins, in a project."""
    return of_project(tables.completions, viewer, project_id).subquery("visible_completions")


def visible_annotations(viewer: Viewer, project_id: int) -> Subquery:
    """What was annotated in a project."""
    return of_project(tables.annotations, viewer, project_id).subquery("visible_annotations")


def visible_views(viewer: Viewer, project_id: int) -> Subquery:
    """The viewer's own saved views of a project, and those that are shared with their role."""
    views = tables.saved_views
    theirs = (views.c.person_id == viewer.person_id) | (views.c.shared_with.any_() == viewer.role)
    return of_project(views, viewer, project_id).where(theirs).subquery("visible_views")


def visible_grants(viewer: Viewer, project_id: int) -> Subquery:
    """What the actors of a project granted and refused, as bits in the order of PURPOSES."""
    return of_project(tables.grants, viewer, project_id).subquery("visible_grants")

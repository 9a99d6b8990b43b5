"""The doors to how requests and AI calls are served, as servers and clients count them."""

from sqlalchemy import Subquery, and_, any_, func, select

from analytics.scope.building import of_project
from analytics.scope.viewer import Viewer
from db import tables
from db.tables import AI_NAMES, INSTALLATION

OPERATIONS = frozenset({"operations"})
TIMED_BY_CLIENTS = ("api_request", "page_view", *AI_NAMES)


def visible_request_stats(viewer: Viewer, project_id: int) -> Subquery:
    """What servers counted of a project's requests; of Looplens' own, for all in operations."""
    stats = tables.request_stats
    if project_id == INSTALLATION and viewer.may("operations"):
        query = select(stats).where(stats.c.project_id == INSTALLATION)
    else:
        query = of_project(stats, viewer, project_id, OPERATIONS)
    return query.subquery("visible_request_stats")


def visible_client_hours(
    viewer: Viewer, project_id: int, sent: str = "", subject: str = ""
) -> Subquery:
    """event_hour of requests, pages and AI calls, with their name and subject.

    Those that clients `sent` by one name, and of one subject, or of all where these are empty.
    """
    return _of_clients(viewer, project_id, "event_hour", sent, subject)


def visible_client_bins(
    viewer: Viewer, project_id: int, sent: str = "", subject: str = ""
) -> Subquery:
    """duration_hour of requests, pages and AI calls, as visible_client_hours."""
    return _of_clients(viewer, project_id, "duration_hour", sent, subject)


def visible_client_days(
    viewer: Viewer, project_id: int, sent: str = "", subject: str = ""
) -> Subquery:
    """duration_day of requests, pages and AI calls, as visible_client_hours."""
    return _of_clients(viewer, project_id, "duration_day", sent, subject)


def visible_ai_days(viewer: Viewer, project_id: int) -> Subquery:
    """AI calls by day, name and model."""
    return of_project(tables.ai_days, viewer, project_id, OPERATIONS).subquery("visible_ai_days")


def visible_ai_bins(viewer: Viewer, project_id: int) -> Subquery:
    """Durations of AI calls by day, name and model."""
    return of_project(tables.ai_bins, viewer, project_id, OPERATIONS).subquery("visible_ai_bins")


def _of_clients(viewer: Viewer, project_id: int, rollup: str, sent: str, subject: str) -> Subquery:
    """A rollup with the texts of its kinds; those of one name are looked up first.

    Joined alone, Postgres looks for each kind in each hour: five times as long.
    """
    table, kinds = tables.metadata.tables[rollup], tables.kinds
    ours = and_(kinds.c.project_id == project_id, kinds.c.name.in_(TIMED_BY_CLIENTS))
    query = of_project(table, viewer, project_id, OPERATIONS)
    query = query.join(kinds, and_(kinds.c.id == table.c.kind_id, ours))
    asked = {"name": sent, "subject": subject}
    chosen = [kinds.c[name] == value for name, value in asked.items() if value]
    if chosen:
        known = select(kinds.c.id).where(ours, *chosen).scalar_subquery()
        query = query.where(table.c.kind_id == any_(func.array(known)))
    return query.add_columns(kinds.c.name, kinds.c.subject).subquery(f"visible_{rollup}_of_clients")

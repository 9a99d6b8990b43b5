"""Whose requests are asked about, and who counted them."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from analytics.filters import Filters
from analytics.periods import whole
from analytics.scope import Viewer, visible_client_hours, visible_request_stats, within
from db.tables import INSTALLATION

By = Literal["servers", "clients", "pages"]
EVENTS = {"clients": "api_request", "pages": "page_view"}  # what clients count by


@dataclass(frozen=True, slots=True)
class Measured:
    """The requests of a project, of one of its services or of one endpoint; all where it is empty.

    Servers count each request that they answer, by the minute. Clients count those whose events
    they sent, by the hour, with the way there and back; they know no services. So they count
    pages, whose durations are those of loading.
    """

    project_id: int
    by: By = "servers"
    service: str = ""
    endpoint: str = ""


LOOPLENS = Measured(INSTALLATION)


def sources(conn: Connection, viewer: Viewer, filters: Filters) -> list[Measured]:
    """What requests were counted by in the range: the servers together and each service where
    there are several, clients, and Looplens' own; none for who may not see the project."""
    project_id, span = filters.project_id, whole(filters)
    start, end = span.start, span.end
    if not within(viewer, "operations").sees(project_id, "operations"):
        return []
    stats = visible_request_stats(viewer, project_id).c
    named = select(stats.service).where(stats.at >= start, stats.at < end).distinct()
    services = sorted(conn.execute(named).scalars())
    hours = visible_client_hours(viewer, project_id, EVENTS["clients"]).c
    sent = (hours.hour >= start) & (hours.hour < end)
    clients = conn.execute(select(select(hours.n).where(sent).exists())).scalar_one()
    together = [Measured(project_id)] if services else []
    each = [Measured(project_id, service=name) for name in services if len(services) > 1]
    return together + each + ([Measured(project_id, "clients")] if clients else []) + [LOOPLENS]

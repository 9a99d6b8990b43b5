"""Operations at a glance: the last 24 hours, and what is not as it was the day before."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from analytics.operations.alerts.standing import AlertStanding, alert_standing
from analytics.operations.errors.standing import ErrorStanding, error_standing
from analytics.operations.health.probes import OURS
from analytics.operations.health.system import SystemHealth, system_health
from analytics.operations.requests.measured import LOOPLENS, Measured
from analytics.operations.requests.totals import Totals, request_totals
from analytics.scope import Viewer, within

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Overview:
    """How things stand: `requests` are of the last 24 hours, `before` of the 24 hours before them.

    Requests are those of `measured`: the project's, or where nobody counted any, those of Looplens
    itself.
    """

    health: SystemHealth
    errors: ErrorStanding
    alerts: AlertStanding
    requests: Totals
    before: Totals
    measured: Measured | None = None


def overview(conn: Connection, viewer: Viewer, project_id: int, now: datetime) -> Overview:
    """How the operations of a project stand; all empty for who may not see them."""
    health = system_health(conn, viewer, project_id, now)
    errors = error_standing(conn, viewer, project_id, now)
    alerts = alert_standing(conn, viewer, project_id, now)
    if not within(viewer, "operations").sees(project_id, "operations"):
        return Overview(health, errors, alerts, Totals(), Totals())
    measured = Measured(project_id) if health.served == OURS else LOOPLENS
    spans = ((now - DAY, now), (now - 2 * DAY, now - DAY))
    requests, before = (request_totals(conn, viewer, measured, *span) for span in spans)
    return Overview(health, errors, alerts, requests, before, measured)

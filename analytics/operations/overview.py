"""Operations at a glance: the last 24 hours, and what is not as it was the day before."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection

from analytics.operations.alerts.incidents import incidents
from analytics.operations.alerts.listing import episodes
from analytics.operations.alerts.standing import AlertStanding, standing_of
from analytics.operations.errors.standing import ErrorStanding, error_standing
from analytics.operations.health.system import SystemHealth, served_lately, system_health
from analytics.operations.requests.measured import Measured
from analytics.operations.requests.totals import Totals
from analytics.scope import Viewer


@dataclass(frozen=True, slots=True)
class Overview:
    """How things stand: `requests` are of the last 24 hours, `before` of the 24 hours before them.

    Requests are those of `measured`: the project's, or where nobody counted any, those of Looplens
    itself. `open_alerts` has the columns of `episodes`.
    """

    health: SystemHealth
    errors: ErrorStanding
    alerts: AlertStanding
    open_alerts: pd.DataFrame
    requests: Totals
    before: Totals
    measured: Measured | None = None


def overview(conn: Connection, viewer: Viewer, project_id: int, now: datetime) -> Overview:
    """How the operations of a project stand; all empty for who may not see them."""
    open_now = episodes(conn, viewer, project_id, now, open_only=True)
    alerts = standing_of(open_now, incidents(conn, viewer, project_id, now))
    errors = error_standing(conn, viewer, project_id, now)
    served = served_lately(conn, viewer, project_id, now, days=2)
    if served is None:
        return Overview(SystemHealth(), errors, alerts, open_now, Totals(), Totals())
    health = system_health(conn, viewer, project_id, now, served, alerts)
    last, before = served.days
    return Overview(health, errors, alerts, open_now, last, before, served.measured)

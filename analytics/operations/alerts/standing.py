"""How alerts and incidents stand at a glance, for the pages that say whether to worry."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection

from analytics.operations.alerts.incidents import incidents
from analytics.operations.alerts.listing import episodes
from analytics.scope import Viewer

GRAVITY = {"critical": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class AlertStanding:
    """What fires now and is not snoozed: how many, how many critical, and which, the worst first.

    `incidents` is how many are open, `incident_titles` which. Names and titles are as people wrote
    them.
    """

    firing: int
    critical: int
    names: tuple[str, ...]
    incidents: int
    incident_titles: tuple[str, ...]


def alert_standing(
    conn: Connection, viewer: Viewer, project_id: int, now: datetime
) -> AlertStanding:
    """How alerts and incidents of a project and of Looplens stand now."""
    open_now = episodes(conn, viewer, project_id, now, open_only=True)
    return standing_of(open_now, incidents(conn, viewer, project_id, now))


def standing_of(open_now: pd.DataFrame, going_on: pd.DataFrame) -> AlertStanding:
    """The same from the rows of `episodes` that are open, and of `incidents`."""
    awake = open_now[open_now["state"] != "snoozed"]
    worst = awake.sort_values("severity", key=lambda severity: severity.map(GRAVITY))
    titles = going_on[going_on["resolved_at"].isna()]["title"]
    return AlertStanding(
        firing=len(awake),
        critical=int((awake["severity"] == "critical").sum()),
        names=tuple(worst["name"]),
        incidents=len(titles),
        incident_titles=tuple(titles),
    )

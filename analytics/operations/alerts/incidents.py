"""Incidents and how each went on."""

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, literal, select

from analytics.measures.cutting import read
from analytics.scope import (
    Viewer,
    visible_alert_episodes,
    visible_incident_updates,
    visible_incidents,
)

MOST = 100
INCIDENTS = {
    "incident_id": "int64",
    "title": "str",
    "severity": "str",
    "state": "str",
    "started_at": "datetime64[us]",
    "resolved_at": "datetime64[us]",
    "minutes": "float64",
    "alerts": "int64",
}
TIMELINE = {"at": "datetime64[us]", "state": "str", "who": "str", "note": "str"}


def incidents(conn: Connection, viewer: Viewer, project_id: int, now: datetime) -> pd.DataFrame:
    """The incidents of a project, those that go on first, and then the latest.

    Columns: incident_id (int64), title (str, as people wrote it), severity, state (str),
    started_at, resolved_at (datetime64[us], UTC; NaT while it goes on), minutes (float64: that it
    took, so far where it goes on), alerts (int64: that belong to it).
    """
    return read(conn, incidents_sql(viewer, project_id, now)).astype(INCIDENTS)


def incidents_sql(viewer: Viewer, project_id: int, now: datetime) -> Select[Any]:
    """The rows of `incidents`."""
    i = visible_incidents(viewer, project_id).c
    e = visible_alert_episodes(viewer, project_id).c
    linked = select(func.count()).where(e.incident_id == i.id).scalar_subquery()
    until = func.coalesce(i.resolved_at, func.greatest(now, i.started_at))  # now may be cut
    lasted = func.extract("epoch", until - i.started_at) / 60.0
    return (
        select(
            i.id.label("incident_id"),
            i.title,
            i.severity,
            i.state,
            func.timezone("UTC", i.started_at).label("started_at"),
            func.timezone("UTC", i.resolved_at).label("resolved_at"),
            lasted.label("minutes"),
            linked.label("alerts"),
        )
        .order_by(i.resolved_at.is_(None).desc(), i.started_at.desc(), i.id.desc())
        .limit(MOST)
    )


def timeline(conn: Connection, viewer: Viewer, project_id: int, incident_id: int) -> pd.DataFrame:
    """How an incident went on, the first first.

    Columns: at (datetime64[us], UTC), state (str), who (str: an address, or ""), note (str, as
    people wrote it).
    """
    return read(conn, timeline_sql(viewer, project_id, incident_id)).astype(TIMELINE)


def timeline_sql(viewer: Viewer, project_id: int, incident_id: int) -> Select[Any]:
    """The rows of `timeline`."""
    u = visible_incident_updates(viewer, project_id).c
    at = func.timezone("UTC", u.at).label("at")
    who = func.coalesce(u.email, literal("")).label("who")
    told = select(at, u.state, who, u.note).where(u.incident_id == incident_id)
    return told.order_by(u.at, u.id)

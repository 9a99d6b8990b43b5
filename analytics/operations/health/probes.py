"""The probes as they stand: what answers, since when not, and how often it did."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Interval,
    Select,
    Subquery,
    case,
    cast,
    func,
    select,
    true,
)
from sqlalchemy.sql.selectable import LateralFromClause

from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_probe_hours, visible_probe_results, visible_probes
from db.tables import INSTALLATION

DAY, MONTH = timedelta(days=1), timedelta(days=30)
SILENT_AFTER = 3  # times that a probe was due, without a result
OURS, LOOPLENS = "project", "Looplens"
PROBES = {
    "id": "int64",
    "of": "str",
    "name": "str",
    "kind": "str",
    "state": "str",
    "reason": "str",
    "checked_at": "datetime64[us, UTC]",
    "uptime_day": "float64",
    "uptime_month": "float64",
    "duration_ms": "float64",
    "days_left": "float64",
    "every_seconds": "int64",
}


def probes_now(conn: Connection, viewer: Viewer, project_id: int, now: datetime) -> pd.DataFrame:
    """The probes of a project and of Looplens, those that are down first.

    Columns: id (int64), of (str: "project" or "Looplens"), name, kind (str), state (str: up, down,
    paused, or silent where nothing was found for longer than three times it was due), reason (str,
    why it is down), checked_at (datetime64[us, UTC]), uptime_day and uptime_month (float64, shares
    of the last 24 hours, and of the last 30 days by whole hours), duration_ms (float64, the mean of
    the good ones of 24 hours), days_left (float64, of a certificate), every_seconds (int64).
    """
    return read(conn, probes_now_sql(viewer, project_id, now)).astype(PROBES)


def probes_now_sql(viewer: Viewer, project_id: int, now: datetime) -> Select[Any]:
    """The rows of `probes_now`."""
    p = visible_probes(viewer, project_id)
    last, day = _last(viewer, project_id, p), _day(viewer, project_id, now)
    month, state = _month(viewer, project_id, now), _state(p, last, now)
    of = case((p.c.project_id == INSTALLATION, LOOPLENS), else_=OURS)
    worst_first = case((state == "down", 0), (state == "silent", 1), (state == "up", 2), else_=3)
    told = (
        p.c.id,
        of.label("of"),
        p.c.name,
        p.c.kind,
        state.label("state"),
        func.coalesce(last.c.reason, "").label("reason"),
        last.c.at.label("checked_at"),
        day.c.uptime.label("uptime_day"),
        month.c.uptime.label("uptime_month"),
        day.c.duration_ms,
        last.c.days_left,
        p.c.every_seconds,
    )
    joined = (
        p.outerjoin(last, true())
        .outerjoin(day, day.c.probe_id == p.c.id)
        .outerjoin(month, month.c.probe_id == p.c.id)
    )
    return select(*told).select_from(joined).order_by(worst_first, p.c.name, p.c.id)


def _state(p: Subquery, last: LateralFromClause, now: datetime) -> ColumnElement[str]:
    """up or down as of the last result, unless that is too old to tell."""
    pause = func.make_interval(0, 0, 0, 0, 0, 0, p.c.every_seconds * SILENT_AFTER)
    heard = last.c.at > now - cast(pause, Interval)
    return case(
        (p.c.is_paused, "paused"),
        (heard & last.c.ok, "up"),
        (heard, "down"),
        else_="silent",
    )


def _last(viewer: Viewer, project_id: int, p: Subquery) -> LateralFromClause:
    """The latest result of each probe."""
    r = visible_probe_results(viewer, project_id)
    latest = select(r).where(r.c.probe_id == p.c.id).order_by(r.c.at.desc()).limit(1)
    return latest.lateral("latest")


def _day(viewer: Viewer, project_id: int, now: datetime) -> Subquery:
    """Uptime and mean duration of the last 24 hours."""
    r = visible_probe_results(viewer, project_id).c
    uptime = func.avg(case((r.ok, 1.0), else_=0.0))
    took = func.avg(r.duration_ms).filter(r.ok)
    query = select(r.probe_id, uptime.label("uptime"), took.label("duration_ms"))
    return query.where(r.at >= now - DAY, r.at <= now).group_by(r.probe_id).subquery("day")


def _month(viewer: Viewer, project_id: int, now: datetime) -> Subquery:
    """Uptime of the last 30 days, from the hours."""
    h = visible_probe_hours(viewer, project_id).c
    uptime = func.sum(h.good) / func.sum(h.n)
    query = select(h.probe_id, uptime.label("uptime")).where(h.hour >= now - MONTH, h.hour <= now)
    return query.group_by(h.probe_id).subquery("month")


def named_of(name: str, of: str) -> str:
    """A name, with whose it is where that is not the project's: two may be called the same."""
    return f"{name} ({LOOPLENS})" if of == LOOPLENS else name

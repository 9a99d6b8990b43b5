"""What there is to choose from: the projects of a viewer and the values of each dimension."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from analytics.filters import NOT_SET, Filters
from analytics.measures.tallies import load_tally
from analytics.periods import midnight
from analytics.scope import (
    Viewer,
    visible_calendar,
    visible_cells,
)
from db.access import Project, list_projects
from db.tables import DIMENSIONS

RECENT = timedelta(days=28)


def projects_of(conn: Connection, viewer: Viewer) -> list[Project]:
    """The projects this viewer may see, by name."""
    return [project for project in list_projects(conn) if project.id in viewer.projects]


def dimension_values(conn: Connection, viewer: Viewer, project_id: int) -> dict[str, list[str]]:
    """Every value of each dimension, the most used in the last four weeks with events first.

    A dimension that was never set has no values; an event without one is `NOT_SET`.
    """
    cells = visible_cells(viewer, project_id)
    frame = pd.read_sql(select(cells), conn, index_col="id")
    frame["n"] = _recent_events(conn, viewer, project_id).reindex(frame.index).fillna(0)
    return {name: _most_used(frame, name) for name in DIMENSIONS}


def _most_used(frame: pd.DataFrame, name: str) -> list[str]:
    used = frame.groupby(name)["n"].sum().reset_index()
    ordered = used.sort_values(["n", name], ascending=[False, True])[name].tolist()
    return [] if ordered == [""] else [value or NOT_SET for value in ordered]


def _recent_events(conn: Connection, viewer: Viewer, project_id: int) -> "pd.Series[float]":
    """Events by cell over the last four weeks that have any."""
    calendar = visible_calendar(viewer, project_id)
    last = conn.execute(select(func.max(calendar.c.day))).scalar_one()
    if last is None:
        return pd.Series(dtype="float64")
    end = last + timedelta(days=1)
    days = _days(project_id, end - RECENT, end)
    tally = load_tally(conn, viewer, days, ("count", "cell"))
    return pd.Series(np.bincount(tally.cell, tally.count))


def _days(project_id: int, start: date, end: date) -> Filters:
    """A question about days, which were cut in the project's zone when they were counted."""
    return Filters(project_id, "UTC", "", start, end, now=midnight(end, ZoneInfo("UTC")))

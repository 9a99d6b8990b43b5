"""What there is to choose from: the projects of a viewer and the values of each dimension."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from analytics.filters import NOT_SET, Filters
from analytics.measures.cells import load_cells
from analytics.measures.tallies import load_tally
from analytics.periods import midnight
from analytics.scope import Viewer, visible_calendar
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
    cells = load_cells(conn, viewer, project_id)
    events = _recent_events(conn, viewer, project_id)
    return {name: _most_used(cells.by(name), events) for name in DIMENSIONS}


def _most_used(cells: dict[str, NDArray[np.int64]], events: NDArray[np.float64]) -> list[str]:
    used = {value: events[ids[ids < len(events)]].sum() for value, ids in cells.items()}
    ordered = sorted(used, key=lambda value: (-used[value], value))
    return [] if ordered == [NOT_SET] else ordered


def _recent_events(conn: Connection, viewer: Viewer, project_id: int) -> NDArray[np.float64]:
    """Events over the last four weeks that have any, at the place of their cell's id."""
    calendar = visible_calendar(viewer, project_id)
    last = conn.execute(select(func.max(calendar.c.day))).scalar_one()
    if last is None:
        return np.empty(0)
    end = last + timedelta(days=1)
    days = _days(project_id, end - RECENT, end)
    tally = load_tally(conn, viewer, days, ("count", "cell"))
    return np.bincount(tally.cell, tally.count).astype(np.float64)


def _days(project_id: int, start: date, end: date) -> Filters:
    """A question about days, which were cut in the project's zone when they were counted."""
    return Filters(project_id, "UTC", "", start, end, now=midnight(end, ZoneInfo("UTC")))

"""Signals of errors: failures, causes that were never seen, and those that came back."""

from functools import partial

import pandas as pd
from sqlalchemy import Connection, func, select

from analytics.measures.cutting import read
from analytics.operations.errors.found import found_counts
from analytics.operations.errors.metrics import FAILED, NEW_ERRORS, REGRESSED_ERRORS
from analytics.operations.signals.signal import HOUR, Signal, inside
from analytics.operations.signals.usage import POINTS
from analytics.operations.steps import Steps
from analytics.scope import Viewer, visible_error_hours


def found(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, which: str = "new"
) -> pd.DataFrame:
    """Errors that are new, or that `regressed`: at (datetime64[us]), value and n (float64)."""
    counted = found_counts(conn, viewer, project_id, *steps)
    n = counted[which]
    return pd.DataFrame({"at": counted["at"], "value": n, "n": n}).astype(POINTS)


def failed(conn: Connection, viewer: Viewer, project_id: int, steps: Steps) -> pd.DataFrame:
    """Failures of any cause: at (datetime64[us], the hour), value and n (float64: the same)."""
    h = visible_error_hours(viewer, project_id).c
    at, n = func.timezone("UTC", h.hour).label("at"), func.sum(h.n)
    columns = at, n.label("value"), n.label("n")
    query = select(*columns).where(inside(h.hour, steps)).group_by(at).order_by(at)
    return read(conn, query).astype(POINTS)


ERRORS = (
    Signal(FAILED, "operations", "count", HOUR, failed, follows_events=True),
    Signal(NEW_ERRORS, "operations", "count", 1, found, follows_events=True),
    Signal(
        REGRESSED_ERRORS,
        "operations",
        "count",
        1,
        partial(found, which="regressed"),
        follows_events=True,
    ),
)

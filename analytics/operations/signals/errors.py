"""Signals of errors: causes that were never seen, and those that came back."""

from datetime import datetime
from functools import partial

import pandas as pd
from sqlalchemy import Connection

from analytics.operations.errors.found import found_counts
from analytics.operations.errors.metrics import NEW_ERRORS, REGRESSED_ERRORS
from analytics.operations.signals.signal import Signal
from analytics.operations.signals.usage import POINTS
from analytics.scope import Viewer
from db.alert_rules import Asked


def found(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    asked: Asked,  # noqa: ARG001 - it can't be narrowed
    start: datetime,
    end: datetime,
    minutes: int,
    which: str = "new",
) -> pd.DataFrame:
    """Errors that are new, or that `regressed`: at (datetime64[us]), value and n (float64)."""
    counted = found_counts(conn, viewer, project_id, start, end, minutes)
    n = counted[which]
    return pd.DataFrame({"at": counted["at"], "value": n, "n": n}).astype(POINTS)


ERRORS = (
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

"""Signals of AI calls: how often they succeed, and what people made of the answers, by the day."""

from functools import partial

import pandas as pd
from sqlalchemy import Connection, Double, cast, func, select

from analytics.measures.cutting import read
from analytics.operations.requests.metrics import REQUEST_METRICS
from analytics.operations.signals.signal import DAY, Signal
from analytics.operations.signals.usage import POINTS, days_of, midnights
from analytics.operations.steps import Steps
from analytics.scope import Viewer, visible_ai_days

FAILED = ("failures", "n")
COUNTED = {  # what is counted, and of which calls
    "ai_corrections": ("corrected", "correctable"),
    "ai_repeats": ("repeated", "repeatable"),
    "ai_follow_ups": ("followed_up", "followable"),
    "ai_completions": ("completed", "completable"),
}


def succeeded(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, model: str = ""
) -> pd.DataFrame:
    """The share of calls of a model, or of all, that did not fail: as `told`, n of all calls."""
    failed = told(conn, viewer, project_id, steps, model)
    return failed.assign(value=1 - failed["value"])


def told(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    steps: Steps,
    model: str = "",
    counted: tuple[str, str] = FAILED,
) -> pd.DataFrame:
    """What is counted of the calls of a model, or of all, of those that tell.

    Columns: at (datetime64[us]: midnight), value (float64: the share), n (float64: calls that
    tell). The day that is not over is left out, as are those of which no call tells.
    """
    filters = days_of(conn, project_id, steps)
    a = visible_ai_days(viewer, project_id).c
    part, whole = (func.sum(a[name]) for name in counted)
    share = cast(part, Double) / func.nullif(whole, 0)
    query = select(a.day, share.label("value"), whole.label("n"))
    query = query.where(a.day >= filters.start, a.day < filters.today)
    query = query.where(a.model == model) if model else query
    found = read(conn, query.group_by(a.day).having(whole > 0).order_by(a.day))
    at = midnights(found["day"].tolist(), filters.tz)
    return found.assign(at=at)[list(POINTS)].astype(POINTS)


def _signal(key: str) -> Signal:
    series = partial(told, counted=COUNTED[key]) if key in COUNTED else succeeded
    return Signal(
        REQUEST_METRICS[key],
        "operations",
        "share",
        DAY,
        series,
        asks=("model",),
        follows_events=True,
    )


AI = tuple(_signal(key) for key in ("ai_success", *COUNTED))

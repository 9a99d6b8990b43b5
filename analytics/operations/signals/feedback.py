"""Signals of feedback: scores by the day, so that a window has the mean of all its answers."""

from functools import partial

import pandas as pd
from sqlalchemy import Connection

from analytics.feedback.metrics import ALL_MEASURES
from analytics.feedback.over_time import score_trend
from analytics.metrics import Metric
from analytics.operations.signals.signal import DAY, Shape, Signal
from analytics.operations.signals.usage import POINTS, days_of, midnights
from analytics.operations.steps import Steps
from analytics.scope import Viewer


def daily_scores(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, measure: str = "csat"
) -> pd.DataFrame:
    """A score by the day: at (datetime64[us]: midnight), value (float64), n (answers)."""
    filters = days_of(conn, project_id, steps)
    found = score_trend(conn, viewer, filters, measure)
    over = found[found["complete"] & (found["n"] > 0)]
    at = midnights(over["period"].dt.date.tolist(), filters.tz)
    return pd.DataFrame({"at": at, "value": over["value"], "n": over["n"]}).astype(POINTS)


def _signal(key: str, shape: Shape) -> Signal:
    metric = next(measure.metric for measure in ALL_MEASURES if measure.key == key)
    return Signal(metric, "feedback", shape, DAY, partial(daily_scores, measure=key))


def _shape(metric: Metric) -> Shape:
    if metric.counts:
        return "count"
    return "share" if metric.unit == "share" else "mean"


FEEDBACK = tuple(_signal(measure.key, _shape(measure.metric)) for measure in ALL_MEASURES)

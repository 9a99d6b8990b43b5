"""The metrics of sessions, and their values over groups of sessions."""

import numpy as np
from numpy.typing import NDArray

from analytics.measures.cutting import Values, ratio
from analytics.metrics import Metric
from analytics.product.sessions.cutting import Sessions

MINUTE = 60_000_000  # microseconds

SESSION_METRICS = (
    Metric(
        key="count",
        label="Sessions",
        unit="sessions",
        definition=(
            "Visits, told apart by the session id that clients send; without one, a pause of 30 "
            "minutes ends a visit. One counts on the day it begins."
        ),
        formula="number of sessions whose first event is in the period",
        direction="up",
        sources=("sessions",),
    ),
    Metric(
        key="median",
        label="Typical duration",
        unit="min",
        definition="Half of the visits last no longer than this; a visit of one event lasts 0.",
        formula="median of (last event - first event) over all sessions",
        direction="up",
        sources=("sessions",),
        counts=False,
    ),
    Metric(
        key="mean",
        label="Average duration",
        unit="min",
        definition="The time of all visits by their number; a visit of one event lasts 0.",
        formula="sum of (last event - first event) / sessions",
        direction="up",
        sources=("sessions",),
        counts=False,
    ),
    Metric(
        key="depth",
        label="Events per session",
        unit="events per session",
        definition="How much is done in a visit, on average.",
        formula="events of sessions / sessions",
        direction="up",
        sources=("sessions",),
        counts=False,
    ),
    Metric(
        key="bounce_rate",
        label="Bounce rate",
        unit="share",
        definition="The share of visits that end with their first event.",
        formula="sessions with one event / sessions",
        direction="down",
        sources=("sessions",),
        counts=False,
    ),
)


def measured(sessions: Sessions, group: NDArray[np.int64], groups: int) -> dict[str, Values]:
    """Each metric by group of sessions: float64 in its unit, NaN where a group has none.

    Sessions of a group below 0 count nowhere.
    """
    inside = group >= 0
    group, depth, duration = (of[inside] for of in (group, sessions.depth, sessions.duration))
    count = _sums(group, groups)
    return {
        "count": count,
        "median": medians(duration, group, groups) / MINUTE,
        "mean": ratio(_sums(group, groups, duration), count) / MINUTE,
        "depth": ratio(_sums(group, groups, depth), count),
        "bounce_rate": ratio(_sums(group[depth == 1], groups), count),
    }


def medians(values: NDArray[np.int64], group: NDArray[np.int64], groups: int) -> Values:
    """The median of each group; of an even number the middle of both, NaN of none."""
    ascending = np.argsort(values)
    small = group[ascending].astype(np.min_scalar_type(groups))  # short integers sort in no time
    ordered = values[ascending[np.argsort(small, kind="stable")]]
    count = np.bincount(group, minlength=groups)
    start = np.cumsum(count) - count
    found = count > 0
    middle = np.full(groups, np.nan)
    low, high = (start + (count - 1) // 2)[found], (start + count // 2)[found]
    middle[found] = (ordered[low] + ordered[high]) / 2
    return middle


def _sums(
    group: NDArray[np.int64], groups: int, weights: NDArray[np.int64] | None = None
) -> Values:
    return np.bincount(group, weights, minlength=groups).astype(np.float64)

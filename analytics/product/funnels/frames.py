"""The answers about a funnel as frames; empty ones keep their columns and types."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.measures.cutting import ALL, ratio
from analytics.periods import Period
from analytics.product.funnels.definition import Funnel
from analytics.product.funnels.instants import Ints
from analytics.product.funnels.outcomes import Outcomes

Floats = NDArray[np.float64]
SECOND = 1e6  # microseconds
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
# Where the bars of the histogram begin: lengths of time that people have words for.
TIME_EDGES = (
    *(0.0, 10.0, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE),
    *(HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR),
    *(DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 60 * DAY, 90 * DAY + 1),
)
STEPS = {
    "step": "int64",
    "event": "str",
    "actors": "int64",
    "conversion": "float64",
    "step_conversion": "float64",
    "lost": "int64",
    "maturing": "int64",
    "median_seconds": "float64",
    "mean_seconds": "float64",
}
TIMES = {"from_seconds": "float64", "to_seconds": "float64", "actors": "int64"}
VALUES = {
    "value": "str",
    "entered": "int64",
    "converted": "int64",
    "conversion": "float64",
    "maturing": "int64",
    "lost": "int64",
    "median_seconds": "float64",
}
SERIES = {
    "period": "datetime64[us]",
    "series": "str",
    "value": "float64",
    "complete": "bool",
    "which": "str",
    "at": "datetime64[us]",
    "entered": "int64",
    "converted": "int64",
}


def empty(columns: dict[str, str]) -> pd.DataFrame:
    """A frame of these columns without rows."""
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in columns.items()})


def steps_frame(found: Outcomes, done: Ints, funnel: Funnel) -> pd.DataFrame:
    """One row a step; see `Conversion`."""
    count = len(funnel.steps)
    actors = np.array([np.sum(found.steps >= step) for step in range(1, count + 1)])
    ended = np.bincount(found.steps, minlength=count + 1)[1:]
    ended[-1] = 0
    maturing = np.bincount(found.steps[found.open], minlength=count + 1)[1:]
    took = [_seconds(done, found.steps > step, step - 1, step) for step in range(1, count)]
    frame = {
        "step": np.arange(1, count + 1),
        "event": [step.name for step in funnel.steps],
        "actors": actors,
        "conversion": share(actors, np.repeat(actors[:1], count)),
        "step_conversion": np.append(np.nan, share(actors[1:], actors[:-1])),
        "lost": ended - maturing,
        "maturing": maturing,
        "median_seconds": [np.nan, *(middle(part) for part in took)],
        "mean_seconds": [np.nan, *(average(part) for part in took)],
    }
    return pd.DataFrame(frame).astype(STEPS)


def whole_times(found: Outcomes, done: Ints) -> Floats:
    """How long those who came to the end took from the first step to the last, in seconds."""
    last = done.shape[1] - 1
    return _seconds(done, found.steps > last, 0, last)


def times_frame(took: Floats) -> pd.DataFrame:
    """A histogram of times in seconds: the bars from the first to the last that hold anybody."""
    edges = np.array(TIME_EDGES)
    actors, _ = np.histogram(took, edges)
    held = np.flatnonzero(actors)
    shown = slice(held[0], held[-1] + 1) if len(held) else slice(0, 0)
    frame = {
        "from_seconds": edges[:-1][shown],
        "to_seconds": edges[1:][shown],
        "actors": actors[shown],
    }
    return pd.DataFrame(frame).astype(TIMES)


def values_frame(
    found: Outcomes, done: Ints, label: NDArray[np.int32], names: Sequence[str]
) -> pd.DataFrame:
    """One row a value of the breakdown, the most entered first; see `Conversion`."""
    ended = found.steps == done.shape[1]
    took = (done[:, -1] - done[:, 0]) / SECOND
    entered, converted, maturing = (
        np.bincount(label[which], minlength=len(names))
        for which in (slice(None), ended, found.open)
    )
    frame = {
        "value": list(names),
        "entered": entered,
        "converted": converted,
        "conversion": share(converted, entered),
        "maturing": maturing,
        "lost": entered - converted - maturing,
        "median_seconds": [middle(took[ended & (label == n)]) for n in range(len(names))],
    }
    rows = pd.DataFrame(frame).astype(VALUES)
    rows = rows[rows["entered"] > 0].sort_values(["entered", "value"], ascending=[False, True])
    return rows.reset_index(drop=True)


def series_frame(
    group: Ints, found: Outcomes, shown: Sequence[Period], funnel: Funnel, now: datetime
) -> pd.DataFrame:
    """One row a period of the entry, as `charts.line` draws it; see `Conversion`."""
    done = found.steps == len(funnel.steps)
    entered, converted = (
        np.bincount(group[which], minlength=len(shown) + 1)[: len(shown)]
        for which in (slice(None), done)
    )
    labels = np.array([period.label for period in shown], "datetime64[us]")
    ripe = [period.complete and period.end + funnel.window <= now for period in shown]
    frame = {
        "period": labels,
        "series": ALL,
        "value": share(converted, entered),
        "complete": ripe,
        "which": "current",
        "at": labels,
        "entered": entered,
        "converted": converted,
    }
    return pd.DataFrame(frame).astype(SERIES)


def share(part: Ints, whole: Ints) -> Floats:
    """part / whole; NaN of nobody."""
    return ratio(part.astype(np.float64), whole.astype(np.float64))


def middle(values: Floats) -> float:
    """The median; NaN of nothing."""
    return float(np.median(values)) if len(values) else np.nan


def average(values: Floats) -> float:
    """The mean; NaN of nothing."""
    return float(np.mean(values)) if len(values) else np.nan


def _seconds(done: Ints, rows: NDArray[np.bool_], begin: int, end: int) -> Floats:
    took: Floats = (done[rows, end] - done[rows, begin]) / SECOND
    return took

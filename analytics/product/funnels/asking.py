"""Questions about funnels: how many come how far, when and by what, and who is lost where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.metrics import Metric
from analytics.periods import instants, midnight, periods
from analytics.product.funnels import frames
from analytics.product.funnels.definition import Funnel
from analytics.product.funnels.instants import Instants, Ints, Marked
from analytics.product.funnels.outcomes import (
    Entries,
    Outcomes,
    entries_of,
    labels_of,
    outcomes_of,
    times_of,
)
from analytics.product.funnels.reading import marked_events
from analytics.scope import Viewer, within

CONVERSION = Metric(
    key="conversion",
    label="Conversion",
    unit="share",
    definition="Of the people who enter in a period, the share that comes to the last step.",
    formula="actors at the last step / actors who enter",
    direction="up",
    sources=(),
    counts=False,
)
ABANDONMENT = {
    "funnel": "str",
    "step": "int64",
    "event": "str",
    "next_event": "str",
    "actors": "int64",
    "lost": "int64",
    "maturing": "int64",
    "loss": "float64",
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a funnel tells; `analytics.product.funnels` says who counts where.

    `steps`, one row each: step (int64, from 1), event (str), actors (int64, who came at least so
    far), conversion and step_conversion (float64, of who entered and of the step before; NaN of
    nobody), lost and maturing (int64, who came no further), median_seconds and mean_seconds
    (float64, from the step before; NaN at the first).
    `series`, one row a period of the entry: period (datetime64[us], local), series (str, "All"),
    value (float64, the conversion; NaN without entries), complete (bool, False while a window is
    open), which (str, "current"), at (datetime64[us], the same as period), entered and converted
    (int64; an actor counts in each period of an entry).
    `times`, one row a bar of the histogram from first to last step: from_seconds, to_seconds
    (float64; half-open), actors (int64); `median_seconds` and `mean_seconds` of it are None where
    nobody came to the end.
    `values`, one row a value of the breakdown at the first step, which may be added: value (str),
    entered, converted, maturing, lost (int64), conversion, median_seconds (float64).
    `left_out` counts the actors who got further only past an exclusion.
    """

    steps: pd.DataFrame
    series: pd.DataFrame
    times: pd.DataFrame
    values: pd.DataFrame
    left_out: int = 0
    median_seconds: float | None = None
    mean_seconds: float | None = None

    @classmethod
    def nothing(cls) -> Self:
        """What strangers get to see."""
        return cls(
            steps=frames.empty(frames.STEPS),
            series=frames.empty(frames.SERIES),
            times=frames.empty(frames.TIMES),
            values=frames.empty(frames.VALUES),
        )


@dataclass(frozen=True, slots=True)
class _Read:
    """A funnel's events and entries, as far as the filters keep them."""

    events: Marked
    moments: Instants
    entries: Entries


def conversion(
    conn: Connection, viewer: Viewer, filters: Filters, funnel: Funnel, by: str | None = None
) -> Conversion:
    """How many come how far, how long they take, when they enter, and by a dimension.

    Raises TooWide for more events than are read at once, BadFilters for what is no dimension.
    """
    viewer = within(viewer, "product")
    if not viewer.sees(filters.project_id, "product"):
        return Conversion.nothing()
    read = _read(conn, viewer, filters, funnel, by)
    everybody = outcomes_of(read.entries, funnel, filters.now)
    found = _counted(everybody)
    done = times_of(read.events, read.moments, read.entries, found.row, funnel.order)
    took = frames.whole_times(found, done)
    return Conversion(
        steps=frames.steps_frame(found, done, funnel),
        series=_series(read.entries, filters, funnel),
        times=frames.times_frame(took),
        values=_values(read, found, done, funnel, by),
        left_out=int(everybody.left_out.sum()),
        median_seconds=float(np.median(took)) if len(took) else None,
        mean_seconds=float(np.mean(took)) if len(took) else None,
    )


def dropped(
    conn: Connection, viewer: Viewer, filters: Filters, funnel: Funnel, step: int
) -> NDArray[np.int64]:
    """The keys of the actors who are lost after this step (from 1), in order.

    After the last step, nobody is lost: it gives those who came to the end.
    """
    read = _read(conn, within(viewer, "product"), filters, funnel, None)
    found = _counted(outcomes_of(read.entries, funnel, filters.now))
    gone = (found.steps == step) & ~found.open
    return np.sort(read.events.keys[read.entries.actor[found.row[gone]]])


def abandonment(
    conn: Connection, viewer: Viewer, filters: Filters, funnels: Sequence[tuple[str, Funnel]]
) -> pd.DataFrame:
    """Where people leave these funnels, each given with its name; the most lost first.

    Columns: funnel (str), step (int64, from 1), event, next_event (str), actors (int64, who came at
    least to the step), lost, maturing (int64, who came no further), loss (float64, lost / actors).
    """
    parts = [frames.empty(ABANDONMENT)]
    for name, funnel in funnels:
        steps = conversion(conn, viewer, filters, funnel).steps
        rows = steps.assign(funnel=name, next_event=steps["event"].shift(-1)).iloc[:-1]
        parts.append(rows.assign(loss=rows["lost"] / rows["actors"].replace(0, np.nan)))
    both = pd.concat(parts)[list(ABANDONMENT)].astype(ABANDONMENT)
    return both.sort_values(["lost", "loss"], ascending=False, ignore_index=True)


def _read(
    conn: Connection, viewer: Viewer, filters: Filters, funnel: Funnel, by: str | None
) -> _Read:
    events = marked_events(conn, viewer, filters, funnel, by)
    moments, entries = entries_of(events, funnel, midnight(filters.end, filters.tz))
    return _Read(events, moments, entries)


def _counted(found: Outcomes) -> Outcomes:
    """Without those who got further past an exclusion."""
    kept = ~found.left_out
    return replace(
        found,
        row=found.row[kept],
        steps=found.steps[kept],
        open=found.open[kept],
        left_out=found.left_out[kept],
    )


def _series(entries: Entries, filters: Filters, funnel: Funnel) -> pd.DataFrame:
    shown = periods(filters)
    ends = instants([period.end for period in shown]).astype(np.int64)
    group: Ints = np.searchsorted(ends, entries.at, side="right").astype(np.int64)
    found = _counted(outcomes_of(entries, funnel, filters.now, group))
    return frames.series_frame(group[found.row], found, shown, funnel, filters.now)


def _values(
    read: _Read, found: Outcomes, done: Ints, funnel: Funnel, by: str | None
) -> pd.DataFrame:
    if by is None:
        return frames.empty(frames.VALUES)
    places = read.entries.place[found.row]
    label = labels_of(read.events, read.moments, places, funnel.order)
    return frames.values_frame(found, done, label, read.events.values)

"""A signal: a metric as a series of stretches that are as fine as it is kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

from analytics.metrics import Metric
from analytics.operations.signals.points import (
    ALWAYS,
    Means,
    Points,
    Rates,
    Spread,
    Totals,
    minute_of,
    moment_of,
)
from analytics.operations.signals.single import Latest, Medians
from analytics.operations.steps import Steps
from analytics.scope import Viewer
from db.alert_rules import Asked
from db.tables import projects

Series = Callable[..., pd.DataFrame]  # what it may be narrowed to differs
Shape = Literal["count", "rate", "mean", "share", "latest", "median", "p50", "p95", "p99"]
SHAPES: dict[Shape, Callable[[pd.DataFrame, int], Points]] = {
    "count": Totals.of,
    "rate": Rates.of,
    "mean": Means.of,
    "share": partial(Means.of, are_shares=True),
    "latest": Latest.of,
    "median": Medians.of,
    "p50": partial(Spread.of, share=0.5),
    "p95": partial(Spread.of, share=0.95),
    "p99": partial(Spread.of, share=0.99),
}
HOUR, DAY = 60, 24 * 60  # minutes
NUMBERS = {"slo": int}  # what is no text, of all that signals are narrowed to


@dataclass(frozen=True, slots=True)
class Signal:
    """A metric that rules can look at, and whose questions it answers (`field`).

    `series(conn, viewer, project_id, steps, **narrowed)` gives a row a step with `at`
    (datetime64[us], UTC without a zone: its beginning) and, by `shape`,
    - count: value and n, which add up;
    - rate: the same, of which a window has how many there were in a second;
    - mean: value and n, its weight;
    - share: value, and n, of how many tries;
    - latest: value and n, of which the last one counts;
    - median: a row a single value, of which a window has the median;
    - p50, p95, p99: bin and n, of the logarithmic bins of durations.
    Steps are of `finest_minutes` for `fine_days` (None: for ever), of an hour before that. `asks`
    names what a rule may narrow it to: as `series` calls its arguments. What `follows_events` is
    known as far as events are rolled up. What has a `past` is not known for longer.
    """

    metric: Metric
    field: str
    shape: Shape
    finest_minutes: int
    series: Series
    fine_days: int | None = None
    asks: tuple[str, ...] = ()
    follows_events: bool = False
    past: timedelta | None = None

    @property
    def key(self) -> str:
        """What rules call it."""
        return self.metric.key

    def stretch(self, start: datetime, now: datetime) -> int:
        """The minutes of the finest stretches that are kept since the start."""
        fine = self.fine_days is None or start >= now - timedelta(days=self.fine_days)
        return self.finest_minutes if fine else max(self.finest_minutes, HOUR)

    def points(
        self,
        conn: Connection,
        viewer: Viewer,
        project_id: int,
        asked: Asked,
        start: datetime,
        end: datetime,
        now: datetime,
    ) -> Points:
        """What is known of [start, end), in stretches that begin at multiples of their length."""
        minutes = self.stretch(start, now)
        first = moment_of(minute_of(start) // minutes * minutes)
        steps = Steps(first, end, minutes)
        frame = self.series(conn, viewer, project_id, steps, **self._narrowed(asked))
        made = SHAPES[self.shape](frame, minutes)
        if isinstance(made, Totals):
            return replace(made, since=_since(conn, project_id, made))
        return made

    def _narrowed(self, asked: Asked) -> dict[str, Any]:
        """What a rule narrows it to, by name; what it can't be narrowed to counts for nothing."""
        return {name: NUMBERS.get(name, str)(asked[name]) for name in self.asks if name in asked}


def _since(conn: Connection, project_id: int, counted: Totals) -> float:
    """Since when a project is counted: since it is there, or since its first count before that."""
    made = conn.execute(select(projects.c.created_at).where(projects.c.id == project_id))
    moment = made.scalar_one_or_none()
    if moment is None:
        return ALWAYS
    begins = counted.stretches.begins
    return float(min([minute_of(moment), *begins[:1].tolist()]))


def step_of(moment: ColumnElement[datetime], steps: Steps) -> ColumnElement[datetime]:
    """SQL for when the step begins that a moment lies in, in UTC, as `at`."""
    begins = func.date_bin(timedelta(minutes=steps.minutes), moment, steps.start)
    return func.timezone("UTC", begins).label("at")


def inside(moment: ColumnElement[datetime], steps: Steps) -> ColumnElement[bool]:
    """SQL for whether a moment lies in any of the steps."""
    return (moment >= steps.start) & (moment < steps.end)

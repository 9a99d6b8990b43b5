"""Signals of usage: events by the minute, durations by the hour, people by the day."""

from datetime import date, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Select, func, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from analytics.filters import Filters
from analytics.measures.bins import strung_bins
from analytics.measures.cutting import read
from analytics.measures.durations import Durations
from analytics.metrics import METRICS, Metric
from analytics.operations.live import EVENTS_NOW, STEP
from analytics.operations.signals.signal import DAY, HOUR, Series, Shape, Signal, inside
from analytics.operations.steps import Steps
from analytics.periods import instants, midnight
from analytics.product.trends import trend
from analytics.scope import (
    Viewer,
    visible_duration_bins,
    visible_event_minutes,
    visible_hours_ever,
    visible_kinds,
    within,
)
from db.tables import projects

MINUTES_KEPT = 31  # days
POINTS = {"at": "datetime64[us]", "value": "float64", "n": "float64"}
COUNTS = {"at": "datetime64[us]", "n": "int64", "failures": "int64"}
BINS = {"at": "datetime64[us]", "bin": "int64", "n": "int64"}
DAILY = ("actors", "new_actors", "sessions", "stickiness", "wau", "mau", "events_per_actor")


def event_counts(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, event: str = ""
) -> pd.DataFrame:
    """Events of a name, or all: at (datetime64[us]), n and failures (int64) of each step."""
    counted = minutes_sql if steps.minutes < HOUR else hours_sql
    return read(conn, counted(viewer, project_id, steps, event)).astype(COUNTS)


def minutes_sql(viewer: Viewer, project_id: int, steps: Steps, name: str = "") -> Select[Any]:
    """at (timestamp, UTC), n and failures of each minute of the steps, of events of a name."""
    minute = visible_event_minutes(within(viewer, "product"), project_id).c
    at = func.timezone("UTC", minute.minute).label("at")
    counted = select(at, *_sums(minute)).where(inside(minute.minute, steps))
    counted = counted.where(minute.name == name) if name else counted
    return counted.group_by(minute.minute).order_by(minute.minute)


def hours_sql(viewer: Viewer, project_id: int, steps: Steps, name: str = "") -> Select[Any]:
    """at (timestamp, UTC), n and failures of each hour of the steps, of events of a name."""
    viewer = within(viewer, "product")
    hour = visible_hours_ever(viewer, project_id).c
    at = func.timezone("UTC", hour.hour).label("at")
    counted = select(at, *_sums(hour)).where(inside(hour.hour, steps))
    if name:
        kind = visible_kinds(viewer, project_id).c
        counted = counted.where(hour.kind_id.in_(select(kind.id).where(kind.name == name)))
    return counted.group_by(hour.hour).order_by(hour.hour)


def duration_bins(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, event: str = ""
) -> pd.DataFrame:
    """How long events took: at (datetime64[us], the hour), bin and n (int64)."""
    days = steps.start.date(), steps.end.date() + timedelta(days=1)
    filters = Filters(project_id, "UTC", "opt-in", *days, steps.end, event=event)
    d = visible_duration_bins(viewer, filters).c
    at = func.timezone("UTC", d.hour).label("at")
    query = select(at, *strung_bins(d)).where(inside(d.hour, steps)).group_by(at).order_by(at)
    timed = Durations.packed(read(conn, query))
    return pd.DataFrame({"at": timed.at, "bin": timed.bins, "n": timed.n}).astype(BINS)


def daily(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, metric: str = "actors"
) -> pd.DataFrame:
    """A metric of the catalogue by the day: at (datetime64[us]: midnight), value, n (float64)."""
    filters = days_of(conn, project_id, steps)
    found = trend(conn, viewer, filters, metric)
    over = found[found["complete"]]
    value = over["value"].to_numpy("float64")
    n = value if METRICS[metric].counts else np.ones(len(over))
    at = midnights(over["period"].dt.date.tolist(), filters.tz)
    return pd.DataFrame({"at": at, "value": value, "n": n}).astype(POINTS)


def days_of(conn: Connection, project_id: int, steps: Steps) -> Filters:
    """The question about the days of the project's calendar that are over at the end."""
    row = conn.execute(
        select(projects.c.timezone, projects.c.consent).where(projects.c.id == project_id)
    ).one_or_none()
    zone, consent = row or ("UTC", "opt-in")
    first, last = (at.astimezone(ZoneInfo(zone)).date() for at in (steps.start, steps.end))
    until = last + timedelta(days=1)
    return Filters(project_id, zone, consent, first, until, steps.end, grain="day", compare=False)


def midnights(days: list[date], tz: ZoneInfo) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """When these days begin, in UTC."""
    return instants([midnight(day, tz) for day in days])


def _sums(rows: ReadOnlyColumnCollection[str, ColumnElement[Any]]) -> list[ColumnElement[int]]:
    return [func.sum(rows[name]).cast(BigInteger).label(name) for name in ("n", "failures")]


def _counted(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, event: str = "", of: str = "n"
) -> pd.DataFrame:
    found = event_counts(conn, viewer, project_id, steps, event)
    return pd.DataFrame({"at": found["at"], "value": found[of], "n": found["n"]}).astype(POINTS)


def _in_ten_seconds(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, event: str = ""
) -> pd.DataFrame:
    found = _counted(conn, viewer, project_id, steps, event)
    return found.assign(value=STEP.seconds * found["value"])


def _error_rate(
    conn: Connection, viewer: Viewer, project_id: int, steps: Steps, event: str = ""
) -> pd.DataFrame:
    found = event_counts(conn, viewer, project_id, steps, event)
    value = found["failures"] / found["n"].where(found["n"] > 0)
    return pd.DataFrame({"at": found["at"], "value": value, "n": found["n"]}).astype(POINTS)


def _by_minute(metric: Metric, series: Series, shape: Shape = "count") -> Signal:
    return Signal(
        metric,
        "product",
        shape,
        1,
        series,
        fine_days=MINUTES_KEPT,
        asks=("event",),
        follows_events=True,
    )


def _by_day(key: str) -> Signal:
    series = partial(daily, metric=key)
    return Signal(METRICS[key], "product", "latest", DAY, series, follows_events=True)


USAGE = (
    _by_minute(METRICS["events"], _counted),
    _by_minute(METRICS["failures"], partial(_counted, of="failures")),
    _by_minute(METRICS["error_rate"], _error_rate, "share"),
    _by_minute(EVENTS_NOW, _in_ten_seconds, "rate"),
    Signal(METRICS["duration_p50"], "product", "p50", HOUR, duration_bins, asks=("event",)),
    Signal(METRICS["duration_p95"], "product", "p95", HOUR, duration_bins, asks=("event",)),
    *(_by_day(key) for key in DAILY),
)

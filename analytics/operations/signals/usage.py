"""Signals of usage: events by the minute, durations by the hour, people by the day."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Select, func, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.metrics import METRICS, Metric
from analytics.operations.signals.signal import DAY, HOUR, Series, Shape, Signal
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
from db.alert_rules import Asked
from db.tables import projects

MINUTES_KEPT = 31  # days
POINTS = {"at": "datetime64[us]", "value": "float64", "n": "float64"}
COUNTS = {"at": "datetime64[us]", "n": "int64", "failures": "int64"}
BINS = {"at": "datetime64[us]", "bin": "int64", "n": "int64"}
DAILY = ("actors", "new_actors", "sessions", "stickiness", "wau", "mau", "events_per_actor")


def event_counts(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    asked: Asked,
    start: datetime,
    end: datetime,
    minutes: int,
) -> pd.DataFrame:
    """Events of a name, or all: at (datetime64[us]), n and failures (int64) of each stretch."""
    name = str(asked.get("event", ""))
    if minutes < HOUR:
        return read(conn, minutes_sql(viewer, project_id, start, end, name)).astype(COUNTS)
    return read(conn, hours_sql(viewer, project_id, start, end, name)).astype(COUNTS)


def minutes_sql(
    viewer: Viewer, project_id: int, start: datetime, end: datetime, name: str = ""
) -> Select[Any]:
    """at (timestamp, UTC), n and failures of each minute of [start, end), of events of a name."""
    minute = visible_event_minutes(within(viewer, "product"), project_id).c
    inside = [minute.minute >= start, minute.minute < end]
    at = func.timezone("UTC", minute.minute).label("at")
    counted = select(at, *_sums(minute)).where(*inside, *([minute.name == name] if name else []))
    return counted.group_by(minute.minute).order_by(minute.minute)


def hours_sql(
    viewer: Viewer, project_id: int, start: datetime, end: datetime, name: str = ""
) -> Select[Any]:
    """at (timestamp, UTC), n and failures of each hour of [start, end), of events of a name."""
    inside = within(viewer, "product")
    hour = visible_hours_ever(inside, project_id).c
    at = func.timezone("UTC", hour.hour).label("at")
    counted = select(at, *_sums(hour)).where(hour.hour >= start, hour.hour < end)
    if name:
        kind = visible_kinds(inside, project_id).c
        counted = counted.where(hour.kind_id.in_(select(kind.id).where(kind.name == name)))
    return counted.group_by(hour.hour).order_by(hour.hour)


def duration_bins(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    asked: Asked,
    start: datetime,
    end: datetime,
    minutes: int,  # noqa: ARG001 - a series of hours, as all series are asked for
) -> pd.DataFrame:
    """How long events took: at (datetime64[us], the hour), bin and n (int64)."""
    days = start.date(), end.date() + timedelta(days=1)
    name = str(asked.get("event", ""))
    d = visible_duration_bins(viewer, Filters(project_id, "UTC", "opt-in", *days, end, event=name))
    n = func.sum(d.c.n).cast(BigInteger).label("n")
    at = func.timezone("UTC", d.c.hour).label("at")
    query = select(at, d.c.bin, n).where(d.c.hour >= start, d.c.hour < end).group_by(at, d.c.bin)
    return read(conn, query).astype(BINS)


def daily(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    asked: Asked,  # noqa: ARG001 - it can't be narrowed
    start: datetime,
    end: datetime,
    minutes: int,  # noqa: ARG001 - a series of days
    metric: str = "actors",
) -> pd.DataFrame:
    """A metric of the catalogue by the day: at (datetime64[us]: midnight), value, n (float64)."""
    filters = days_of(conn, project_id, start, end)
    found = trend(conn, viewer, filters, metric)
    over = found[found["complete"]]
    value = over["value"].to_numpy("float64")
    n = value if METRICS[metric].counts else np.ones(len(over))
    at = midnights(over["period"].dt.date.tolist(), filters.tz)
    return pd.DataFrame({"at": at, "value": value, "n": n}).astype(POINTS)


def days_of(conn: Connection, project_id: int, start: datetime, end: datetime) -> Filters:
    """The question about the days of the project's calendar that are over at the end."""
    row = conn.execute(
        select(projects.c.timezone, projects.c.consent).where(projects.c.id == project_id)
    ).one_or_none()
    zone, consent = row or ("UTC", "opt-in")
    first, last = (moment.astimezone(ZoneInfo(zone)).date() for moment in (start, end))
    until = last + timedelta(days=1)
    return Filters(project_id, zone, consent, first, until, end, grain="day", compare=False)


def midnights(days: list[date], tz: ZoneInfo) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """When these days begin, in UTC."""
    return instants([midnight(day, tz) for day in days])


def _sums(rows: ReadOnlyColumnCollection[str, ColumnElement[Any]]) -> list[ColumnElement[int]]:
    return [func.sum(rows[name]).cast(BigInteger).label(name) for name in ("n", "failures")]


def _counted(column: str, *asked: Any) -> pd.DataFrame:
    found = event_counts(*asked)
    return pd.DataFrame({"at": found["at"], "value": found[column], "n": found["n"]}).astype(POINTS)


def _error_rate(*asked: Any) -> pd.DataFrame:
    found = event_counts(*asked)
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
    _by_minute(METRICS["events"], partial(_counted, "n")),
    _by_minute(METRICS["failures"], partial(_counted, "failures")),
    _by_minute(METRICS["error_rate"], _error_rate, "mean"),
    Signal(METRICS["duration_p50"], "product", "p50", HOUR, duration_bins, asks=("event",)),
    Signal(METRICS["duration_p95"], "product", "p95", HOUR, duration_bins, asks=("event",)),
    *(_by_day(key) for key in DAILY),
)

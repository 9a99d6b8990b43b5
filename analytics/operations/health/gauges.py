"""Gauges: what was measured of machines, processes and the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, Subquery, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from analytics.filters import Filters
from analytics.measures.cutting import at_edges, edge_before, edges, read
from analytics.operations.health.metrics import GAUGES
from analytics.operations.health.spread import spread
from analytics.periods import periods
from analytics.scope import Viewer, visible_gauges
from db.errors import UnknownMetric

RECENT = timedelta(hours=2)
SERIES = {"at": "datetime64[us]", "value": "float64", "n": "int64"}
LATEST = {
    "name": "str",
    "host": "str",
    "subject": "str",
    "value": "float64",
    "at": "datetime64[us, UTC]",
}


def gauge_series(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    name: str,
    start: datetime,
    end: datetime,
    minutes: int,
    host: str | None = None,
    subject: str | None = None,
) -> pd.DataFrame:
    """A gauge in buckets of so many minutes from `start`: of the place where it is highest.

    Columns: at (datetime64[us], UTC without a zone, the start of the bucket), value (float64, the
    highest of the means of single machines, disks or tables, in the unit of the metric), n (int64,
    measurements). A bucket without any has no row. Raises UnknownMetric.
    """
    g = visible_gauges(viewer, project_id)
    at = func.date_bin(func.make_interval(0, 0, 0, 0, 0, minutes), g.c.at, start)
    means = (
        select(at.label("at"), func.avg(g.c.value).label("value"), func.count().label("n"))
        .where(_named(g, name), g.c.at >= start, g.c.at < end)
        .where(
            *(
                g.c[key] == value
                for key, value in (("host", host), ("subject", subject))
                if value is not None
            )
        )
        .group_by(at, g.c.host, g.c.subject)
        .subquery("means")
    )
    moment = func.timezone("UTC", means.c.at).label("at")
    n = func.sum(means.c.n).label("n")
    query = select(moment, func.max(means.c.value).label("value"), n).group_by(means.c.at)
    return read(conn, query.order_by(means.c.at)).astype(SERIES)


def gauges_now(conn: Connection, viewer: Viewer, project_id: int, now: datetime) -> pd.DataFrame:
    """The latest value of every gauge of the last two hours.

    Columns: name, host, subject (str), value (float64, in the metric's unit), at (datetime64[us,
    UTC]).
    """
    return read(conn, gauges_now_sql(viewer, project_id, now)).astype(LATEST)


def gauges_now_sql(viewer: Viewer, project_id: int, now: datetime) -> Select[Any]:
    """The rows of `gauges_now`."""
    g = visible_gauges(viewer, project_id).c
    keys = (g.name, g.host, g.subject)
    latest = select(*keys, g.value, g.at).where(g.at > now - RECENT, g.at <= now)
    return latest.ext(distinct_on(*keys)).order_by(*keys, g.at.desc())


def gauge_trend(
    conn: Connection, viewer: Viewer, filters: Filters, names: Sequence[str]
) -> pd.DataFrame:
    """Gauges over the periods of the range, for a chart of lines: the mean of each period.

    Columns as those of `analytics.product.trends.trend`; the series is the gauge's label with its
    machine and subject where there are several. Raises UnknownMetric.
    """
    rows = read(conn, gauge_trend_sql(viewer, filters, names))
    rows = at_edges(rows, edges(periods(filters)))
    labels = rows["name"].map({key: gauge.label for key, gauge in GAUGES.items()})
    places = {name: rows[name] for name in ("host", "subject") if _several(rows, name)}
    for place in places.values():
        labels = labels + place.where(place == "", " " + place)
    return spread(rows.assign(series=labels), filters)


def gauge_trend_sql(viewer: Viewer, filters: Filters, names: Sequence[str]) -> Select[Any]:
    """The rows behind it: name, host, subject, edge and value."""
    g, cuts = visible_gauges(viewer, filters.project_id), edges(periods(filters))
    edge, value = edge_before(g.c.at, cuts), func.avg(g.c.value).label("value")
    keys = (g.c.name, g.c.host, g.c.subject, edge)
    query = select(*keys, value).where(g.c.name.in_(names))
    query = query.where(g.c.at >= cuts[0], g.c.at < cuts[-1])
    return query.group_by(*keys).order_by(*keys)


def _several(rows: pd.DataFrame, name: str) -> bool:
    """Whether any gauge has more than one of these."""
    return len(rows) > 0 and int(rows.groupby("name")[name].nunique().max()) > 1


def _named(gauges: Subquery, name: str) -> ColumnElement[bool]:
    if name not in GAUGES:
        raise UnknownMetric(f"No gauge is called '{name}'; there are {', '.join(GAUGES)}.")
    return gauges.c.name == name

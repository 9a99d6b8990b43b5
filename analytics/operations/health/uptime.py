"""Uptime: good probes of all; where nothing was probed there is none, which is not a good one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    case,
    cast,
    func,
    select,
)

from analytics.filters import Filters
from analytics.measures.cutting import at_edges, edge_before, edges, read
from analytics.operations.health.probes import LOOPLENS, named_of
from analytics.operations.health.spread import spread
from analytics.periods import periods
from analytics.scope import Viewer, visible_probe_hours, visible_probe_results
from db.tables import INSTALLATION

HOUR = 60
COUNTS = {"at": "datetime64[us]", "good": "int64", "n": "int64"}
PROBE_COUNTS = {"project_id": "int64", "probe_id": "int64", **COUNTS}


def uptime_series(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    start: datetime,
    end: datetime,
    minutes: int,
    probe_id: int | None = None,
) -> pd.DataFrame:
    """The uptime of a project's probes, or of one, in buckets of so many minutes from `start`.

    Columns: at (datetime64[us], UTC without a zone, the start of the bucket), value (float64, share
    of good ones), n (int64, probes). A bucket without probes has no row.
    """
    counts = uptime_counts(conn, viewer, project_id, start, end, minutes, probe_id)
    return counts.assign(value=counts["good"] / counts["n"])[["at", "value", "n"]]


def uptime_counts(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    start: datetime,
    end: datetime,
    minutes: int,
    probe_id: int | None = None,
    exact: bool = False,
) -> pd.DataFrame:
    """The probes behind it: at (as above), good and n (int64).

    Buckets of an hour and longer are made of whole UTC hours, which are kept longest; shorter ones,
    or `exact` ones, of single results, which are there for 14 days.
    """
    hourly = minutes >= HOUR and not exact
    door = visible_probe_hours if hourly else visible_probe_results
    found = door(viewer, project_id)
    moment = found.c.hour if hourly else found.c.at
    width = func.make_interval(0, 0, 0, 0, 0, minutes)
    at = func.date_bin(width, moment, start)
    query = (
        select(func.timezone("UTC", at).label("at"), *_sums(found))
        .where(moment >= start, moment < end, found.c.project_id == project_id)
        .group_by(at)
        .order_by(at)
    )
    if probe_id is not None:
        query = query.where(found.c.probe_id == probe_id)
    return read(conn, query).astype(COUNTS)


def probe_counts(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    cuts: Sequence[datetime],
    exact: bool = False,
) -> pd.DataFrame:
    """What probes of a project and of Looplens found between these instants, read once for all.

    Columns: project_id, probe_id (int64), at (datetime64[us], UTC without a zone: the cut before),
    good and n (int64). From whole hours, or `exact` from single results, as in uptime_counts.
    """
    found = (visible_probe_results if exact else visible_probe_hours)(viewer, project_id)
    moment = found.c.at if exact else found.c.hour
    keys = [found.c.project_id, found.c.probe_id, edge_before(moment, list(cuts))]
    query = select(*keys, *_sums(found)).where(moment >= cuts[0], moment < cuts[-1])
    return at_edges(read(conn, query.group_by(*keys)), list(cuts)).astype(PROBE_COUNTS)


def uptime_trend(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """The uptime of every probe over the periods of the range, for a chart of lines.

    Columns as those of `analytics.product.trends.trend`: period (datetime64[s], local), series
    (str, the probe), value (float64, share; NaN where nothing was probed), which (str), complete
    (bool).
    """
    cuts = edges(periods(filters))
    counted = at_edges(read(conn, uptime_trend_sql(viewer, filters)), cuts)
    return spread(counted.assign(value=counted["good"] / counted["n"]), filters)


def uptime_trend_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows behind it: series, edge, good and n."""
    h, cuts = visible_probe_hours(viewer, filters.project_id), edges(periods(filters))
    edge = edge_before(h.c.hour, cuts)
    own = case((h.c.project_id == INSTALLATION, named_of("", LOOPLENS)), else_="")
    series = (h.c.name + own).label("series")
    return (
        select(series, edge, *_sums(h))
        .where(h.c.hour >= cuts[0], h.c.hour < cuts[-1])
        .group_by(series, edge)
        .order_by(series, edge)
    )


def _sums(found: Subquery) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """good and n, of results or of hours of them."""
    good, n = (
        (func.sum(found.c.good), func.sum(found.c.n))
        if "n" in found.c
        else (func.count().filter(found.c.ok), func.count())
    )
    return cast(good, BigInteger).label("good"), cast(n, BigInteger).label("n")

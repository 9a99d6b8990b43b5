"""Reads what servers or clients counted, cut at the instants that a question asks for."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    LargeBinary,
    Select,
    func,
    literal,
)
from sqlalchemy import select as choose
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.measures.cutting import at_edges, edge_before, read
from analytics.operations.requests.counted import SUMS, Counted
from analytics.operations.requests.measured import EVENTS, Measured
from analytics.scope import (
    Viewer,
    visible_client_bins,
    visible_client_days,
    visible_client_hours,
    visible_request_stats,
)

Endpoint = tuple[str, str]  # its service, which clients don't know, and its name
TOGETHER: Endpoint = ("", "")
KEYS = ["service", "endpoint"]


def load(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    cuts: Sequence[datetime],
    *,
    apart: bool = False,
    zone: ZoneInfo | None = None,
) -> dict[Endpoint, Counted]:
    """The requests between the first and the last cut, by endpoint when they are asked for apart.

    Nothing at all is an empty dict. With the project's zone, clients' whole days are read as such.
    """
    if measured.by != "servers":
        return _of_clients(conn, viewer, measured, list(cuts), apart, zone)
    rows = at_edges(read(conn, served_sql(viewer, measured, list(cuts), apart)), list(cuts))
    return {endpoint: Counted.of_servers(part) for endpoint, part in _parts(rows, apart).items()}


def served_sql(
    viewer: Viewer, measured: Measured, cuts: list[datetime], apart: bool
) -> Select[Any]:
    """Sums, and packed bins strung together, by the number of the cut before."""
    s = visible_request_stats(viewer, measured.project_id).c
    groups = [edge_before(s.at, cuts), *([s.service, s.endpoint] if apart else [])]
    sums = [_total(s[name]).label(name) for name in SUMS]
    query = choose(*groups, *sums, _strung(s.bins), _strung(s.counts))
    chosen = [s.at >= cuts[0], s.at < cuts[-1]]
    chosen += [s[name] == value for name in KEYS if (value := getattr(measured, name))]
    return query.where(*chosen).group_by(*groups).order_by(groups[0])


def _of_clients(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    cuts: list[datetime],
    apart: bool,
    zone: ZoneInfo | None,
) -> dict[Endpoint, Counted]:
    hours = visible_client_hours(viewer, measured.project_id).c
    sums = [_total(hours[name]).label(name) for name in ("n", "failures")]
    rows = _cut(conn, measured, apart, hours, _hours(hours, cuts), sums)
    counted = _parts(at_edges(rows, cuts), apart)
    durations = _timed(conn, viewer, measured, cuts, apart, zone)
    by_endpoint = _parts(durations, apart)
    nothing = durations.iloc[:0]
    return {
        endpoint: Counted.of_clients(part, by_endpoint.get(endpoint, nothing))
        for endpoint, part in counted.items()
    }


def _timed(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    cuts: list[datetime],
    apart: bool,
    zone: ZoneInfo | None,
) -> pd.DataFrame:
    """Durations by cut: from whole days, where the cuts are such, else from hours."""
    if zone and all(cut.astimezone(zone).time() == time() for cut in cuts):
        bins = visible_client_days(viewer, measured.project_id).c
        days = [cut.astimezone(zone).date() for cut in cuts]
        edge = func.width_bucket(bins.day, literal(days, ARRAY(Date))).label("edge")
        during = [edge, bins.day >= days[0], bins.day < days[-1]]
    else:
        bins = visible_client_bins(viewer, measured.project_id).c
        during = _hours(bins, cuts)
    figures = [bins.bin, _total(bins.n).label("n")]
    return at_edges(_cut(conn, measured, apart, bins, during, figures), cuts)


def _hours(rollup: Any, cuts: list[datetime]) -> list[ColumnElement[Any]]:
    """The number of the cut before an hour, and the conditions for those between the cuts."""
    hour = rollup.hour
    return [edge_before(hour, cuts), hour >= cuts[0], hour < cuts[-1]]


def _cut(
    conn: Connection,
    measured: Measured,
    apart: bool,
    rollup: Any,
    during: Sequence[ColumnElement[Any]],
    figures: Sequence[ColumnElement[Any]],
) -> pd.DataFrame:
    """These figures of a rollup by cut, and by endpoint where they are asked for apart."""
    edge, *between = during
    named = [literal("").label("service"), rollup.subject.label("endpoint")]
    query = choose(edge, *(named if apart else ()), *figures)
    query = query.where(rollup.name == EVENTS[measured.by], *between)
    if measured.endpoint:
        query = query.where(rollup.subject == measured.endpoint)
    groups = [edge, *([rollup.subject] if apart else []), *(f for f in figures if f.name == "bin")]
    return read(conn, query.group_by(*groups).order_by(edge))


def _parts(rows: pd.DataFrame, apart: bool) -> dict[Endpoint, pd.DataFrame]:
    """The rows of each endpoint, or all of them; none where there are none."""
    if not apart:
        return {} if rows.empty else {TOGETHER: rows}
    groups = rows.groupby(KEYS, sort=False)
    return {(str(service), str(name)): part for (service, name), part in groups}


def _total(column: ColumnElement[int]) -> ColumnElement[int]:
    return func.sum(column).cast(BigInteger)


def _strung(packed: ColumnElement[bytes]) -> ColumnElement[bytes]:
    """Packed values one after the other, in the order of the rows: bins and counts in the same."""
    nothing = literal(b"", LargeBinary)
    strung = func.string_agg(packed, nothing, type_=LargeBinary)
    return strung.label(packed.name)

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
    DateTime,
    LargeBinary,
    Select,
    cast,
    func,
    literal,
)
from sqlalchemy import select as choose

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
from db.tables import Instant

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
    counted = _parts(_cut(conn, measured, cuts, apart, hours, sums), apart)
    if zone and all(cut.astimezone(zone).time() == time() for cut in cuts):
        bins = _days(viewer, measured, cuts, zone)
    else:
        bins = visible_client_bins(viewer, measured.project_id).c
    timed = [bins.bin, _total(bins.n).label("n")]
    durations = _cut(conn, measured, cuts, apart, bins, timed)
    by_endpoint = _parts(durations, apart)
    nothing = durations.iloc[:0]
    return {
        endpoint: Counted.of_clients(part, by_endpoint.get(endpoint, nothing))
        for endpoint, part in counted.items()
    }


def _days(viewer: Viewer, measured: Measured, cuts: list[datetime], zone: ZoneInfo) -> Any:
    """The durations of whole days, each under its first hour."""
    days = visible_client_days(viewer, measured.project_id).c
    first, last = (cut.astimezone(zone).date() for cut in (cuts[0], cuts[-1]))
    hour = func.timezone(zone.key, cast(days.day, DateTime), type_=Instant).label("hour")
    within = choose(days.name, days.subject, hour, days.bin, days.n).where(
        days.day >= first, days.day < last
    )
    return within.subquery("days").c


def _cut(
    conn: Connection,
    measured: Measured,
    cuts: list[datetime],
    apart: bool,
    rollup: Any,
    figures: Sequence[ColumnElement[Any]],
) -> pd.DataFrame:
    """These figures of a rollup by cut, and by endpoint where they are asked for apart."""
    named = [literal("").label("service"), rollup.subject.label("endpoint")]
    edge = edge_before(rollup.hour, cuts)
    query = choose(edge, *(named if apart else ()), *figures).where(
        rollup.name == EVENTS[measured.by], rollup.hour >= cuts[0], rollup.hour < cuts[-1]
    )
    if measured.endpoint:
        query = query.where(rollup.subject == measured.endpoint)
    groups = [edge, *([rollup.subject] if apart else []), *(f for f in figures if f.name == "bin")]
    return at_edges(read(conn, query.group_by(*groups).order_by(edge)), cuts)


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

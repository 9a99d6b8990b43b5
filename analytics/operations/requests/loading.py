"""Reads what servers or clients counted, cut at the instants that a question asks for."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray
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
from analytics.operations.requests.counted import OF_CLIENTS, SUMS, Counted
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
PACKED = ("bins", "counts")


def load(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    cuts: Sequence[datetime],
    *,
    apart: bool = False,
    timed: bool = True,
    zone: ZoneInfo | None = None,
) -> dict[Endpoint, Counted]:
    """The requests between the first and the last cut, by endpoint when they are asked for apart.

    Nothing at all is an empty dict. With the project's zone, clients' whole days are read as such.
    Unless they are `timed`, none has a duration: sums alone are read in a tenth of the time.
    """
    if measured.by != "servers":
        return _of_clients(conn, viewer, measured, list(cuts), apart, timed, zone)
    rows = _served(conn, viewer, measured, list(cuts), apart, timed)
    return {endpoint: Counted.of_servers(part) for endpoint, part in _parts(rows, apart).items()}


def load_each(
    conn: Connection,
    viewer: Viewer,
    project_id: int,
    cuts: Sequence[datetime],
    places: Collection[Endpoint] = (TOGETHER,),
    *,
    timed: bool = True,
) -> dict[Endpoint, Counted]:
    """What servers counted of each of these that they counted any of; read once for all.

    A place is a service and an endpoint; where one of them is empty it is all of them.
    """
    if len(places) == 1:
        (place,) = places
        measured = Measured(project_id, "servers", *place)
        alone = load(conn, viewer, measured, cuts, timed=timed).get(TOGETHER)
        return {place: alone} if alone is not None else {}
    rows = _served(conn, viewer, Measured(project_id), list(cuts), apart=True, timed=timed)
    parts = {place: rows[_are_of(rows, place)] for place in places}
    return {place: Counted.of_servers(part) for place, part in parts.items() if len(part)}


def served_sql(
    viewer: Viewer, measured: Measured, cuts: list[datetime], apart: bool, timed: bool = True
) -> Select[Any]:
    """Sums, and packed bins strung together if `timed`, by the number of the cut before."""
    s = visible_request_stats(viewer, measured.project_id).c
    groups = [edge_before(s.at, cuts), *([s.service, s.endpoint] if apart else [])]
    sums = [_total(s[name]).label(name) for name in SUMS]
    query = choose(*groups, *sums, *([_strung(s[name], name) for name in PACKED] if timed else []))
    chosen = [s.at >= cuts[0], s.at < cuts[-1]]
    chosen += [s[name] == value for name in KEYS if (value := getattr(measured, name))]
    return query.where(*chosen).group_by(*groups).order_by(groups[0])


def _served(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    cuts: list[datetime],
    apart: bool,
    timed: bool,
) -> pd.DataFrame:
    return at_edges(read(conn, served_sql(viewer, measured, cuts, apart, timed)), cuts)


def _are_of(rows: pd.DataFrame, place: Endpoint) -> NDArray[np.bool_]:
    """Which rows are of its service and its endpoint, or of any where it names none."""
    are = np.ones(len(rows), bool)
    for name, value in zip(KEYS, place, strict=True):
        are &= rows[name].to_numpy() == value if value else True
    return are


def _of_clients(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    cuts: list[datetime],
    apart: bool,
    timed: bool,
    zone: ZoneInfo | None,
) -> dict[Endpoint, Counted]:
    rows = at_edges(read(conn, _sent_sql(viewer, measured, cuts)), cuts)
    kinds = sorted(set(rows["kind_id"]))
    parts = _parts(rows, apart)
    if not (timed and parts):
        return {endpoint: Counted.of_clients(part) for endpoint, part in parts.items()}
    found = read(conn, _timed_sql(viewer, measured, cuts, kinds, apart, zone))
    durations = at_edges(found, cuts)
    return {
        endpoint: Counted.of_clients(part, durations[_of_kinds(durations, part)])
        for endpoint, part in parts.items()
    }


def _of_kinds(durations: pd.DataFrame, sums: pd.DataFrame) -> NDArray[np.bool_]:
    """Which durations are of the kinds of these sums: all of them, unless they are apart."""
    if "kind_id" not in durations:
        return np.ones(len(durations), bool)
    return np.isin(durations["kind_id"], sums["kind_id"].unique())


def _sent_sql(viewer: Viewer, measured: Measured, cuts: list[datetime]) -> Select[Any]:
    """Sums of what clients sent, by the number of the cut before and by kind."""
    hours = visible_client_hours(viewer, measured.project_id).c
    edge, *between = _hours(hours, cuts)
    groups = [edge, hours.kind_id, hours.subject]
    named = [literal("").label("service"), hours.subject.label("endpoint")]
    sums = [_total(hours[name]).label(name) for name in OF_CLIENTS]
    query = choose(edge, hours.kind_id, *named, *sums).group_by(*groups).order_by(edge)
    query = query.where(hours.name == EVENTS[measured.by], *between)
    return query.where(hours.subject == measured.endpoint) if measured.endpoint else query


def _timed_sql(
    viewer: Viewer,
    measured: Measured,
    cuts: list[datetime],
    kinds: Sequence[int],
    apart: bool,
    zone: ZoneInfo | None,
) -> Select[Any]:
    """Their durations, packed as those of servers: from whole days, where the cuts are such."""
    whose = (viewer, measured.project_id, EVENTS[measured.by])
    if zone and all(cut.astimezone(zone).time() == time() for cut in cuts):
        rollup = visible_client_days(*whose).c
        edge, *between = _days(rollup, [cut.astimezone(zone).date() for cut in cuts])
    else:
        rollup = visible_client_bins(*whose).c
        edge, *between = _hours(rollup, cuts)
    groups = [edge, *([rollup.kind_id] if apart else [])]
    summed = choose(*groups, rollup.bin, _total(rollup.n).label("n")).where(*between)
    if measured.endpoint:
        summed = summed.where(rollup.kind_id.in_(kinds))
    found = summed.group_by(*groups, rollup.bin).subquery("found").c
    keys = [found[group.name] for group in groups]
    packed = [_strung(func.int2send(found.bin), "bins"), _strung(func.int8send(found.n), "counts")]
    return choose(*keys, *packed).group_by(*keys).order_by(found.edge)


def _days(rollup: Any, days: list[date]) -> list[ColumnElement[Any]]:
    """The same of days: the number of the cut before, and the conditions."""
    edge = func.width_bucket(rollup.day, literal(days, ARRAY(Date))).label("edge")
    return [edge, rollup.day >= days[0], rollup.day < days[-1]]


def _hours(rollup: Any, cuts: list[datetime]) -> list[ColumnElement[Any]]:
    """The number of the cut before an hour, and the conditions for those between the cuts."""
    hour = rollup.hour
    return [edge_before(hour, cuts), hour >= cuts[0], hour < cuts[-1]]


def _parts(rows: pd.DataFrame, apart: bool) -> dict[Endpoint, pd.DataFrame]:
    """The rows of each endpoint, or all of them; none where there are none."""
    if not apart:
        return {} if rows.empty else {TOGETHER: rows}
    groups = rows.groupby(KEYS, sort=False)
    return {(str(service), str(name)): part for (service, name), part in groups}


def _total(column: ColumnElement[int]) -> ColumnElement[int]:
    return func.sum(column).cast(BigInteger)


def _strung(packed: ColumnElement[bytes], name: str) -> ColumnElement[bytes]:
    """Packed values one after the other, in the order of the rows: bins and counts in the same."""
    nothing = literal(b"", LargeBinary)
    return func.string_agg(packed, nothing, type_=LargeBinary).label(name)

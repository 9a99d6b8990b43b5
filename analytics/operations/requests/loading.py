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
    DateTime,
    Select,
    TableValuedAlias,
    column,
    func,
    literal,
    true,
)
from sqlalchemy import select as choose
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.measures.bins import strung_bins
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


def _served(
    conn: Connection,
    viewer: Viewer,
    measured: Measured,
    cuts: list[datetime],
    apart: bool,
    timed: bool,
) -> pd.DataFrame:
    return at_edges(read(conn, _served_sql(viewer, measured, cuts, apart, timed)), cuts)


def _served_sql(
    viewer: Viewer, measured: Measured, cuts: list[datetime], apart: bool, timed: bool
) -> Select[Any]:
    """Sums, and packed bins strung together if `timed`, by the number of the cut before.

    Each stretch is read by itself: to sort all rows by the cut before them takes twice as long.
    """
    s, between = visible_request_stats(viewer, measured.project_id).c, _stretches(cuts)
    keys = [s.service, s.endpoint] if apart else []
    sums = [_total(s[name]).label(name) for name in SUMS]
    query = choose(*keys, *sums, *(strung_bins(s) if timed else []))
    query = query.where(s.at >= between.c.begins, s.at < between.c.ends)
    query = query.where(*(s[name] == value for name in KEYS if (value := getattr(measured, name))))
    each = query.group_by(*keys).having(func.count() > 0).lateral("each")
    return choose(between.c.edge, each).join_from(between, each, true()).order_by(between.c.edge)


def _stretches(cuts: list[datetime]) -> TableValuedAlias:
    """Rows of the instants between which the cuts lie, with the number of the first of them."""
    kind = ARRAY(DateTime(timezone=True))
    ends = func.unnest(literal(cuts[:-1], kind), literal(cuts[1:], kind))
    columns = [column(name, DateTime(timezone=True)) for name in ("begins", "ends")]
    return ends.table_valued(*columns, with_ordinality="edge", name="stretches").render_derived()


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
    parts = _parts(at_edges(read(conn, _sent_sql(viewer, measured, cuts, apart)), cuts), apart)
    if not (timed and parts):
        return {endpoint: Counted.of_clients(part) for endpoint, part in parts.items()}
    found = at_edges(read(conn, _timed_sql(viewer, measured, cuts, apart, zone)), cuts)
    durations = _parts(found, apart)
    return {
        endpoint: Counted.of_clients(part, durations.get(endpoint))
        for endpoint, part in parts.items()
    }


def _sent_sql(viewer: Viewer, measured: Measured, cuts: list[datetime], apart: bool) -> Select[Any]:
    """Sums of what clients sent, by the number of the cut before."""
    hours = visible_client_hours(*_whose(viewer, measured)).c
    sums = [_total(hours[name]).label(name) for name in OF_CLIENTS]
    return _by_edge(hours, sums, _hours(hours, cuts), apart)


def _timed_sql(
    viewer: Viewer, measured: Measured, cuts: list[datetime], apart: bool, zone: ZoneInfo | None
) -> Select[Any]:
    """Their durations, packed as those of servers: of whole days, where the cuts are such."""
    whose = _whose(viewer, measured)
    if zone and all(cut.astimezone(zone).time() == time() for cut in cuts):
        days = visible_client_days(*whose).c
        between = _days(days, [cut.astimezone(zone).date() for cut in cuts])
        return _by_edge(days, strung_bins(days), between, apart)
    hours = visible_client_bins(*whose).c
    return _by_edge(hours, strung_bins(hours), _hours(hours, cuts), apart)


def _whose(viewer: Viewer, measured: Measured) -> tuple[Viewer, int, str, str]:
    return viewer, measured.project_id, EVENTS[measured.by], measured.endpoint


def _by_edge(
    rollup: Any,
    told: Sequence[ColumnElement[Any]],
    between: Sequence[ColumnElement[Any]],
    apart: bool,
) -> Select[Any]:
    """What is told of a rollup by the number of the cut before, and by endpoint if apart."""
    edge, *inside = between
    named = [literal("").label("service"), rollup.subject.label("endpoint")] if apart else []
    query = choose(edge, *named, *told).where(*inside)
    return query.group_by(edge, *([rollup.subject] if apart else [])).order_by(edge)


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

"""What adds up over time: events, failures and newcomers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, Connection, Select, Subquery, func, select

from analytics.filters import Filters
from analytics.measures.cells import by_cells
from analytics.measures.cutting import (
    ALL,
    Values,
    at_edges,
    by_value,
    edge_before,
    edges,
    read,
    slices,
)
from analytics.measures.packs import load_log
from analytics.measures.tallies import Tally, load_newcomer_tally, load_tally
from analytics.periods import Instants, Period, day_starts, instants
from analytics.scope import Viewer, visible_event_hours, visible_newcomers


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there were, and how many of them failed, from each instant on; sorted by it."""

    at: Instants
    n: NDArray[np.int64]
    failures: NDArray[np.int64]

    def total(self, periods: Sequence[Period]) -> Values:
        """How many in each period."""
        return _sums(self.at, self.n, periods)

    def failed(self, periods: Sequence[Period]) -> Values:
        """How many failed in each period."""
        return _sums(self.at, self.failures, periods)

    def volume(self, period: Period) -> float:
        """How many in this period, which ranks the values of a breakdown."""
        return float(self.total([period])[0])

    @classmethod
    def empty(cls) -> Self:
        """Of nothing."""
        return cls(np.empty(0, "datetime64[us]"), np.empty(0, int), np.empty(0, int))

    @classmethod
    def merged(cls, parts: Sequence[Self]) -> Self:
        """All parts as one."""
        columns = ("at", "n", "failures")
        joined = [[getattr(part, name) for part in parts] for name in columns]
        return cls._sorted(*(np.concatenate(arrays) for arrays in joined))

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Self:
        """From rows of at, n and failures."""
        at = rows["at"].to_numpy("datetime64[us]")
        return cls._sorted(at, rows["n"].to_numpy("int64"), rows["failures"].to_numpy("int64"))

    @classmethod
    def _sorted(cls, at: Instants, n: NDArray[np.int64], failures: NDArray[np.int64]) -> Self:
        order = np.argsort(at, kind="stable")
        return cls(at[order], n[order], failures[order])


def load_counts(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    periods: Sequence[Period],
    by: str | None = None,
) -> dict[str, Counts]:
    """Events and failures of each value of the breakdown, fine enough for these periods."""
    carried = by or filters.dimensions or filters.segment is not None
    if filters.grain != "hour":
        return _daily(conn, viewer, filters, by)
    if carried:
        return _packed(conn, viewer, filters, periods, by)
    return {ALL: Counts.of(_hourly(conn, viewer, filters))}


def load_newcomers(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    periods: Sequence[Period],
    by: str | None = None,
) -> dict[str, Counts]:
    """Actors by the period of their first event ever, and by the dimensions of that event."""
    if filters.grain != "hour" and filters.segment is None:
        columns = ("count", *(["cell"] if by else []))
        return _by_day(
            conn, viewer, filters, load_newcomer_tally(conn, viewer, filters, columns), by
        )
    a, cuts = visible_newcomers(viewer, filters, by), edges(periods)
    edge = edge_before(a.c.first_seen, cuts)
    query = _grouped(select(edge, func.count().label("n")), a, by).group_by(edge)
    rows = at_edges(read(conn, query), cuts).assign(failures=0)
    return {value: Counts.of(part) for value, part in by_value(rows, by).items()}


def _hourly(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    e = visible_event_hours(viewer, filters)
    rows = read(conn, select(e.c.hour.label("at"), *_summed(e)).group_by(e.c.hour))
    return rows.assign(at=pd.to_datetime(rows["at"], utc=True).dt.tz_localize(None))


def _daily(conn: Connection, viewer: Viewer, filters: Filters, by: str | None) -> dict[str, Counts]:
    columns = ("count", "failures", *(["cell"] if by else []))
    return _by_day(conn, viewer, filters, load_tally(conn, viewer, filters, columns), by)


def _by_day(
    conn: Connection, viewer: Viewer, filters: Filters, tally: Tally, by: str | None
) -> dict[str, Counts]:
    """What a tally counts on each day with any; what it does not know of has not failed."""
    begins = day_starts(filters)

    def of(part: slice | NDArray[np.int64]) -> Counts:
        day, size = tally.day[part], len(begins)
        n = np.bincount(day, tally.count[part], size)
        failures = np.bincount(day, tally.failures[part], size) if len(tally.failures) else 0 * n
        filled = np.flatnonzero(n)  # doubles, and exact: they hold integers up to 2 ** 53
        return Counts(begins[filled], n[filled].astype(np.int64), failures[filled].astype(np.int64))

    parts = by_cells(conn, viewer, filters, tally.cell, by)
    return {value: of(part) for value, part in parts.items()}


def _packed(
    conn: Connection, viewer: Viewer, filters: Filters, periods: Sequence[Period], by: str | None
) -> dict[str, Counts]:
    log = load_log(conn, viewer, filters, columns=("at", "failed", "cell"), ordered=False)
    cuts = instants(edges(periods))
    place = np.searchsorted(cuts, log.at.view("datetime64[us]"), side="right")
    parts = by_cells(conn, viewer, filters, log.cell, by)
    return {value: _counted(cuts, place[part], log.failed[part]) for value, part in parts.items()}


def _counted(cuts: Instants, place: NDArray[np.int64], failed: NDArray[np.int16]) -> Counts:
    """Events by the edge before them; those before the first are of no period."""
    size = len(cuts) + 1
    n = np.bincount(place, minlength=size)[1:]
    failures = np.bincount(place[failed != 0], minlength=size)[1:]
    return Counts(cuts, n, failures)


def _summed(e: Subquery) -> list[ColumnElement[int]]:
    return [func.sum(e.c[name]).cast(BigInteger).label(name) for name in ("n", "failures")]


def _grouped(
    query: Select[*tuple[Any, ...]], source: Subquery, by: str | None
) -> Select[*tuple[Any, ...]]:
    return query.add_columns(source.c.series).group_by(source.c.series) if by else query


def _sums(at: Instants, n: NDArray[np.int64], periods: Sequence[Period]) -> Values:
    running = np.concatenate([[0], np.cumsum(n)])
    return np.array([running[cut.stop] - running[cut.start] for cut in slices(at, periods)], float)

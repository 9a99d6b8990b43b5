"""Percentiles from mergeable logarithmic bins, within 2 % of the exact value.

The bins are those of DDSketch (Masson, Rim and Lee, VLDB 2019) with gamma 1.04.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, Connection, Float, Integer, func, literal, select

from analytics.filters import Filters
from analytics.measures.bins import strung_bins, unpacked
from analytics.measures.cells import by_cells
from analytics.measures.cutting import (
    ALL,
    Values,
    at_days,
    at_edges,
    by_value,
    edge_before,
    edges,
    read,
    slices,
)
from analytics.measures.packs import load_log
from analytics.periods import Instants, Period, day_starts, instants
from analytics.scope import Viewer, visible_duration_bins, visible_duration_values
from db.tables import BIN_GROWTH, DIMENSIONS, NO_BIN, SHORTEST

GAMMA = BIN_GROWTH


@dataclass(frozen=True, slots=True)
class Durations:
    """How many durations fell into each bin from each instant on; sorted by it."""

    at: Instants
    bins: NDArray[np.int64]
    n: NDArray[np.int64]

    def percentile(self, share: float, periods: Sequence[Period]) -> Values:
        """The duration in ms that this share of the timed events did not exceed."""
        return np.array([self._percentile(share, cut) for cut in slices(self.at, periods)], float)

    def volume(self, period: Period) -> float:
        """Timed events in the period, which ranks the values of a breakdown."""
        return float(self.n[slices(self.at, [period])[0]].sum())

    @classmethod
    def empty(cls) -> Self:
        """Of nothing."""
        return cls(np.empty(0, "datetime64[us]"), np.empty(0, int), np.empty(0, int))

    @classmethod
    def merged(cls, parts: Sequence[Self]) -> Self:
        """All parts as one."""
        joined = [[getattr(part, name) for part in parts] for name in ("at", "bins", "n")]
        return cls._sorted(*(np.concatenate(arrays) for arrays in joined))

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Self:
        """From rows of at, bin and n."""
        at = rows["at"].to_numpy("datetime64[us]")
        return cls._sorted(at, rows["bin"].to_numpy("int64"), rows["n"].to_numpy("int64"))

    @classmethod
    def packed(cls, rows: pd.DataFrame) -> Self:
        """From rows of at, sorted by it, and of bins and counts as they are packed."""
        return cls(*unpacked(rows))

    @classmethod
    def _sorted(cls, at: Instants, bins: NDArray[np.int64], n: NDArray[np.int64]) -> Self:
        order = np.argsort(at, kind="stable")
        return cls(at[order], bins[order], n[order])

    def _percentile(self, share: float, cut: slice) -> float:
        order = np.argsort(self.bins[cut])
        reached = np.cumsum(self.n[cut][order])
        if not len(reached):
            return np.nan
        place = int(np.searchsorted(reached, share * reached[-1]))
        return middle_of_bin(int(self.bins[cut][order][place]))


def middle_of_bin(number: int) -> float:
    """The duration in ms with the smallest relative error for everything in this bin."""
    return 2 * GAMMA**number / (GAMMA + 1)


def bin_of(milliseconds: ColumnElement[float]) -> ColumnElement[int]:
    """SQL for the bin of a duration; one that is missing has that of the shortest."""
    growth = func.ln(literal(GAMMA, Float))
    return func.ceil(func.ln(func.greatest(milliseconds, SHORTEST)) / growth).cast(Integer)


def load_durations(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    periods: Sequence[Period],
    by: str | None = None,
) -> dict[str, Durations]:
    """The durations of each value of the breakdown, fine enough for these periods."""
    cuts = edges(periods)
    many = len({*filters.dimensions, *([by] if by else [])}) > 1
    narrowed = bool(filters.event) or filters.segment is not None
    if filters.grain == "hour" and (by or filters.dimensions or filters.segment is not None):
        return _packed_by_hour(conn, viewer, filters, cuts, by)
    if filters.grain == "hour":
        return {ALL: _hourly(conn, viewer, filters, cuts)}
    if many or narrowed:
        return _packed_by_day(conn, viewer, filters, by)
    rows = at_days(_daily(conn, viewer, filters, by), filters)
    return {value: Durations.of(part) for value, part in by_value(rows, by).items()}


def _daily(conn: Connection, viewer: Viewer, filters: Filters, by: str | None) -> pd.DataFrame:
    """From the rows of the one dimension that matters, or of any."""
    dimension = next(iter({*filters.dimensions, *([by] if by else [])}), DIMENSIONS[0])
    d = visible_duration_values(viewer, filters, dimension)
    groups = [d.c.day, d.c.bin, *([d.c.series] if by else [])]
    n = func.sum(d.c.n.cast(Integer), type_=BigInteger).label("n")
    return read(conn, select(*groups, n).group_by(*groups))


def _hourly(conn: Connection, viewer: Viewer, filters: Filters, cuts: list[datetime]) -> Durations:
    d = visible_duration_bins(viewer, filters).c
    edge = edge_before(d.hour, cuts)
    query = select(edge, *strung_bins(d)).group_by(edge).order_by(edge)
    return Durations.packed(at_edges(read(conn, query), cuts))


def _packed_by_day(
    conn: Connection, viewer: Viewer, filters: Filters, by: str | None
) -> dict[str, Durations]:
    log = load_log(conn, viewer, filters, columns=("day", "bin", "cell"), ordered=False)
    begins = day_starts(filters)
    parts = by_cells(conn, viewer, filters, log.cell, by)
    return {value: _counted(begins, log.day[p], log.bin[p]) for value, p in parts.items()}


def _packed_by_hour(
    conn: Connection, viewer: Viewer, filters: Filters, cuts: list[datetime], by: str | None
) -> dict[str, Durations]:
    log = load_log(conn, viewer, filters, columns=("at", "bin", "cell"), ordered=False)
    begins = instants(cuts)
    place = np.searchsorted(begins, log.at.view("datetime64[us]"), side="right") - 1
    parts = by_cells(conn, viewer, filters, log.cell, by)
    return {value: _counted(begins, place[p], log.bin[p]) for value, p in parts.items()}


def _counted(
    begins: Instants, place: NDArray[np.integer[Any]], bins: NDArray[np.int16]
) -> Durations:
    """The timed events by where they begin and by bin; those of place -1 are of none."""
    timed = (bins != NO_BIN) & (place >= 0)
    if not timed.any():
        return Durations.empty()
    place, number = place[timed].astype(np.int64), bins[timed].astype(np.int64)
    lowest = int(number.min())
    width = int(number.max()) - lowest + 1
    n = np.bincount(place * width + number - lowest)
    filled = np.flatnonzero(n)
    return Durations(begins[filled // width], filled % width + lowest, n[filled])

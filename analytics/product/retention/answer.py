"""The retention of cohorts as a frame of cells, and its weighted average as curves."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cells import by_cells
from analytics.measures.cutting import ALL, OTHER
from analytics.periods import periods
from analytics.product.attendance import Rows
from analytics.product.intervals import Interval, intervals_of, refuse_hours
from analytics.product.retention.cohorts import Cohorts, Starts, cohorts, only, rows_of, starts_of
from analytics.product.retention.loading import load_done, load_starts
from analytics.product.retention.terms import FIRST_TIME, Doing, Terms
from analytics.scope import Viewer, within
from db.errors import TooWide

MOST_INTERVALS = 400  # every pair of them is a cell
DID, DID_NOT = "Did it", "Did not"
CELLS = {
    "series": "str",
    "cohort": "datetime64[us]",
    "interval": "int64",
    "size": "int64",
    "actors": "int64",
    "share": "float64",
    "ripe": "bool",
}
CURVES = ("series", "interval", "size", "actors", "share")

Which = slice | NDArray[np.int64]


def retention(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    terms: Terms = FIRST_TIME,
    by: str | Doing | None = None,
    top: int = 6,
) -> pd.DataFrame:
    """One row for each series, cohort and interval since that has begun, in this order.

    Columns: series (str), cohort (datetime64[us]: local wall time at which its interval begins),
    interval (int64: N, 0 is the cohort's own), size (int64: actors of the cohort), actors (int64:
    those of them who are back), share (float64: actors / size, NaN in an empty cohort), ripe (bool:
    False while interval N is not over, and where the range cuts it).

    The series are "All" and, with `by`, parts of it that add up to it: the `top` values of a
    dimension at the actor's start and "Other", or whether somebody did an event in the interval of
    the start. A rollup knows days but no times: of several cells on the start's day the one with
    the lowest id counts. Without ids (anonymous projects) there is nothing.
    Raises BadFilters for hours and for a dimension that does not exist, and TooWide for more than
    MOST_INTERVALS.
    """
    refuse_hours("Retention", filters)
    viewer = within(viewer, "product")
    shown = [Interval.of(period) for period in periods(filters)]
    if len(shown) > MOST_INTERVALS:
        raise TooWide(f"Cohorts are of at most {MOST_INTERVALS} {filters.grain}s.")
    if filters.anonymous or not shown:
        return _frame([])
    interval_of = intervals_of(shown, filters.start, filters.days)
    keys = load_starts(conn, viewer, filters, terms)
    starts = starts_of(keys, interval_of, recurring=terms.recurring)
    if not len(starts.actor):
        return _frame([])
    same = terms.recurring and terms.start == terms.back
    done = keys if same else load_done(conn, viewer, filters, terms.back)
    back = rows_of(starts, done, interval_of, len(shown))
    parts: dict[str, Which] = {ALL: slice(None)}
    if by is not None:
        parts |= _largest(_parts(conn, viewer, filters, starts, interval_of, by), top)
    return _frame(
        [
            _cells(name, cohorts(only(starts, part), back, later=terms.or_later), shown)
            for name, part in parts.items()
        ]
    )


def curves(cells: pd.DataFrame) -> pd.DataFrame:
    """The average over cohorts, weighted by their sizes: of ripe cells only.

    Takes what `retention` returns. One row for each series and interval that a cohort of it has
    reached: series (str), interval (int64), size (int64: actors old enough), actors (int64: those
    of them who are back), share (float64).
    """
    ripe = cells[cells["ripe"] & (cells["size"] > 0)]
    sums = ripe.groupby(["series", "interval"], sort=False)[["size", "actors"]].sum().reset_index()
    return sums.assign(share=sums["actors"] / sums["size"])[list(CURVES)]


def _parts(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    starts: Starts,
    interval_of: NDArray[np.int32],
    by: str | Doing,
) -> dict[str, NDArray[np.int64]]:
    """Which starts are in each part of the breakdown."""
    if isinstance(by, Doing):
        keys = load_done(conn, viewer, filters, by)
        did = _did(starts, rows_of(starts, keys, interval_of, int(interval_of.max()) + 1))
        parts = {DID: np.flatnonzero(did), DID_NOT: np.flatnonzero(~did)}
        return {name: part for name, part in parts.items() if len(part)}
    found = by_cells(conn, viewer, filters, starts.cell, by)
    return {value: np.arange(len(starts.actor))[part] for value, part in found.items()}


def _did(starts: Starts, rows: Rows) -> NDArray[np.bool_]:
    """Whether the actor of each start has its bit in the row of the cohort."""
    bits = np.unpackbits(rows.view(np.uint8), axis=1)
    did: NDArray[np.bool_] = bits[starts.cohort, starts.actor].astype(np.bool_)
    return did


def _largest(places: dict[str, NDArray[np.int64]], top: int) -> dict[str, Which]:
    ranked = sorted(places, key=lambda value: (-len(places[value]), value))
    rest = [places[value] for value in ranked[top:]]
    others: dict[str, Which] = {OTHER: np.concatenate(rest)} if rest else {}
    return {value: places[value] for value in ranked[:top]} | others


def _cells(name: str, found: Cohorts, shown: Sequence[Interval]) -> pd.DataFrame:
    cohort, interval = np.triu_indices(len(shown))
    size, actors = found.sizes[cohort], found.back[cohort, interval]
    labels = np.array([one.label for one in shown], "datetime64[us]")
    ripe = np.array([one.ripe for one in shown], bool)
    columns = {
        "series": name,
        "cohort": labels[cohort],
        "interval": interval - cohort,
        "size": size,
        "actors": actors,
        "share": np.divide(actors, size, out=np.full(len(size), np.nan), where=size > 0),
        "ripe": ripe[interval],
    }
    return pd.DataFrame(columns).astype(CELLS)


def _frame(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=list(CELLS)).astype(CELLS)
    return pd.concat(parts, ignore_index=True)

"""Where events happened: a project's combinations of dimensions, which this process reads once.

None of them changes or goes, and they are numbered in the order in which they can be seen (see
`jobs.rolling`): each time, the last one known and those after it are read. By that who may see them
is asked, too, and whether they are still those that were read before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import union_categoricals
from sqlalchemy import Connection, Subquery, select

from analytics.filters import Filters, check_dimension
from analytics.measures.cutting import ALL, or_not_set
from analytics.measures.remembered import remembered_of
from analytics.scope import Viewer, visible_cells
from db.tables import DIMENSIONS


@dataclass(frozen=True, slots=True)
class Cells:
    """Combinations of dimensions: their ids, ascending (int64), and the value of each dimension.

    A value is a text, `NOT_SET` for none; the categories are those that were seen, in order.
    """

    ids: NDArray[np.int64]
    values: "Mapping[str, pd.Categorical[str]]"

    @property
    def last(self) -> int:
        """The highest id, 0 where there is none."""
        return int(self.ids[-1]) if len(self.ids) else 0

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Self:
        """Those of these rows, which have an id and the value of each dimension."""
        values = {name: pd.Categorical(rows[name]) for name in DIMENSIONS}
        return cls(rows["id"].to_numpy(np.int64), values)

    def row(self, place: int) -> tuple[Any, ...]:
        """The id and the values of one of them."""
        return int(self.ids[place]), *(self.values[name][place] for name in DIMENSIONS)

    def with_more(self, more: Self) -> Self:
        """These, and others that were seen later."""
        both = {
            name: union_categoricals([values, more.values[name]], sort_categories=True)
            for name, values in self.values.items()
        }
        return type(self)(np.concatenate([self.ids, more.ids]), both)

    def by(self, dimension: str) -> dict[str, NDArray[np.int64]]:
        """The ids with each value of a dimension (int64), by the value, in its order.

        Raises BadFilters for what is no dimension.
        """
        labels = self.labels(dimension)
        parts = _parted(self._values(dimension).codes, len(labels))
        return {label: self.ids[part] for label, part in zip(labels, parts, strict=True)}

    def kept(self, filters: Filters) -> NDArray[np.int64]:
        """The ids of those that the filters on dimensions keep."""
        kept = np.ones(len(self.ids), np.bool_)
        for name, wanted in filters.dimensions.items():
            kept &= self.values[name].isin(wanted)
        return self.ids[kept]

    def parts(self, cell: NDArray[np.int32], dimension: str) -> dict[str, NDArray[np.int64]]:
        """Where the entries with each value of a dimension are, of those that have any.

        Who may see no cells is told none. Raises BadFilters for what is no dimension.
        """
        labels = self.labels(dimension)
        if not labels:
            return {}
        parts = _parted(self.codes(cell, dimension), len(labels))
        return {label: part for label, part in zip(labels, parts, strict=True) if len(part)}

    def labels(self, dimension: str) -> list[str]:
        """The values of a dimension, in order. Raises BadFilters for what is no dimension."""
        values: list[str] = self._values(dimension).categories.tolist()
        return values

    def codes(self, cell: NDArray[np.int32], dimension: str) -> NDArray[np.integer[Any]]:
        """The place of each entry's value among the labels, in a narrow dtype: fast to sort.

        Raises BadFilters for what is no dimension.
        """
        values = self._values(dimension)
        code_of = np.zeros(self.last + 1, values.codes.dtype)
        code_of[self.ids] = values.codes
        return code_of[cell]

    def _values(self, dimension: str) -> "pd.Categorical[str]":
        check_dimension(dimension)
        return self.values[dimension]


NONE = Cells.of(pd.DataFrame(columns=["id", *DIMENSIONS], dtype="str"))


def load_cells(conn: Connection, viewer: Viewer, project_id: int) -> Cells:
    """All that a project has seen; none for who may not see it."""
    door = visible_cells(viewer, project_id)
    memory, key = remembered_of(conn), ("cells", project_id)
    found = memory.having([key], ("id", *DIMENSIONS)).get(key)
    known = Cells(found.pop("id"), found) if found else NONE
    rows = _read(conn, door, known.last)
    if found and rows[:1] != [known.row(-1)]:  # a transaction or a backup took the last ones back
        known, rows = NONE, _read(conn, door, 0)
    new = rows if known is NONE else rows[1:]
    if not new:
        return known
    cells = known.with_more(Cells.of(pd.DataFrame.from_records(new, columns=["id", *DIMENSIONS])))
    memory.remember({key: {"id": cells.ids, **cells.values}})
    return cells


def by_cells(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    cell: NDArray[np.int32],
    dimension: str | None,
) -> Mapping[str, slice | NDArray[np.int64]]:
    """Where the entries of each value of a dimension are; all of them as "All" without one."""
    if dimension is None:
        return {ALL: slice(None)}
    return load_cells(conn, viewer, filters.project_id).parts(cell, dimension)


def _read(conn: Connection, door: Subquery, first: int) -> list[tuple[Any, ...]]:
    """The rows from this id on, with NOT_SET for what is empty."""
    names = [or_not_set(door.c[name]) for name in DIMENSIONS]
    rows = select(door.c.id, *names).where(door.c.id >= first).order_by(door.c.id)
    return [tuple(row) for row in conn.execute(rows)]


def _parted(codes: NDArray[Any], count: int) -> list[NDArray[np.int64]]:
    """The places of each code below a number of them."""
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(count + 1))
    return [order[begin:end] for begin, end in pairwise(starts)]

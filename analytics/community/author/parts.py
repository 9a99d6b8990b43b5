"""The published parts of packages that their author looks into, by block and summed up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, case, func, select, tuple_

from analytics.community.author.own import authored, sums_of
from analytics.community.sums import NUMBERS, Sums
from analytics.scope import Viewer, visible_authored_cells

BY_MODEL = "version,model"
SUMMED = (
    ("runs", "error_type"),
    ("runs", "country"),
    ("runs", "platform"),
    ("ratings", "version"),
)  # streams and cuts of which only the sums of the window are read
ERROR_DAYS = 90  # the least that errors are asked over: a block of them may hold four weeks


@dataclass(frozen=True, slots=True)
class Slice:
    """The runs of a version on a model in a block of days; either may be "other"."""

    first: date
    last: date
    version: str
    model: str
    runs: Sums


@dataclass(frozen=True, slots=True)
class Cell:
    """The sums over a window of one value of a cut."""

    stream: str
    cut: str
    key: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Parts:
    """What is published of one package in a window; slices are in the order of their days.

    `effect` is the `intervals.design_effect` of its runs.
    """

    slices: tuple[Slice, ...] = ()
    cells: tuple[Cell, ...] = ()
    effect: float = 1.0

    def of(self, stream: str, cut: str) -> dict[str, Sums]:
        """The sums of a cut by its values."""
        return {
            each.key: each.sums for each in self.cells if (each.stream, each.cut) == (stream, cut)
        }


def parts(
    conn: Connection,
    viewer: Viewer,
    days: int,
    package_id: int | None = None,
    summed: Sequence[tuple[str, str]] = SUMMED,
) -> dict[int, Parts]:
    """The parts of the viewer's own packages by id, of one or of all, in the last `days` days.

    `summed` are the streams and cuts of which there are cells: by error type, of ERROR_DAYS at
    least.
    """
    slices: dict[int, list[Slice]] = {}
    cells: dict[int, list[Cell]] = {}
    for row in conn.execute(slices_sql(viewer, days, package_id)).all():
        own, first, last, (version, model), *numbers = row
        made = Slice(first, last, version, model, Sums(*numbers))
        slices.setdefault(own, []).append(made)
    for row in conn.execute(cells_sql(viewer, days, package_id, summed)):
        (key,) = row._mapping["keys"]
        cells.setdefault(row.id, []).append(Cell(row.stream, row.cut, key, sums_of(row)))
    return {
        each: Parts(tuple(slices.get(each, ())), tuple(cells.get(each, ())))
        for each in slices.keys() | cells.keys()
    }


def slices_sql(viewer: Viewer, days: int, package_id: int | None = None) -> Select[Any]:
    """A row a block and cell by version and model, in the order of their days."""
    p, c = authored(viewer), visible_authored_cells(viewer)
    numbers = (c.c[each] for each in NUMBERS)
    query = select(p.c.id, c.c.first_day, c.c.last_day, c.c["keys"], *numbers)
    query = _within(query, p, c, days, package_id)
    return query.where(c.c.stream == "runs", c.c.cut == BY_MODEL).order_by(c.c.first_day)


def cells_sql(
    viewer: Viewer,
    days: int,
    package_id: int | None = None,
    cuts: Sequence[tuple[str, str]] = SUMMED,
) -> Select[Any]:
    """A row a cell of each of these streams and cuts; by error type, of ERROR_DAYS or more."""
    p, c = authored(viewer), visible_authored_cells(viewer)
    by = (p.c.id, c.c.stream, c.c.cut, c.c["keys"])
    added = (func.sum(c.c[each]).label(each) for each in NUMBERS)
    reach = case((c.c.cut == "error_type", max(days, ERROR_DAYS)), else_=days)
    query = _within(select(*by, *added).group_by(*by), p, c, reach, package_id)
    streams, names = zip(*cuts, strict=True)  # told besides, for an index to find them by
    query = query.where(c.c.stream.in_(streams), c.c.cut.in_(names))
    return query.where(tuple_(c.c.stream, c.c.cut).in_(cuts))


def _within(
    query: Select[Any],
    p: Subquery,
    c: Subquery,
    days: int | ColumnElement[int],
    package_id: int | None,
) -> Select[Any]:
    """The rows of blocks inside the window, of all packages or of one."""
    query = query.join_from(p, c, c.c.owner_id == p.c.id)
    query = query.where(c.c.first_day > p.c.published_until - days)
    return query if package_id is None else query.where(p.c.id == package_id)

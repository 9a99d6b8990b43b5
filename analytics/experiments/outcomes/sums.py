"""What is summed over actors: their outcomes and the products of these, as SQL.

Means, variances and covariances of any set of actors are made of these sums, so that no row of an
actor leaves the database.
"""

from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, func, literal, select, union_all

from analytics.filters import Filters
from analytics.scope import Viewer, visible_cells, within
from db.tables import DIMENSIONS, OUTCOME_PRODUCTS, OUTCOME_SUMS

SUMMED = (*OUTCOME_SUMS, *OUTCOME_PRODUCTS)


def sums_of(outcomes: FromClause) -> list[ColumnElement[Any]]:
    """n, y, d, x, z and their ten products, of the actors of a group."""
    c = outcomes.c
    alone = [func.sum(c[name]).label(name) for name in OUTCOME_SUMS]
    products = [func.sum(c[both[0]] * c[both[1]]).label(both) for both in OUTCOME_PRODUCTS]
    return [func.count().label("n"), *alone, *products]


def grouped(outcomes: CTE, *by: ColumnElement[Any]) -> Select[Any]:
    """The sums of groups of actors."""
    return select(*by, *sums_of(outcomes)).group_by(*by)


def by_every_dimension(viewer: Viewer, filters: Filters, outcomes: CTE) -> Select[Any]:
    """phase, dimension, value, variant, day and the sums, over all and by each dimension.

    Over all the dimension is empty, and the value too. Actors are read once: what they are summed
    up to by cell is what is added up further.
    """
    c, cells = outcomes.c, visible_cells(within(viewer, "product"), filters.project_id)
    by_cell = grouped(outcomes, c.phase, c.variant, c.day, c.cell_id).cte("by_cell")
    parts = [_added_up(by_cell, "", literal(""))]
    for name in DIMENSIONS:
        theirs = _added_up(by_cell, name, cells.c[name])
        parts.append(theirs.join_from(by_cell, cells, cells.c.id == by_cell.c.cell_id))
    return select(union_all(*parts).subquery("by_dimension"))


def _added_up(sums: CTE, dimension: str, value: ColumnElement[str]) -> Select[Any]:
    c = sums.c
    added = [func.sum(c[name]).label(name) for name in ("n", *SUMMED)]
    named = (literal(dimension).label("dimension"), value.label("value"))
    query = select(c.phase, *named, c.variant, c.day, *added)
    return query.group_by(c.phase, value, c.variant, c.day)

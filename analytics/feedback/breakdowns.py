"""What a measure is made of: the answers themselves, and the values of what they are about."""

from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    Connection,
    Double,
    FromClause,
    Integer,
    Select,
    Text,
    cast,
    column,
    false,
    func,
    select,
    true,
    values,
)

from analytics.feedback.answers import answer_of, answers_of, counted, estimated
from analytics.filters import BadFilters, Filters
from analytics.measures.cutting import or_not_set, read
from analytics.scope import Viewer, visible_feedback
from db.tables import DIMENSIONS

FEW = 10  # answers, below which a value comes after those with more
PARTS = (*DIMENSIONS, "subject", "package")
BREAKDOWN = {
    "series": "str",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "n": "int64",
    "share": "float64",
}
DISTRIBUTION = {"answer": "str", "n": "int64", "share": "float64"}


def breakdown(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    measure: str = "nps",
    dimension: str = "app_version",
) -> pd.DataFrame:
    """One row a value of a dimension, of the subject or of the package, the best first.

    Columns: series (str), value, low, high (float64: the measure and its 95 % interval), n (int64:
    answers), share (float64, of all answers). The order is that of the lower ends of the
    intervals, so that a few good answers are no first place; values with fewer than `FEW` answers
    come last. Raises BadFilters for what is none of `PARTS`.
    """
    return read(conn, breakdown_sql(viewer, filters, measure, dimension)).astype(BREAKDOWN)


def breakdown_sql(
    viewer: Viewer, filters: Filters, measure: str = "nps", dimension: str = "app_version"
) -> Select[Any]:
    """The rows of `breakdown`, in its columns and order."""
    if dimension not in PARTS:
        raise BadFilters(f"Feedback is broken down by {', '.join(PARTS)}, not by '{dimension}'.")
    f = visible_feedback(viewer, filters)
    series = or_not_set(f.c[dimension]).label("series")
    c = counted(f, measure, series).subquery("counted")
    value, low, high, n = estimated(c, measure)
    share = cast(c.c.n, Double) / func.sum(c.c.n).over()
    best = (low.element.desc().nulls_last(), value.element.desc(), c.c.n.desc())
    query: Select[Any] = select(c.c.series, value, low, high, n, share.label("share"))
    return query.order_by(c.c.n < FEW, *best, c.c.series.collate("C"))


def distribution(
    conn: Connection, viewer: Viewer, filters: Filters, measure: str = "nps"
) -> pd.DataFrame:
    """One row an answer that can be given, in its order, also where nobody gave it.

    Columns: answer (str: a score, yes or no, a sentiment, a kind of feedback), n (int64), share
    (float64, of all; NaN where there are none).
    """
    return read(conn, distribution_sql(viewer, filters, measure)).astype(DISTRIBUTION)


def distribution_sql(viewer: Viewer, filters: Filters, measure: str = "nps") -> Select[Any]:
    """The rows of `distribution`, in its columns and order."""
    f = visible_feedback(viewer, filters)
    answer = answer_of(f, measure).label("answer")
    given = select(answer, func.count().label("n")).group_by(answer).subquery("given")
    listed = _listed(answers_of(measure))
    n = func.coalesce(given.c.n, 0)
    total = func.nullif(func.sum(n).over(), 0)
    return (
        select(
            listed.c.answer,
            cast(n, BigInteger).label("n"),
            (cast(n, Double) / total).label("share"),
        )
        .outerjoin_from(listed, given, given.c.answer == listed.c.answer)
        .where(true() if viewer.sees(filters.project_id, "feedback") else false())
        .order_by(listed.c.place)
    )


def _listed(answers: tuple[str, ...]) -> FromClause:
    rows = values(column("place", Integer), column("answer", Text), name="listed")
    return rows.data(list(enumerate(answers)))

"""Requests that are nearly the same, to be merged by a person."""

from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Double,
    Select,
    Text,
    cast,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.feedback.comments import ENGLISH
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_requests, visible_votes
from db.tables import OPEN_REQUESTS

NEWEST = 2_000  # requests that are compared with one another
CLOSE = 0.5  # cosine from which on two titles are nearly the same
MOST = 50  # pairs
DUPLICATES = {
    "source_id": "int64",
    "source": "str",
    "source_votes": "int64",
    "target_id": "int64",
    "target": "str",
    "target_votes": "int64",
    "closeness": "float64",
}


def near_duplicates(conn: Connection, viewer: Viewer, project_id: int) -> pd.DataFrame:
    """One row a pair of open requests whose titles share most words, the closest first.

    Columns: source_id (int64), source (str, the title), source_votes (int64), target_id, target and
    target_votes the same of the one with more votes (of equals, the older), into which the source
    may be merged, closeness (float64: cosine of the titles' words, by TF-IDF, up to 1).
    """
    return read(conn, near_duplicates_sql(viewer, project_id)).astype(DUPLICATES)


def near_duplicates_sql(viewer: Viewer, project_id: int) -> Select[Any]:
    """The rows of `near_duplicates`, in its columns and order."""
    asked = _asked(viewer, project_id)
    weighed = _weighed(asked)
    lengths = _lengths(weighed)
    pairs = _pairs(weighed)
    one, other = asked.alias("source"), asked.alias("target")
    source_length, target_length = lengths.alias(), lengths.alias()
    product = func.sqrt(source_length.c.squares * target_length.c.squares)
    closeness = func.least(pairs.c.shared / product, 1.0)
    return (
        select(
            one.c.id.label("source_id"),
            one.c.title.label("source"),
            one.c.votes.label("source_votes"),
            other.c.id.label("target_id"),
            other.c.title.label("target"),
            other.c.votes.label("target_votes"),
            closeness.label("closeness"),
        )
        .join(pairs, pairs.c.source_id == one.c.id)
        .join(other, other.c.id == pairs.c.target_id)
        .join(source_length, source_length.c.id == one.c.id)
        .join(target_length, target_length.c.id == other.c.id)
        .where(closeness >= CLOSE, _comes_after(one, other))
        .order_by(closeness.desc(), other.c.votes.desc(), one.c.id, other.c.id)
        .limit(MOST)
    )


def _asked(viewer: Viewer, project_id: int) -> CTE:
    """id, title and votes of the newest open requests."""
    r, v = visible_requests(viewer, project_id), visible_votes(viewer, project_id)
    wanted = (
        select(v.c.request_id, func.count().label("n")).group_by(v.c.request_id).subquery("wanted")
    )
    return (
        select(r.c.id, r.c.title, func.coalesce(wanted.c.n, 0).label("votes"))
        .outerjoin(wanted, wanted.c.request_id == r.c.id)
        .where(r.c.merged_into.is_(None), r.c.state.in_(OPEN_REQUESTS))
        .order_by(r.c.id.desc())
        .limit(NEWEST)
        .cte("asked")
    )


def _weighed(asked: CTE) -> CTE:
    """id, word and weight: its inverse document frequency, smoothed as scikit-learn does."""
    vector = func.to_tsvector(ENGLISH, asked.c.title)
    word = func.unnest(func.tsvector_to_array(vector, type_=ARRAY(Text))).label("word")
    words = select(asked.c.id, word).cte("words")
    among = func.count().label("among")
    common = select(words.c.word, among).group_by(words.c.word).cte("common")
    all_of_them = cast(select(func.count()).select_from(asked).scalar_subquery(), Double)
    weight = func.ln((1 + all_of_them) / (1 + common.c.among)) + 1
    return (
        select(words.c.id, words.c.word, weight.label("weight"))
        .join(common, common.c.word == words.c.word)
        .cte("weighed")
    )


def _lengths(weighed: CTE) -> CTE:
    """id and the sum of its squared weights."""
    squares = func.sum(weighed.c.weight * weighed.c.weight).label("squares")
    return select(weighed.c.id, squares).group_by(weighed.c.id).cte("lengths")


def _pairs(weighed: CTE) -> CTE:
    """source_id, target_id and the sum of the squared weights of the words in both."""
    one, other = weighed.alias("one"), weighed.alias("other")
    shared = func.sum(one.c.weight * other.c.weight).label("shared")
    return (
        select(one.c.id.label("source_id"), other.c.id.label("target_id"), shared)
        .join(other, (other.c.word == one.c.word) & (other.c.id != one.c.id))
        .group_by(one.c.id, other.c.id)
        .cte("pairs")
    )


def _comes_after(source: Any, target: Any) -> ColumnElement[bool]:
    """Whether the target has more votes, or as many and is older."""
    after: ColumnElement[bool] = tuple_(target.c.votes, -target.c.id) > tuple_(
        source.c.votes, -source.c.id
    )
    return after

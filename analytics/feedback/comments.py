"""What people wrote: the newest comments with filters and search, and the quotes of a theme."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    DateTime,
    Select,
    Subquery,
    Text,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from analytics.feedback.answers import sentiment_of
from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.scope import (
    Viewer,
    visible_colleagues,
    visible_feedback,
    visible_feedback_themes,
    visible_themes,
)

PAGE = 20  # comments
QUOTES = 5
LONGEST = 20_000  # characters of a comment that are read; masking lengthens what was written
NOBODY = 0  # as assignee: it is nobody's yet
ENGLISH: ColumnElement[Any] = literal_column("'english'::regconfig")
BETWEEN = ", "
COMMENTS = {
    "id": "int64",
    "said_at": "datetime64[us]",
    "comment": "str",
    "kind": "str",
    "score": "Int64",
    "helpful": "boolean",
    "sentiment": "str",
    "corrected": "bool",
    "themes": "str",
    "subject": "str",
    "package": "str",
    "platform": "str",
    "app_version": "str",
    "plan": "str",
    "state": "str",
    "assignee_id": "Int64",
    "assignee": "str",
    "released": "bool",
    "masked": "int64",
    "found": "int64",
}


@dataclass(frozen=True, slots=True)
class Search:
    """Which comments are asked for; what is empty keeps all.

    `words` are what people type into a search box: words, "phrases", or, and -without.
    """

    words: str = ""
    sentiment: str = ""
    kind: str = ""
    state: str = ""
    theme_id: int | None = None
    assignee_id: int | None = None


EVERYTHING = Search()


def comments(
    conn: Connection, viewer: Viewer, filters: Filters, search: Search = EVERYTHING, page: int = 1
) -> pd.DataFrame:
    """A page of the comments in the range, the newest first.

    Columns: id (int64), said_at (datetime64[us], wall time of the project's zone), comment (str,
    as people wrote it but for what was masked, up to LONGEST characters: text only), kind (str),
    score (Int64), helpful (boolean), sentiment (str: of SENTIMENTS, or empty while it waits),
    corrected (bool: a person told it), themes (str: names with commas), subject, package, platform,
    app_version, plan, state (str), assignee_id (Int64), assignee (str), released (bool: the public
    may see it), masked (int64: personal data that was replaced), found (int64: on all pages).
    """
    return read(conn, comments_sql(viewer, filters, search, page)).astype(COMMENTS)


def comments_sql(
    viewer: Viewer, filters: Filters, search: Search = EVERYTHING, page: int = 1
) -> Select[Any]:
    """The rows of `comments`, in its columns and order."""
    f = visible_feedback(viewer, filters)
    about = visible_feedback_themes(viewer, filters.project_id)
    found = select(f, func.count().over().label("found")).where(*_conditions(f, about, search))
    newest = found.order_by(f.c.said_at.desc(), f.c.id.desc())
    shown = newest.limit(PAGE).offset(PAGE * (page - 1)).cte("shown")
    query = _described(viewer, filters, shown, about)
    return query.order_by(shown.c.said_at.desc(), shown.c.id.desc())


def quotes(conn: Connection, viewer: Viewer, filters: Filters, theme_id: int) -> pd.DataFrame:
    """The comments in the range that are most about a theme, in the columns of `comments`."""
    return read(conn, quotes_sql(viewer, filters, theme_id)).astype(COMMENTS)


def quotes_sql(viewer: Viewer, filters: Filters, theme_id: int) -> Select[Any]:
    """The rows of `quotes`, in its columns and order."""
    f = visible_feedback(viewer, filters)
    about = visible_feedback_themes(viewer, filters.project_id)
    found = (
        select(f, func.count().over().label("found"), about.c.weight)
        .join(about, about.c.feedback_id == f.c.id)
        .where(about.c.theme_id == theme_id, f.c.comment.is_not(None))
    )
    typical = found.order_by(about.c.weight.desc(), f.c.said_at.desc(), f.c.id.desc())
    shown = typical.limit(QUOTES).cte("shown")
    query = _described(viewer, filters, shown, about)
    return query.order_by(shown.c.weight.desc(), shown.c.said_at.desc(), shown.c.id.desc())


def colleagues(conn: Connection, viewer: Viewer, project_id: int) -> dict[int, str]:
    """The addresses of those who can be given a comment to answer, by their ids."""
    people = visible_colleagues(viewer, project_id)
    rows = conn.execute(select(people.c.id, people.c.email).order_by(people.c.email))
    return {row.id: row.email for row in rows}


def _conditions(f: Subquery, about: Subquery, search: Search) -> list[ColumnElement[bool]]:
    """SQL for the comments that are asked for."""
    asked: list[ColumnElement[bool]] = [f.c.comment.is_not(None)]
    if words := search.words.replace("\0", "").strip():
        asked.append(f.c.words.op("@@")(func.websearch_to_tsquery(ENGLISH, words)))
    if search.sentiment:
        asked.append(sentiment_of(f) == search.sentiment)
    if search.kind:
        asked.append(f.c.kind == search.kind)
    if search.state:
        asked.append(f.c.state == search.state)
    if search.theme_id is not None:
        theirs = select(about.c.feedback_id).where(about.c.theme_id == search.theme_id)
        asked.append(f.c.id.in_(theirs))
    if search.assignee_id is not None:
        asked.append(func.coalesce(f.c.assignee_id, NOBODY) == search.assignee_id)
    return asked


def _described(viewer: Viewer, filters: Filters, shown: CTE, about: Subquery) -> Select[Any]:
    """The comments with what they are about and who has them."""
    themes = visible_themes(viewer, filters.project_id)
    heaviest = (about.c.weight.desc(), themes.c.name, themes.c.id)
    between = aggregate_order_by(literal(BETWEEN, Text), *heaviest)
    named = (
        select(func.string_agg(themes.c.name, between))
        .join(about, about.c.theme_id == themes.c.id)
        .where(about.c.feedback_id == shown.c.id)
        .scalar_subquery()
    )
    people = visible_colleagues(viewer, filters.project_id)
    local = func.timezone(filters.zone, shown.c.said_at, type_=DateTime)
    same = ("subject", "package", "platform", "app_version", "plan", "state", "assignee_id")
    query: Select[Any] = select(
        shown.c.id,
        local.label("said_at"),
        func.left(shown.c.comment, LONGEST).label("comment"),
        *(shown.c[name] for name in ("kind", "score", "helpful")),
        func.coalesce(sentiment_of(shown), "").label("sentiment"),
        shown.c.corrected.is_not(None).label("corrected"),
        func.coalesce(cast(named, Text), "").label("themes"),
        *(shown.c[name] for name in same),
        func.coalesce(people.c.email, "").label("assignee"),
        shown.c.released_at.is_not(None).label("released"),
        shown.c.masked,
        shown.c.found,
    )
    return query.outerjoin_from(shown, people, people.c.id == shown.c.assignee_id)

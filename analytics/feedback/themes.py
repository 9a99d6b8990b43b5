"""What comments are about: themes with their size, movement, sentiment and people."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from analytics.feedback.answers import value_of
from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.periods import ends, midnight
from analytics.scope import (
    Viewer,
    visible_feedback,
    visible_feedback_ever,
    visible_feedback_themes,
    visible_themes,
)

THEMES = {
    "theme_id": "int64",
    "kind": "str",
    "name": "str",
    "is_pinned": "bool",
    "comments": "int64",
    "people": "int64",
    "recent": "int64",
    "before": "int64",
    "change": "float64",
    "sentiment": "float64",
    "detractors": "float64",
    "asked": "int64",
}
COUNTS = ("comments", "recent", "before")


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme by its name; `kind` is praise, pain or request, `merged_into` where it went."""

    id: int
    kind: str
    name: str
    is_pinned: bool
    merged_into: int | None = None


def themes_of(conn: Connection, viewer: Viewer, project_id: int) -> list[Theme]:
    """The themes of a project that were not merged into others, by kind and name."""
    t = visible_themes(viewer, project_id)
    query = select(t.c.id, t.c.kind, t.c.name, t.c.is_pinned).where(t.c.merged_into.is_(None))
    return [Theme(*row) for row in conn.execute(query.order_by(t.c.kind, t.c.name, t.c.id))]


def merged_themes(conn: Connection, viewer: Viewer, project_id: int) -> list[Theme]:
    """The themes of a project that were merged into others, by kind and name."""
    t = visible_themes(viewer, project_id)
    columns = (t.c.id, t.c.kind, t.c.name, t.c.is_pinned, t.c.merged_into)
    query = select(*columns).where(t.c.merged_into.is_not(None))
    return [Theme(*row) for row in conn.execute(query.order_by(t.c.kind, t.c.name, t.c.id))]


def theme_sizes(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row a theme with comments in the range or pinned; pinned ones first, then the largest.

    Columns: theme_id (int64), kind (str: praise, pain, request), name (str), is_pinned (bool),
    comments (int64, in the range), people (int64, distinct), recent and before (int64: comments of
    the days that are over and of as many before), change (float64: recent / before - 1, NaN where
    there were none), sentiment (float64: net sentiment in points), detractors (float64: of its
    people who ever answered NPS before the end of the range, those whose latest answer is 0 to 6;
    NaN of none), asked (int64: how many that are). Comments of a merged theme are where it went.
    """
    return read(conn, theme_sizes_sql(viewer, filters)).astype(THEMES)


def theme_sizes_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `theme_sizes`, in its columns and order."""
    over = filters.whole_days() or filters
    before = over.previous()
    f = visible_feedback(viewer, filters.over(min(before.start, filters.start), filters.end))
    about = visible_feedback_themes(viewer, filters.project_id)
    said = (
        select(
            about.c.theme_id,
            f.c.actor_key,
            value_of(f, "sentiment").label("points"),
            _within(f, filters).label("inside"),
            _within(f, over).label("is_recent"),
            _within(f, before).label("is_before"),
        )
        .join(f, f.c.id == about.c.feedback_id)
        .offset(0)  # or the conditions would be looked at anew for each count
        .subquery("said")
    )
    s = _sums(_by_person(said), _latest(viewer, filters))
    t = visible_themes(viewer, filters.project_id)
    comments = func.coalesce(s.c.comments, 0)
    asked = func.coalesce(s.c.asked, 0)
    change = cast(s.c.recent, Double) / func.nullif(s.c.before, 0) - 1
    query: Select[Any] = select(
        t.c.id.label("theme_id"),
        t.c.kind,
        t.c.name,
        t.c.is_pinned,
        comments.label("comments"),
        func.coalesce(s.c.people, 0).label("people"),
        func.coalesce(s.c.recent, 0).label("recent"),
        func.coalesce(s.c.before, 0).label("before"),
        change.label("change"),
        s.c.sentiment,
        s.c.detractors,
        asked.label("asked"),
    )
    return (
        query.outerjoin_from(t, s, s.c.theme_id == t.c.id)
        .where(t.c.merged_into.is_(None), (comments > 0) | t.c.is_pinned)
        .order_by(t.c.is_pinned.desc(), comments.desc(), t.c.name.collate("C"), t.c.id)
    )


def _within(f: Subquery, filters: Filters) -> ColumnElement[bool]:
    """SQL for whether it was said in the days of these filters."""
    start, end = ends(filters)
    return and_(f.c.said_at >= start, f.c.said_at < end)


def _by_person(said: Subquery) -> Subquery:
    """A row a theme and person: comments, recent, before, points of sentiment, how many scored."""
    c = said.c
    return (
        select(
            c.theme_id,
            c.actor_key,
            func.count().filter(c.inside).label("comments"),
            func.count().filter(c.is_recent).label("recent"),
            func.count().filter(c.is_before).label("before"),
            func.sum(c.points).filter(c.inside).label("points"),
            func.count(c.points).filter(c.inside).label("scored"),
        )
        .group_by(c.theme_id, c.actor_key)
        .subquery("theirs")
    )


def _sums(theirs: Subquery, latest: Subquery) -> Subquery:
    """A row a theme: its comments as in `theme_sizes`, and people, detractors and asked of them."""
    c, named = theirs.c, (theirs.c.comments > 0) & (theirs.c.actor_key != 0)
    detracts = case((latest.c.detracts, 1.0), (~latest.c.detracts, 0.0))
    return (
        select(
            c.theme_id,
            *(cast(func.sum(c[name]), BigInteger).label(name) for name in COUNTS),
            (func.sum(c.points) / func.nullif(func.sum(c.scored), 0)).label("sentiment"),
            func.count().filter(named).label("people"),
            cast(func.avg(detracts).filter(named), Double).label("detractors"),
            func.count(latest.c.actor_key).filter(named).label("asked"),
        )
        .outerjoin_from(theirs, latest, latest.c.actor_key == c.actor_key)
        .group_by(c.theme_id)
        .subquery("sums")
    )


def _latest(viewer: Viewer, filters: Filters) -> Subquery:
    """actor_key, and whether their latest answer to NPS before the end of the range detracts."""
    ever = visible_feedback_ever(viewer, filters.project_id)
    return (
        select(ever.c.actor_key, (ever.c.score <= 6).label("detracts"))
        .ext(distinct_on(ever.c.actor_key))
        .where(
            ever.c.kind == "nps",
            ever.c.score.is_not(None),
            ever.c.actor_key != 0,
            ever.c.said_at < midnight(filters.end, filters.tz),
        )
        .order_by(ever.c.actor_key, ever.c.said_at.desc(), ever.c.id.desc())
        .subquery("latest")
    )

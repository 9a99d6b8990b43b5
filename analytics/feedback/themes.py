"""What comments are about: themes with their size, movement, sentiment and people."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
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
from analytics.periods import midnight
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
    theirs = (
        select(
            about.c.theme_id,
            f.c.actor_key,
            value_of(f, "sentiment").label("points"),
            _within(f, filters).label("inside"),
            _within(f, over).label("is_recent"),
            _within(f, before).label("is_before"),
        )
        .join(f, f.c.id == about.c.feedback_id)
        .cte("theirs")
    )
    s, d = _sums(theirs), _people(viewer, filters, theirs)
    t = visible_themes(viewer, filters.project_id)
    comments = func.coalesce(s.c.comments, 0)
    asked = func.coalesce(d.c.asked, 0)
    change = cast(s.c.recent, Double) / func.nullif(s.c.before, 0) - 1
    query: Select[Any] = select(
        t.c.id.label("theme_id"),
        t.c.kind,
        t.c.name,
        t.c.is_pinned,
        comments.label("comments"),
        func.coalesce(d.c.people, 0).label("people"),
        func.coalesce(s.c.recent, 0).label("recent"),
        func.coalesce(s.c.before, 0).label("before"),
        change.label("change"),
        s.c.sentiment,
        d.c.detractors,
        asked.label("asked"),
    )
    joined = t.outerjoin(s, s.c.theme_id == t.c.id).outerjoin(d, d.c.theme_id == t.c.id)
    return (
        query.select_from(joined)
        .where(t.c.merged_into.is_(None), (comments > 0) | t.c.is_pinned)
        .order_by(t.c.is_pinned.desc(), comments.desc(), t.c.name.collate("C"), t.c.id)
    )


def _within(f: Subquery, filters: Filters) -> ColumnElement[bool]:
    """SQL for whether it was said in the days of these filters."""
    start, end = (midnight(day, filters.tz) for day in (filters.start, filters.end))
    return and_(f.c.said_at >= start, f.c.said_at < end)


def _sums(theirs: CTE) -> Subquery:
    """theme_id, comments, recent, before and sentiment."""
    inside = theirs.c.inside
    return (
        select(
            theirs.c.theme_id,
            func.count().filter(inside).label("comments"),
            func.count().filter(theirs.c.is_recent).label("recent"),
            func.count().filter(theirs.c.is_before).label("before"),
            func.avg(theirs.c.points).filter(inside).label("sentiment"),
        )
        .group_by(theirs.c.theme_id)
        .subquery("sums")
    )


def _people(viewer: Viewer, filters: Filters, theirs: CTE) -> Subquery:
    """theme_id, people, and of them detractors and asked."""
    ever = visible_feedback_ever(viewer, filters.project_id)
    latest = (
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
    named = theirs.c.inside & (theirs.c.actor_key != 0)
    pairs = select(theirs.c.theme_id, theirs.c.actor_key).where(named).distinct().subquery("pairs")
    detracts = case((latest.c.detracts, 1.0), (~latest.c.detracts, 0.0))
    return (
        select(
            pairs.c.theme_id,
            func.count().label("people"),
            cast(func.avg(detracts), Double).label("detractors"),
            func.count(latest.c.actor_key).label("asked"),
        )
        .outerjoin_from(pairs, latest, latest.c.actor_key == pairs.c.actor_key)
        .group_by(pairs.c.theme_id)
        .subquery("people")
    )

"""How much was said, answered, asked for and voted on in a range, and in the days before it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Label,
    Select,
    and_,
    func,
    or_,
    select,
    true,
)

from analytics.filters import Filters
from analytics.periods import ends
from analytics.scope import Viewer, visible_feedback, visible_requests, visible_votes

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Volume:
    """How much came in a range, and in as many days just before."""

    now: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Volumes:
    """Of everything that people send, how much came; people are distinct."""

    comments: Volume = Volume()
    people: Volume = Volume()
    ratings: Volume = Volume()
    answers: Volume = Volume()
    requests: Volume = Volume()
    votes: Volume = Volume()


def volumes(conn: Connection, viewer: Viewer, filters: Filters) -> Volumes:
    """How much came; nothing for who may not see feedback."""
    found = conn.execute(volumes_sql(viewer, filters)).mappings().one_or_none()
    row: Mapping[Any, int] = found or defaultdict(int)
    names = [field.name for field in fields(Volumes)]
    return Volumes(*(Volume(row[name], row[f"{name}_before"]) for name in names))


def volumes_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """Of each of `Volumes` its number in the range, and as *_before in the days before.

    One row, or none when all of it is 0.
    Ratings and answers have a score or say whether it helped, outside and inside of surveys. The
    votes of those who asked count like any other. Filters on people and places are of feedback.
    """
    before = filters.previous()
    f = visible_feedback(viewer, filters.over(before.start, filters.end))
    r, v = (door(viewer, filters.project_id) for door in (visible_requests, visible_votes))
    surveyed = f.c.survey_id.is_not(None)
    rated = f.c.score.is_not(None) | f.c.helpful.is_not(None)
    spans = ends(filters), ends(before)
    known = func.nullif(f.c.actor_key, 0).distinct()
    said = (
        *_counts("comments", f.c.said_at, spans, f.c.comment.is_not(None)),
        *_counts("people", f.c.said_at, spans, counted=known),
        *_counts("ratings", f.c.said_at, spans, and_(rated, ~surveyed)),
        *_counts("answers", f.c.said_at, spans, surveyed),
    )
    rows = [
        select(*columns).select_from(table).subquery(name)
        for name, table, columns in (
            ("said", f, said),
            ("asked", r, _counts("requests", r.c.asked_at, spans)),
            ("backed", v, _counts("votes", v.c.voted_at, spans)),
        )
    ]
    first, *others = rows
    joined: FromClause = first
    for other in others:
        joined = joined.join(other, true())
    return select(*rows).select_from(joined).where(or_(*(column > 0 for column in joined.c)))


def _counts(
    name: str,
    at: ColumnElement[datetime],
    spans: tuple[Span, Span],
    condition: ColumnElement[bool] | None = None,
    counted: ColumnElement[Any] | None = None,
) -> list[Label[int]]:
    """The number in each of the two spans: of rows that meet the condition, or of distinct keys."""
    kept = true() if condition is None else condition
    number = func.count() if counted is None else func.count(counted)
    return [
        number.filter(and_(at >= start, at < end, kept)).label(label)
        for (start, end), label in zip(spans, (name, f"{name}_before"), strict=True)
    ]

"""What people said in their own words: the worst and the best comments, without personal data."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select, union_all

from analytics.feedback.answers import sentiment_of
from analytics.feedback.digest.figures import last_week
from analytics.filters import Filters
from analytics.scope import Viewer, visible_feedback
from db.masking import mask

QUOTES = 3  # of each
CANDIDATES = 30  # of each, of which those with personal data are left out
LENGTHS = (20, 280)  # characters that make a quote


@dataclass(frozen=True, slots=True)
class Quotes:
    """Comments as people wrote them: text only, never markup."""

    worst: tuple[str, ...] = ()
    best: tuple[str, ...] = ()


def quoted(conn: Connection, viewer: Viewer, filters: Filters) -> Quotes:
    """The comments of the last whole week before now whose words are worst and best.

    One a person. Comments in which something was masked, or would be now, are left out.
    """
    rows = conn.execute(quoted_sql(viewer, last_week(filters))).all()
    clean = [row for row in rows if mask(row.comment).text == row.comment]
    worst, best = (
        tuple(row.comment for row in clean if row.label == label)[:QUOTES]
        for label in ("negative", "positive")
    )
    return Quotes(worst, best)


def quoted_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """label (negative or positive) and comment: of each the CANDIDATES that are clearest."""
    parts = [_clearest(viewer, filters, label) for label in ("negative", "positive")]
    rows = union_all(*parts).subquery("quoted")
    return select(rows.c.label, rows.c.comment).order_by(rows.c.label, rows.c.place)


def _clearest(viewer: Viewer, filters: Filters, label: str) -> Select[Any]:
    f = visible_feedback(viewer, filters)
    clear = f.c.compound if label == "negative" else f.c.compound.desc()
    own = func.row_number().over(partition_by=f.c.actor_key, order_by=(clear, f.c.id))
    each = (
        select(f.c.id, f.c.comment, f.c.compound, f.c.actor_key, own.label("own"))
        .where(
            sentiment_of(f) == label,
            f.c.compound.is_not(None),
            f.c.masked == 0,
            func.length(f.c.comment).between(*LENGTHS),
        )
        .subquery(f"each_{label}")
    )
    clear = each.c.compound if label == "negative" else each.c.compound.desc()
    place = func.row_number().over(order_by=(clear, each.c.id))
    best = (
        select(literal(label).label("label"), each.c.comment, place.label("place"))
        .where((each.c.own == 1) | (each.c.actor_key == 0))
        .order_by(place)
        .limit(CANDIDATES)
        .subquery(f"clearest_{label}")
    )
    return select(best)

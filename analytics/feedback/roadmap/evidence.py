"""What speaks for building something: one row an open request and a pain theme, as one statement.

The people of a request are those who vote for it, and those whose comments belong to its theme; the
people of a theme are those of its comments. Comments are those of the range, dimensions and segment
that are asked for; a vote stands until it is taken back, and is narrowed by the segment alone. A
comment of which nobody is known (the project keeps no ids, or it is past its retention) counts as
one person's.
"""

from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Select,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from analytics.feedback.roadmap.reach import paying_cte, people_cte, reach_cte, wanted_cte
from analytics.feedback.roadmap.voices import said_cte, theme_roots, voices_cte
from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.scope import (
    Viewer,
    visible_actor_event_days,
    visible_event_days,
    visible_kinds,
    visible_plan_prices,
    visible_requests,
    visible_themes,
    within,
)
from db.tables import OPEN_REQUESTS

EVIDENCE = {
    "kind": "str",
    "item": "int64",
    "title": "str",
    "details": "str",
    "state": "str",
    "released": "bool",
    "theme": "Int64",
    "people": "int64",
    "mrr_cents": "float64",
    "currency": "str",
    "votes": "int64",
    "comments": "int64",
    "scored": "int64",
    "mood": "float64",
    "negative": "float64",
    "subject": "str",
    "error_rate": "float64",
    "effort": "float64",
    "confidence": "float64",
}


def evidence(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row an open request (open, planned or started, not merged) and a pain theme.

    Columns: kind (str: request or theme), item (int64, its id), title, details (str: what the asker
    wrote besides), state (str), released (bool: the public sees it), theme (Int64: the theme whose
    comments are read), people (int64), mrr_cents (float64: the monthly price of the latest plan of
    each of them; NaN in a project without prices), currency (str: of these prices), votes,
    comments, scored (int64: comments in English), mood (float64, -1 to 1: the mean compound of
    these, or 1, 0 and -1 where a person corrected the label), negative (float64: the share of these
    that is negative), subject (str: what most of the comments are about,
    five at least), error_rate (float64:
    failures / events of this subject in the range), effort (float64, person-weeks) and confidence
    (float64), as entered. NaN and "" are for what is not known.
    """
    return read(conn, evidence_sql(viewer, filters)).astype(EVIDENCE)


def evidence_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `evidence`, in its columns; requests first, then themes, by their ids."""
    viewer = within(viewer, "feedback")
    filters = replace(filters, event="", subject=None, grain="day")
    items = _items(viewer, filters)
    said = said_cte(viewer, filters, items)
    wanted, voices = wanted_cte(viewer, filters), voices_cte(said)
    people = people_cte(items, wanted, said)
    reach = reach_cte(people, paying_cte(viewer, filters, people))
    errors = _errors(viewer, filters, voices)
    none, currency = literal(0, BigInteger), _currency(viewer, filters)
    votes = select(func.count()).where(wanted.c.request_id == items.c.item, items.c.is_request)
    return (
        select(
            items.c.kind,
            items.c.item,
            items.c.title,
            items.c.details,
            items.c.state,
            items.c.released,
            items.c.theme,
            func.coalesce(reach.c.people, none).label("people"),
            case((currency != "", func.coalesce(reach.c.cents, none))).label("mrr_cents"),
            currency.label("currency"),
            votes.scalar_subquery().label("votes"),
            func.coalesce(voices.c.comments, none).label("comments"),
            func.coalesce(voices.c.scored, none).label("scored"),
            voices.c.mood,
            voices.c.negative,
            func.coalesce(voices.c.subject, "").label("subject"),
            errors.c.error_rate,
            items.c.effort,
            items.c.confidence,
        )
        .outerjoin(reach, (reach.c.kind == items.c.kind) & (reach.c.item == items.c.item))
        .outerjoin(voices, voices.c.theme == items.c.theme)
        .outerjoin(errors, errors.c.subject == voices.c.subject)
        .order_by(items.c.kind, items.c.item)
    )


def _items(viewer: Viewer, filters: Filters) -> CTE:
    """kind, item, is_request, title, details, state, released, theme, effort, confidence."""
    r, t = (door(viewer, filters.project_id) for door in (visible_requests, visible_themes))
    roots = theme_roots(viewer, filters)
    wishes = (
        select(
            literal("request").label("kind"),
            r.c.id.label("item"),
            literal(True).label("is_request"),
            r.c.title,
            r.c.details,
            r.c.state,
            r.c.released_at.is_not(None).label("released"),
            roots.c.root.label("theme"),
            r.c.effort,
            r.c.confidence,
        )
        .outerjoin(roots, roots.c.theme_id == r.c.theme_id)
        .where(r.c.merged_into.is_(None), r.c.state.in_(OPEN_REQUESTS))
    )
    pains = select(
        literal("theme"),
        t.c.id,
        literal(False),
        t.c.name,
        literal(""),
        literal("open"),
        literal(False),
        t.c.id,
        t.c.effort,
        t.c.confidence,
    ).where(t.c.merged_into.is_(None), t.c.kind == "pain")
    return union_all(wishes, pains).cte("items")


def _currency(viewer: Viewer, filters: Filters) -> ColumnElement[str]:
    """The one currency of the project's prices; "" in a project without any."""
    p = visible_plan_prices(viewer, filters.project_id)
    one = select(func.max(p.c.currency)).scalar_subquery()
    return func.coalesce(one, "")


def _errors(viewer: Viewer, filters: Filters, voices: CTE) -> CTE:
    """subject and error_rate, of the subjects that themes are about."""
    door = visible_event_days if filters.segment is None else visible_actor_event_days
    e, k = door(viewer, filters), visible_kinds(viewer, filters.project_id)
    about = select(voices.c.subject).where(voices.c.subject.is_not(None))
    rate = cast(func.sum(e.c.failures), Double) / func.nullif(func.sum(e.c.n), 0)
    return (
        select(k.c.subject, rate.label("error_rate"))
        .join_from(e, k, k.c.id == e.c.kind_id)
        .where(k.c.subject.in_(about))
        .group_by(k.c.subject)
        .cte("errors")
    )

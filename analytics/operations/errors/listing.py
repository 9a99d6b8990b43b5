"""The errors of a range: how often each failed, whom it met, since when and in which releases."""

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    cast,
    func,
    or_,
    select,
)

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.operations.errors.growing import change, grows, spans
from analytics.periods import ends
from analytics.scope import (
    Viewer,
    visible_error_groups,
    visible_error_hours,
    visible_error_people,
)

MOST = 200  # errors that are listed, those with the most failures
LONGEST = 100  # characters of a text that is searched for
STATES = ("open", "resolved", "ignored")
PRESSING = "pressing"  # those that are open, and new, back or growing in the range
SEARCHED = ("title", "error_type", "name", "subject")
ERRORS = {
    "fingerprint": "int64",
    "title": "str",
    "error_type": "str",
    "name": "str",
    "subject": "str",
    "n": "int64",
    "people": "int64",
    "first_seen": "datetime64[us]",
    "last_seen": "datetime64[us]",
    "first_release": "str",
    "last_release": "str",
    "state": "str",
    "is_new": "bool",
    "is_back": "bool",
    "is_growing": "bool",
    "change": "float64",
}


def error_groups(
    conn: Connection, viewer: Viewer, filters: Filters, state: str = "open", text: str = ""
) -> pd.DataFrame:
    """One row an error that failed in the range: those that came back first, then new ones, then
    those that grow.

    Columns: fingerprint (int64), title, error_type, name, subject (str: of the first failure), n
    (int64: failures), people (int64: different people who are known), first_seen, last_seen
    (datetime64[us], local: ever), first_release, last_release (str), state (str, one of STATES),
    is_new (bool: first seen in the range), is_back (bool: came back after it was resolved, and is
    open), is_growing (bool: see growing.py), change (float64: of the days that are over against as
    many before; NaN where it did not fail before). Among their like, what failed most often is
    first. `state` "" is for all states, PRESSING for the open ones that are new, back or growing.
    Each word of `text` is part of the title, type, event or subject, in whatever case. Filters on
    dimensions don't apply.
    """
    return read(conn, error_groups_sql(viewer, filters, state, text)).astype(ERRORS)


def error_groups_sql(
    viewer: Viewer, filters: Filters, state: str = "open", text: str = ""
) -> Select[Any]:
    """The rows of `error_groups`, in its columns."""
    start, end = ends(filters)
    g = visible_error_groups(viewer, filters.project_id)
    failed, met = _failed(viewer, filters), _met(viewer, filters)
    is_new = and_(g.c.first_seen >= start, g.c.first_seen < end)
    is_growing = and_(g.c.first_seen < start, grows(failed.c.lately, failed.c.earlier))
    is_back = and_(g.c.state == "open", g.c.regressed_at.is_not(None))
    columns = {
        **{name: g.c[name] for name in ERRORS if name in g.c},
        **{name: func.timezone(filters.zone, g.c[name]) for name in ("first_seen", "last_seen")},
        "n": failed.c.n,
        "people": func.coalesce(met.c.people, 0),
        "is_new": is_new,
        "is_back": is_back,
        "is_growing": is_growing,
        "change": change(failed.c.lately, failed.c.earlier),
    }
    return (
        select(*(columns[name].label(name) for name in ERRORS))
        .join_from(g, failed, failed.c.fingerprint == g.c.fingerprint)
        .outerjoin(met, met.c.fingerprint == g.c.fingerprint)
        .where(*_in_state(g, state, or_(is_back, is_new, is_growing)), *_named(g, text))
        .order_by(
            is_back.desc(),
            is_new.desc(),
            is_growing.desc(),
            failed.c.n.desc(),
            g.c.last_seen.desc(),
            g.c.fingerprint,
        )
        .limit(MOST)
    )


def _failed(viewer: Viewer, filters: Filters) -> Subquery:
    """How often each failed in the range, on its days that are over, and on as many before."""
    h = visible_error_hours(viewer, filters.project_id).c
    whole, (lately, earlier) = ends(filters), spans(filters)
    counts = {"n": whole, "lately": lately, "earlier": earlier}
    sums = [_sum(h.n, h.hour, *span).label(name) for name, span in counts.items()]
    return (
        select(h.fingerprint, *sums)
        .where(h.hour >= min(whole[0], earlier[0]), h.hour < whole[1])
        .group_by(h.fingerprint)
        .having(func.max(h.hour) >= whole[0])
        .subquery("failed")
    )


def _sum(
    n: ColumnElement[int], hour: ColumnElement[datetime], start: datetime, end: datetime
) -> ColumnElement[int]:
    """SQL for the failures of a span."""
    inside = func.sum(n).filter(hour >= start, hour < end)
    return cast(func.coalesce(inside, 0), BigInteger)


def _met(viewer: Viewer, filters: Filters) -> Subquery:
    """How many people each met in the range."""
    p = visible_error_people(viewer, filters.project_id).c
    return (
        select(p.fingerprint, func.count(p.actor_key.distinct()).label("people"))
        .where(p.day >= filters.start, p.day < filters.end)
        .group_by(p.fingerprint)
        .subquery("met")
    )


def _in_state(g: Subquery, state: str, presses: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    if state == PRESSING:
        return [g.c.state == "open", presses]
    return [g.c.state == state] if state else []


def _named(g: Subquery, text: str) -> list[ColumnElement[bool]]:
    """Each word stands somewhere in what names an error; `%` and `_` are letters as all others."""
    printable = "".join(char if char.isprintable() else " " for char in text[:LONGEST])
    return [
        or_(*(g.c[name].icontains(word, autoescape=True) for name in SEARCHED))
        for word in printable.split()
    ]

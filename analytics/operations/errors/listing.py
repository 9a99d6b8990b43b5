"""The errors of a range: how often each failed, whom it met, since when and in which releases."""

from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Select, and_, cast, func, select

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.periods import midnight
from analytics.scope import (
    Viewer,
    visible_error_groups,
    visible_error_hours,
    visible_error_people,
)

MOST = 200  # errors that are listed, those with the most failures
STATES = ("open", "resolved", "ignored")
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
}


def error_groups(
    conn: Connection, viewer: Viewer, filters: Filters, state: str = "open"
) -> pd.DataFrame:
    """One row an error that failed in the range: those that came back first, then new ones.

    Columns: fingerprint (int64), title, error_type, name, subject (str: of the first failure), n
    (int64: failures), people (int64: different people who are known), first_seen, last_seen
    (datetime64[us], local: ever), first_release, last_release (str), state (str, one of STATES),
    is_new (bool: first seen in the range), is_back (bool: came back after it was resolved, and is
    open). Among their like, what failed most often is first. `state` "" is for all states. Filters
    on dimensions don't apply.
    """
    return read(conn, error_groups_sql(viewer, filters, state)).astype(ERRORS)


def error_groups_sql(viewer: Viewer, filters: Filters, state: str = "open") -> Select[Any]:
    """The rows of `error_groups`, in its columns."""
    start, end = (midnight(day, filters.tz) for day in (filters.start, filters.end))
    g = visible_error_groups(viewer, filters.project_id)
    h = visible_error_hours(viewer, filters.project_id).c
    p = visible_error_people(viewer, filters.project_id).c
    failed = (
        select(h.fingerprint, cast(func.sum(h.n), BigInteger).label("n"))
        .where(h.hour >= start, h.hour < end)
        .group_by(h.fingerprint)
        .subquery("failed")
    )
    met = (
        select(p.fingerprint, func.count(p.actor_key.distinct()).label("people"))
        .where(p.day >= filters.start, p.day < filters.end)
        .group_by(p.fingerprint)
        .subquery("met")
    )
    is_new = and_(g.c.first_seen >= start, g.c.first_seen < end)
    is_back = and_(g.c.state == "open", g.c.regressed_at.is_not(None))
    columns = {
        **{name: g.c[name] for name in ERRORS if name in g.c},
        **{name: func.timezone(filters.zone, g.c[name]) for name in ("first_seen", "last_seen")},
        "n": failed.c.n,
        "people": func.coalesce(met.c.people, 0),
        "is_new": is_new,
        "is_back": is_back,
    }
    return (
        select(*(columns[name].label(name) for name in ERRORS))
        .join_from(g, failed, failed.c.fingerprint == g.c.fingerprint)
        .outerjoin(met, met.c.fingerprint == g.c.fingerprint)
        .where(*([g.c.state == state] if state else []))
        .order_by(
            is_back.desc(),
            is_new.desc(),
            failed.c.n.desc(),
            g.c.last_seen.desc(),
            g.c.fingerprint,
        )
        .limit(MOST)
    )

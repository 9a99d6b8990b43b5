"""What was sent to whom of a project's team, and whether it arrived."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, DateTime, Select, case, func, select

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_messages, visible_targets

LATEST = 20
SENDINGS = {
    "at": "datetime64[us]",
    "target": "str",
    "kind": "str",
    "title": "str",
    "state": "str",
    "tries": "int64",
    "error": "str",
}


def sendings(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """The latest messages of a project, the newest first, whatever the range.

    Columns: at (datetime64[us], when it was sent or made, wall time of the project's zone), target
    (str, its name), kind (str: digest, shipped), title (str), state (str: sent, waiting, given up),
    tries (int64), error (str: why the last try failed, or empty).
    """
    return read(conn, sendings_sql(viewer, filters)).astype(SENDINGS)


def sendings_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `sendings`, in its columns and order."""
    m = visible_messages(viewer, filters.project_id)
    t = visible_targets(viewer, filters.project_id)
    at = func.coalesce(m.c.sent_at, m.c.created_at)
    state = case(
        (m.c.sent_at.is_not(None), "sent"), (m.c.due_at.is_not(None), "waiting"), else_="given up"
    )
    query: Select[Any] = select(
        func.timezone(filters.zone, at, type_=DateTime).label("at"),
        t.c.name.label("target"),
        m.c.kind,
        m.c.title,
        state.label("state"),
        m.c.tries,
        m.c.error,
    )
    joined = m.join(t, t.c.id == m.c.target_id)
    return query.select_from(joined).order_by(at.desc(), m.c.id.desc()).limit(LATEST)

"""What is believed in a project, and what it is linked to."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, case, func, select

from analytics.measures.cutting import read
from analytics.scope import (
    Viewer,
    visible_annotations,
    visible_hypotheses,
    visible_requests,
    visible_themes,
    within,
)

REGISTER = {
    "id": "int64",
    "statement": "str",
    "state": "str",
    "metric": "str",
    "event": "str",
    "subject": "str",
    "expected": "float64",
    "guardrails": "object",
    "about": "str",
    "annotation_id": "Int64",
    "release": "str",
    "experiment": "str",
    "created_at": "datetime64[us, UTC]",
    "shipped_at": "datetime64[us, UTC]",
}
OPEN_STATES = ("proposed", "testing", "shipped")


def register(conn: Connection, viewer: Viewer, project_id: int) -> pd.DataFrame:
    """One row a hypothesis, those that are open first, of each the latest first.

    Columns: id (int64), statement, state, metric (str, a key of the catalogue), event, subject
    (str, "" for all), expected (float64, relative), guardrails (object: a list of keys), about
    (str: the title of its request, or the name of its theme), annotation_id (Int64: its release)
    and release (str: the title of that), experiment (str), created_at and shipped_at
    (datetime64[us, UTC]: the time of the release, where one is linked; NaT before it is shipped).
    """
    rows = read(conn, register_sql(viewer, project_id))
    return rows.astype(REGISTER)


def register_sql(viewer: Viewer, project_id: int) -> Select[Any]:
    """The rows of `register`, in its columns."""
    viewer = within(viewer, "feedback")
    h = visible_hypotheses(viewer, project_id)
    r, t = visible_requests(viewer, project_id), visible_themes(viewer, project_id)
    a = visible_annotations(viewer, project_id)
    return (
        select(
            h.c.id,
            h.c.statement,
            h.c.state,
            h.c.metric,
            h.c.event,
            func.coalesce(h.c.subject, "").label("subject"),
            h.c.expected,
            h.c.guardrails,
            func.coalesce(r.c.title, t.c.name, "").label("about"),
            h.c.annotation_id,
            func.coalesce(a.c.title, "").label("release"),
            h.c.experiment,
            h.c.created_at,
            case((h.c.shipped_at.is_not(None), func.coalesce(a.c.at, h.c.shipped_at))).label(
                "shipped_at"
            ),
        )
        .outerjoin(r, r.c.id == h.c.request_id)
        .outerjoin(t, t.c.id == h.c.theme_id)
        .outerjoin(a, a.c.id == h.c.annotation_id)
        .order_by(h.c.state.in_(OPEN_STATES).desc(), h.c.created_at.desc(), h.c.id.desc())
    )

"""What became of requests: those that were shipped, with how many were told, and declined ones."""

from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Connection, Select, Text, cast, func, select

from analytics.measures.cutting import read
from analytics.scope import Viewer, visible_messages, visible_notices, visible_requests, within
from db.tables import CLOSED_REQUESTS

TOLD = {
    "request": "int64",
    "title": "str",
    "state": "str",
    "shipped_at": "datetime64[us, UTC]",
    "told_at": "datetime64[us, UTC]",
    "told": "int64",
    "seen": "int64",
    "messages": "int64",
    "sent": "int64",
}
SHIPPED = "shipped"  # the state of a request, and the kind of the messages about it


def told(conn: Connection, viewer: Viewer, project_id: int) -> pd.DataFrame:
    """One row a request that was shipped or declined, the shipped first, of these the latest.

    Columns: request (int64, its id), title, state (str), shipped_at and told_at (datetime64[us,
    UTC]; NaT where it is not known), told (int64: people with a notice of it), seen (int64: those
    of them who saw it), messages and sent (int64: to targets, and those that arrived).
    """
    return read(conn, told_sql(viewer, project_id)).astype(TOLD)


def told_sql(viewer: Viewer, project_id: int) -> Select[Any]:
    """The rows of `told`, in its columns."""
    viewer = within(viewer, "feedback")
    r, n = visible_requests(viewer, project_id), visible_notices(viewer, project_id)
    m = visible_messages(viewer, project_id)
    people = (
        select(n.c.request_id, func.count().label("told"), func.count(n.c.seen_at).label("seen"))
        .group_by(n.c.request_id)
        .subquery("people")
    )
    posted = (
        select(m.c.about, func.count().label("messages"), func.count(m.c.sent_at).label("sent"))
        .where(m.c.kind == SHIPPED)
        .group_by(m.c.about)
        .subquery("posted")
    )
    counts = [
        func.coalesce(column, 0).cast(BigInteger).label(column.name)
        for column in (people.c.told, people.c.seen, posted.c.messages, posted.c.sent)
    ]
    return (
        select(r.c.id.label("request"), r.c.title, r.c.state, r.c.shipped_at, r.c.told_at, *counts)
        .outerjoin(people, people.c.request_id == r.c.id)
        .outerjoin(posted, posted.c.about == cast(r.c.id, Text))
        .where(r.c.state.in_(CLOSED_REQUESTS), r.c.merged_into.is_(None))
        .order_by(r.c.state.desc(), r.c.shipped_at.desc().nulls_last(), r.c.id.desc())
    )

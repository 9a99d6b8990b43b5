"""What people are told of the requests that they wanted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, or_, select, update
from sqlalchemy.orm import aliased

from db.tables import notices, requests


@dataclass(frozen=True, slots=True)
class Notice:
    """That a request was shipped; `new` until the person was told for the first time."""

    id: int
    request: int
    title: str
    shipped_at: datetime | None
    told_at: datetime
    new: bool


def tell(
    conn: Connection, project_id: int, actor_key: int, limit: int, now: datetime
) -> list[Notice]:
    """The latest notices of this person, which count as seen from now on."""
    told = [Notice(*row) for row in conn.execute(_notices(project_id, actor_key).limit(limit))]
    seen = update(notices).where(notices.c.id.in_([each.id for each in told if each.new]))
    conn.execute(seen.values(seen_at=now))
    return told


def _notices(project_id: int, actor_key: int) -> Select[Any]:
    """The person's notices, the latest first, each with a title that they may read.

    Where the request was never released and somebody else's, that is the title of the person's
    own one, or of a released one, that was merged into it.
    """
    n, r = notices.c, requests.c
    merged = aliased(requests, name="merged")
    own = merged.c.actor_key == actor_key
    known = (
        select(merged.c.title)
        .where(merged.c.merged_into == r.id, or_(own, merged.c.released_at.is_not(None)))
        .order_by(own.desc(), merged.c.id)
        .limit(1)
        .scalar_subquery()
    )
    readable = or_(r.released_at.is_not(None), r.actor_key == actor_key)
    title = func.coalesce(case((readable, r.title)), known, "")
    return (
        select(n.id, n.request_id, title, r.shipped_at, n.created_at, n.seen_at.is_(None))
        .join(requests, r.id == n.request_id)
        .where(n.project_id == project_id, n.actor_key == actor_key)
        .order_by(n.created_at.desc(), n.id.desc())
    )

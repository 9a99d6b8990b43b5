"""What is asked about segments: which there are, how large one is, and how much of the activity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sqlalchemy import CTE, Connection, func, select

from analytics.filters import Filters
from analytics.scope import Viewer, visible_actor_days, visible_memberships
from analytics.segments.definition import Definition
from analytics.segments.members import members_sql
from db.segments import Segment, list_segments

SHARES = {
    "segment_id": "int64",
    "active": "int64",
    "everybody": "int64",
    "share": "float64",
}


@dataclass(frozen=True, slots=True)
class Size:
    """How many people are in a segment, and how many of those active in the range (`of`)."""

    people: int
    active: int
    of: int

    @property
    def share(self) -> float | None:
        """The part of the active people that is in the segment, 0 to 1; None when none is."""
        return self.active / self.of if self.of else None


def segments_of(conn: Connection, viewer: Viewer, project_id: int) -> list[Segment]:
    """The project's segments, by name."""
    return list_segments(conn, project_id) if viewer.sees(project_id, "product") else []


def may_change(viewer: Viewer, segment: Segment) -> bool:
    """Whether this viewer may rename, redefine and delete it: its maker and administrators may."""
    theirs = viewer.person_id is not None and viewer.person_id == segment.person_id
    return viewer.sees(segment.project_id, "product") and (theirs or viewer.role == "admin")


def size_of(conn: Connection, viewer: Viewer, filters: Filters, definition: Definition) -> Size:
    """How large a segment would be now; raises BadSegment when it is incomplete.

    The range and dimensions of the filters decide who counts as active, not who is a member.
    """
    members = members_sql(viewer, filters, definition).cte("members")
    active = _active(viewer, filters)
    is_member = active.c.actor_key.in_(select(members.c.actor_key))
    people = select(func.count()).select_from(members).scalar_subquery()
    query = select(people, func.count().filter(is_member), func.count()).select_from(active)
    return Size(*conn.execute(query).one())


def shares(
    conn: Connection, viewer: Viewer, filters: Filters, segments: Sequence[Segment]
) -> pd.DataFrame:
    """How much of those active in the range each segment holds, as it was last counted.

    Columns: segment_id (int64), active (int64, distinct actors of the segment), everybody (int64,
    distinct actors), share (float64, active / everybody; NaN where nobody is active).
    """
    active = _active(viewer, filters)
    members = visible_memberships(viewer, filters.project_id)
    query = (
        select(members.c.segment_id, func.count().label("active"))
        .join(active, active.c.actor_key == members.c.actor_key)
        .group_by(members.c.segment_id)
    )
    counted: dict[int, int] = {row.segment_id: row.active for row in conn.execute(query)}
    everybody = conn.execute(select(func.count()).select_from(active)).scalar_one()
    seen = viewer.sees(filters.project_id, "product")
    rows = pd.DataFrame({"segment_id": [segment.id for segment in segments if seen]})
    rows["active"] = rows["segment_id"].map(counted).fillna(0)
    rows["everybody"] = everybody
    rows["share"] = rows["active"] / (everybody or np.nan)
    return rows.astype(SHARES)


def _active(viewer: Viewer, filters: Filters) -> CTE:
    """Everybody active in the range, each once."""
    days = visible_actor_days(viewer, replace(filters, segment=None))
    return select(days.c.actor_key).distinct().cte("active")

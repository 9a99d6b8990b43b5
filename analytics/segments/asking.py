"""What is asked about segments: which there are, how large one is, and how much of the activity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import CTE, Connection, Double, Select, cast, func, select

from analytics.filters import Filters
from analytics.measures.cutting import read
from analytics.scope import (
    Viewer,
    visible_actor_days,
    visible_memberships,
    visible_segments,
)
from analytics.segments.definition import Definition
from analytics.segments.members import Lost, lost_in, members_sql
from db.segments import Segment, list_segments

SHARES = {
    "segment_id": "int64",
    "active": "int64",
    "everybody": "int64",
    "share": "float64",
}


@dataclass(frozen=True, slots=True)
class Size:
    """How many people are in a segment, how many of them are active, and how many of all are."""

    people: int
    active: int
    everybody: int

    @property
    def share(self) -> float | None:
        """The part of the active people that is in the segment, 0 to 1; None when none is."""
        return self.active / self.everybody if self.everybody else None


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
    lost = lost_in(conn, viewer, filters, definition)
    return Size(*conn.execute(_sized(viewer, filters, definition, lost)).one())


def size_sql(viewer: Viewer, filters: Filters, definition: Definition) -> Select[Any]:
    """The numbers of `size_of` as one row: people, active, everybody (bigint); none of nobody."""
    sized = _sized(viewer, filters, definition, {}).subquery("sized")
    return select(sized).where(sized.c.people + sized.c.everybody > 0)


def shares(
    conn: Connection, viewer: Viewer, filters: Filters, segments: Sequence[Segment]
) -> pd.DataFrame:
    """How much of those active in the range each of these segments holds, as last counted.

    Columns: segment_id (int64), active (int64, distinct actors of the segment), everybody (int64,
    distinct actors), share (float64, active / everybody; NaN where nobody is active).
    """
    rows = read(conn, shares_sql(viewer, filters))
    known = rows["segment_id"].isin([segment.id for segment in segments])
    return rows[known].reset_index(drop=True).astype(SHARES)


def shares_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The rows of `shares` for all segments of the project, by name."""
    active = _active(viewer, filters)
    kept = visible_segments(viewer, filters.project_id)
    members = visible_memberships(viewer, filters.project_id)
    held = func.count(active.c.actor_key)
    everybody = select(func.count()).select_from(active).scalar_subquery()
    return (
        select(
            kept.c.id.label("segment_id"),
            held.label("active"),
            everybody.label("everybody"),
            (cast(held, Double) / func.nullif(everybody, 0)).label("share"),
        )
        .outerjoin(members, members.c.segment_id == kept.c.id)
        .outerjoin(active, active.c.actor_key == members.c.actor_key)
        .group_by(kept.c.id, kept.c.name)
        .order_by(kept.c.name)
    )


def _sized(viewer: Viewer, filters: Filters, definition: Definition, lost: Lost) -> Select[Any]:
    members = members_sql(viewer, filters, definition, lost).cte("members")
    active = _active(viewer, filters)
    is_member = active.c.actor_key.in_(select(members.c.actor_key))
    people = select(func.count()).select_from(members).scalar_subquery()
    return select(
        people.label("people"),
        func.count().filter(is_member).label("active"),
        func.count().label("everybody"),
    ).select_from(active)


def _active(viewer: Viewer, filters: Filters) -> CTE:
    """Everybody active in the range, each once."""
    asked = replace(filters, segment=None, event="", subject=None)
    days = visible_actor_days(viewer, asked)
    return select(days.c.actor_key).distinct().cte("active")

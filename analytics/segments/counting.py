"""Counting a segment: who is a member now, computed in Postgres and kept for filters to use."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.scope import Viewer
from analytics.segments.definition import definition_of
from analytics.segments.members import lost_in, members_sql
from db.access import Project
from db.segments import lock_segment, store_members


def recount(
    conn: Connection, viewer: Viewer, project: Project, segment_id: int, now: datetime
) -> int:
    """Find and store the members as of `now` and return how many there are; 0 for a stranger.

    Two at once count one after the other, also while the definition changes. Raises
    UnknownSegment when it is gone, BadSegment when its definition can't be read.
    """
    if not viewer.sees(project.id, "product"):
        return 0
    segment = lock_segment(conn, project.id, segment_id)
    filters, definition = today(project, now), definition_of(segment.definition)
    lost = lost_in(conn, viewer, filters, definition)
    return store_members(conn, segment, members_sql(viewer, filters, definition, lost), now)


def today(project: Project, now: datetime) -> Filters:
    """The project's present day, which is all that members depend on."""
    start = now.astimezone(ZoneInfo(project.timezone)).date()
    end = start + timedelta(days=1)
    return Filters(project.id, project.timezone, project.consent, start, end, now=now)

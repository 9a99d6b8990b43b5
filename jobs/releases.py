"""Which of two releases came first: the one that was seen first in the project.

What releases are called tells their order only where nothing else does: commits have no order, and
a number may be of another branch.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from packaging.version import InvalidVersion, Version
from sqlalchemy import Connection, func, select

from db.tables import cell_day, cells, events


def came_before(conn: Connection, project_id: int, one: str, other: str) -> bool:
    """Whether a release that was seen is older than another one, which may not have been yet.

    Until it is seen, the numbers of both tell; what has none is older.
    """
    days = _first_days(conn, project_id, (one, other))
    if one not in days or other not in days:
        return _is_lower(one, other, unless_told=True)
    if days[one] != days[other]:
        return days[one] < days[other]
    times = _first_times(conn, project_id, (one, other), days[one])
    if len(times) == 2 and times[one] != times[other]:
        return times[one] < times[other]
    return _is_lower(one, other, unless_told=False)


def _first_days(conn: Connection, project_id: int, releases: Iterable[str]) -> Mapping[str, date]:
    first = (
        select(cells.c.app_version, func.min(cell_day.c.day))
        .join(cell_day, cell_day.c.cell_id == cells.c.id)
        .where(cell_day.c.project_id == project_id, cells.c.app_version.in_(releases))
        .group_by(cells.c.app_version)
    )
    return dict(conn.execute(first).all())


def _first_times(
    conn: Connection, project_id: int, releases: Iterable[str], day: date
) -> Mapping[str, datetime]:
    """By raw events of a day of any time zone, as far as there still are any."""
    e, around = events.c, (day - timedelta(days=1), day + timedelta(days=2))
    first = (
        select(e.app_version, func.min(e.occurred_at))
        .where(e.project_id == project_id, e.app_version.in_(releases))
        .where(e.occurred_at.between(*around))
        .group_by(e.app_version)
    )
    return dict(conn.execute(first).all())


def _is_lower(one: str, other: str, unless_told: bool) -> bool:
    try:
        return Version(one) < Version(other)
    except InvalidVersion:
        return unless_told

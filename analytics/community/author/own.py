"""The packages of an author, each with its main figures: one statement for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, Select, Subquery, and_, func, or_, select

from analytics.community.downloads import AUDIENCE, PERSON
from analytics.community.packages import WEEK, Growth
from analytics.community.published import Window, rounded, window
from analytics.community.sums import NUMBERS, Sums
from analytics.scope import (
    Viewer,
    visible_authored_cells,
    visible_authored_packages,
    visible_package_versions,
    visible_published_people,
)
from analytics.scope.building import built_once
from db.tables import projects

STREAMS = ("runs", "ratings", "downloads")
Found = Mapping[tuple[int, str], Row[Any]]  # by package and stream


@dataclass(frozen=True, slots=True)
class OwnPackage:
    """What is published of one of the viewer's packages in a window of days.

    `people` are rounded down to a multiple of 5, `downloads` are those by people, None where none
    are told. `growth` is None where the last two weeks can't be told apart, `window` before the
    first day is published.
    """

    id: int
    uid: UUID
    name: str
    summary: str
    is_public: bool
    zone: str
    published_until: date | None
    window: Window | None
    runs: Sums
    people: int
    ratings: Sums
    downloads: int | None
    growth: Growth | None


def own_packages(conn: Connection, viewer: Viewer, days: int) -> list[OwnPackage]:
    """The packages that the viewer is an author of, the one with most runs first."""
    sums = {(row.id, row.stream): row for row in conn.execute(own_packages_sql(viewer, days))}
    people = {row.id: row.people for row in conn.execute(_people(viewer, days))}
    rows = conn.execute(select(authored(viewer)))
    found = [_own(row, sums, people.get(row.id, 0), days) for row in rows]
    return sorted(found, key=lambda each: (-each.runs.n, each.name))


def own_packages_sql(viewer: Viewer, days: int) -> Select[Any]:
    """A row a package and stream: its sums of the window, and the runs of the last two weeks.

    `apart` says whether these weeks can be told apart, as `published.compared` defines it.
    """
    p, c = authored(viewer), visible_authored_cells(viewer)
    start, week, before = (_first(p, each) for each in (days, WEEK, 2 * WEEK))
    within = c.c.first_day >= start
    added = [func.coalesce(func.sum(c.c[each]).filter(within), 0).label(each) for each in NUMBERS]
    in_week = func.sum(c.c.n).filter(c.c.first_day >= week)
    in_before = func.sum(c.c.n).filter(c.c.first_day >= before, c.c.last_day < week)
    apart = and_(_ended(c, _first(p, 0)), _between(c, week), _between(c, before))
    told = (in_week.label("now"), in_before.label("then"), apart.label("apart"))
    query = select(p.c.id, c.c.stream, *added, *told).join(c, c.c.owner_id == p.c.id)
    query = query.where(c.c.stream.in_(STREAMS), c.c.cut.in_(("", AUDIENCE)))
    recent = c.c.last_day >= func.least(start, before) - 1
    return query.where(_counted(c), recent).group_by(p.c.id, c.c.stream)


@built_once
def authored(viewer: Viewer) -> Subquery:
    """The viewer's own packages, with their project's zone and last published day."""
    p = visible_authored_packages(viewer)
    query = select(p, projects.c.timezone, projects.c.published_until)
    return query.join(projects, projects.c.id == p.c.project_id).subquery("own")


def released(conn: Connection, viewer: Viewer) -> dict[int, dict[str, datetime]]:
    """When each version of the viewer's packages was released, by package."""
    found: dict[int, dict[str, datetime]] = {}
    for package_id, version, moment in conn.execute(_released_sql(viewer)):
        found.setdefault(package_id, {})[version] = moment
    return found


def days_of(package: OwnPackage, moments: Mapping[str, datetime]) -> dict[str, date]:
    """The days of releases in the project's zone."""
    zone = ZoneInfo(package.zone)
    return {version: moment.astimezone(zone).date() for version, moment in moments.items()}


@built_once
def _released_sql(viewer: Viewer) -> Select[Any]:
    v = visible_package_versions(viewer)
    query = select(v.c.package_id, v.c.version, v.c.released_at)
    return query.where(v.c.package_id.in_(viewer.packages))


def _people(viewer: Viewer, days: int) -> Select[Any]:
    """How many people ran each package in the window; exact, to be rounded."""
    p, people = authored(viewer), visible_published_people(viewer, "package")
    whole = and_(people.c.stream == "runs", people.c.cut == "", people.c.key == "")
    query = select(p.c.id, func.count().label("people")).join(people, people.c.owner_id == p.c.id)
    return query.where(whole, people.c.last_start >= _first(p, days)).group_by(p.c.id)


def _first(p: Subquery, days: int) -> ColumnElement[date]:
    """The first of the last `days` published days."""
    day: ColumnElement[date] = p.c.published_until - (days - 1)
    return day


def _ended(c: Subquery, day: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether a block ends just before a day."""
    return func.bool_or(c.c.last_day == day - 1)


def _between(c: Subquery, day: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether the midnight before a day lies between blocks."""
    across = func.bool_or(and_(c.c.first_day < day, c.c.last_day >= day))
    return or_(~across, _ended(c, day))


def _counted(c: Subquery) -> ColumnElement[bool]:
    """Whole blocks of runs and ratings; of downloads those by people."""
    fetched = c.c.stream == "downloads"
    return or_(
        and_(~fetched, c.c.cut == ""), and_(fetched, c.c.cut == AUDIENCE, c.c["keys"][1] == PERSON)
    )


def _own(row: Row[Any], sums: Found, people: int, days: int) -> OwnPackage:
    found = {stream: sums.get((row.id, stream)) for stream in STREAMS}
    runs, ratings, downloads = (sums_of(each) for each in found.values())
    return OwnPackage(
        row.id,
        row.uid,
        row.name,
        row.summary,
        row.is_public,
        row.timezone,
        row.published_until,
        window(row.published_until, days),
        runs,
        rounded(people),
        ratings,
        downloads.n or None,
        _growth(found["runs"]),
    )


def _growth(row: Row[Any] | None) -> Growth | None:
    if row is None or not row.apart or not row.then:
        return None
    return Growth(int(row.now or 0), int(row.then))


def sums_of(row: Row[Any] | None) -> Sums:
    """The sums that a row has under their names."""
    if row is None:
        return Sums()
    found = row._mapping
    whole = {name: int(found[name]) for name in NUMBERS[:-1]}
    return Sums(**whole, duration_sum=float(found["duration_sum"]))

"""An author's package in full: its parts, its releases, and what follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from analytics.community.author.against import Change
from analytics.community.author.insights import Insight, insights
from analytics.community.author.own import OwnPackage, own_packages
from analytics.community.author.parts import COMPARED, Parts, parts
from analytics.community.author.releases import (
    Releases,
    Uptake,
    newest_changes,
    releases,
    uptake,
)
from analytics.community.intervals import design_effect
from analytics.scope import Viewer, visible_package_versions


@dataclass(frozen=True, slots=True)
class Findings:
    """One of the viewer's packages with what stands out of it.

    `changes` are those of the newest version against the last, also those that chance explains.
    """

    package: OwnPackage
    changes: tuple[Change, ...]
    uptake: Uptake | None
    insights: tuple[Insight, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """One of the viewer's packages with all that is told of it."""

    package: OwnPackage
    parts: Parts
    releases: Releases
    insights: tuple[Insight, ...]


def findings(conn: Connection, viewer: Viewer, days: int) -> list[Findings]:
    """All packages that the viewer is an author of, the one with most runs first."""
    found, released = parts(conn, viewer, days, summed=COMPARED), _released(conn, viewer)
    return [
        _found(each, found.get(each.id, Parts()), released.get(each.id, {}))
        for each in own_packages(conn, viewer, days)
    ]


def portrait(conn: Connection, viewer: Viewer, package_id: int, days: int) -> Portrait | None:
    """One of them in full; None where it is not the viewer's."""
    own = {each.id: each for each in own_packages(conn, viewer, days)}
    if package_id not in own:
        return None
    package = own[package_id]
    found = _as_run(package, parts(conn, viewer, days, package_id).get(package_id, Parts()))
    moments = _released(conn, viewer).get(package_id, {})
    made = releases(found, _days(package, moments))
    return Portrait(package, found, made, insights(found, made.changes, made.uptake))


def _as_run(package: OwnPackage, found: Parts) -> Parts:
    """The parts, knowing how many runs each person made."""
    return replace(found, effect=design_effect(package.runs.n, package.people))


def _found(package: OwnPackage, parts: Parts, released: Mapping[str, datetime]) -> Findings:
    found = _as_run(package, parts)
    changes, taken = newest_changes(found), uptake(found, _days(package, released))
    return Findings(package, changes, taken, insights(found, changes, taken))


def _days(package: OwnPackage, released: Mapping[str, datetime]) -> dict[str, date]:
    """The days of releases in the project's zone."""
    zone = ZoneInfo(package.zone)
    return {version: moment.astimezone(zone).date() for version, moment in released.items()}


def _released(conn: Connection, viewer: Viewer) -> dict[int, dict[str, datetime]]:
    """When each version was released, by package."""
    v = visible_package_versions(viewer)
    query = select(v.c.package_id, v.c.version, v.c.released_at)
    found: dict[int, dict[str, datetime]] = {}
    for row in conn.execute(query.where(v.c.package_id.in_(viewer.packages))):
        found.setdefault(row.package_id, {})[row.version] = row.released_at
    return found

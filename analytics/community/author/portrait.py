"""What stands out of an author's packages, and one of them in full."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from analytics.community.author.against import Change
from analytics.community.author.history import History, first_day, histories, package_in
from analytics.community.author.insights import Insight, insights
from analytics.community.author.own import OwnPackage, days_of, own_packages, released
from analytics.community.author.parts import ERROR_DAYS, Parts, parts
from analytics.community.author.releases import (
    Releases,
    Uptake,
    newest_changes,
    releases,
    uptake,
)
from analytics.community.intervals import design_effect
from analytics.community.sums import summed_by
from analytics.community.trails import since
from analytics.scope import Viewer


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
    return findings_of(histories(conn, viewer, days), days)


def findings_of(histories: Iterable[History], days: int) -> list[Findings]:
    """The same, from what was read of as many days or more."""
    found = (_found(each, days) for each in histories)
    return sorted(found, key=lambda each: (-each.package.runs.n, each.package.name))


def portrait(conn: Connection, viewer: Viewer, package_id: int, days: int) -> Portrait | None:
    """One of them in full; None where it is not the viewer's."""
    own = {each.id: each for each in own_packages(conn, viewer, days)}
    if package_id not in own:
        return None
    package = own[package_id]
    found = parts(conn, viewer, days, package_id).get(package_id, Parts())
    found = replace(found, effect=design_effect(package.runs.n, package.people))
    moments = released(conn, viewer).get(package_id, {})
    made = releases(found, days_of(package, moments))
    models = summed_by((each.model, each.runs) for each in found.slices)
    errors = found.of("runs", "error_type")
    told = insights(models, errors, found.effect, made.changes, made.uptake)
    return Portrait(package, found, made, told)


def _found(history: History, days: int) -> Findings:
    start, package = first_day(history, days), package_in(history, days)
    effect = design_effect(package.runs.n, package.people)
    changes = newest_changes(
        since(history.versions, start),
        since(history.rated, start),
        [each for each in history.slices if each.first >= start],
        effect,
    )
    taken = uptake([each for each in history.times if each.first >= start], history.released)
    models = since(history.models, start)
    errors = since(history.errors, first_day(history, max(days, ERROR_DAYS)))
    return Findings(package, changes, taken, insights(models, errors, effect, changes, taken))

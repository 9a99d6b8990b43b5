"""An organisation's teams, packages, models and listed members, from the cells of its blocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, func, select

from analytics.community.efficiency import ModelUse
from analytics.community.organisation.headed import Headed
from analytics.community.published import END, OTHER, OWNER_ID, START, Cells, Window, rounded
from analytics.community.sums import Sums
from analytics.scope import (
    Viewer,
    visible_blocks,
    visible_member_days,
    visible_organisation_packages,
)
from analytics.scope.building import ask, built_once

REMOVED = "removed package"
NOTHING = Sums()
Named = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class TeamUse:
    """A team; people are rounded down to fives.

    '' are the members without one, `other` several small teams, and what no team is told of yet.
    """

    team: str
    people: int
    runs: int
    credits: int


@dataclass(frozen=True, slots=True)
class TopPackage:
    """A package; without `uid` it is several that few people ran, or one that was removed.

    People are rounded down to fives. `rating` is the mean of the stars of members, None without.
    """

    uid: UUID | None
    name: str
    people: int
    runs: int
    credits: int
    rating: float | None
    ratings: int


@dataclass(frozen=True, slots=True)
class OrganisationDay:
    """A day that is published alone; people are rounded down to fives."""

    day: date
    people: int
    runs: int
    credits: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A member who agreed to stand in the leaderboard."""

    username: str
    team: str
    runs: int
    credits: int
    last_at: datetime


def by_team(cells: Cells, people: Mapping[str, int]) -> tuple[TeamUse, ...]:
    """The cells of the cut by team, most runs first."""
    return tuple(
        TeamUse(team, rounded(people.get(team, 0)), sums.n, sums.credits)
        for (team,), sums in _most_first(cells)
    )


def by_model(cells: Cells) -> tuple[ModelUse, ...]:
    """The cells of the cut by model, most runs first."""
    return tuple(
        ModelUse(model, sums.n, sums.failures, sums.credits, sums.timed, sums.duration_ms)
        for (model,), sums in _most_first(cells)
    )


def by_package(
    cells: Cells, people: Mapping[str, int], stars: Cells, named: Mapping[str, Named]
) -> tuple[TopPackage, ...]:
    """The cells of the cut by package, most runs first; `stars` are the ratings of the same cut."""
    found = []
    for keys, sums in cells.items():
        key = keys[0]
        unnamed = None, OTHER if key == OTHER else REMOVED
        uid, name = named.get(key, unnamed)
        given = stars.get(keys, NOTHING) if uid else NOTHING
        number = rounded(people.get(key, 0))
        found.append(TopPackage(uid, name, number, sums.n, sums.credits, given.rating, given.n))
    return tuple(sorted(found, key=lambda each: (-each.runs, each.name)))


def named_packages(conn: Connection, viewer: Viewer, headed: Headed) -> dict[str, Named]:
    """The uid and name of each package that has cells of its own, by its key in them."""
    rows = ask(conn, viewer, _named_sql, owner_id=headed.id).all()
    return {str(number): (uid, name) for number, uid, name in rows}


def first_day(conn: Connection, viewer: Viewer, headed: Headed) -> date | None:
    """The first day that anything is published of; None before that."""
    day: date | None = ask(conn, viewer, _first_day_sql, owner_id=headed.id).scalar()
    return day


def listed(conn: Connection, viewer: Viewer, headed: Headed, window: Window) -> tuple[Listed, ...]:
    """What the listed members ran in the window, most runs first."""
    asked = {"owner_id": headed.id, "start": window.start, "end": window.end}
    rows = ask(conn, viewer, _listed_sql, **asked)
    return tuple(Listed(name, team, int(n), int(spent), at) for name, team, n, spent, at in rows)


@built_once
def _named_sql(viewer: Viewer) -> Select[Any]:
    p = visible_organisation_packages(viewer, OWNER_ID)
    return select(p.c.id, p.c.uid, p.c.name)


@built_once
def _first_day_sql(viewer: Viewer) -> Select[Any]:
    b = visible_blocks(viewer, "organisation", OWNER_ID)
    return select(func.min(b.c.first_day)).where(b.c.stream == "runs", b.c.cut == "")


@built_once
def _listed_sql(viewer: Viewer) -> Select[Any]:
    d = visible_member_days(viewer)
    runs, credits = func.sum(d.c.n).label("runs"), func.sum(d.c.credits).label("credits")
    query = select(d.c.username, d.c.team, runs, credits, func.max(d.c.last_at)).group_by(
        d.c.actor_key, d.c.username, d.c.team
    )
    within = and_(d.c.organisation_id == OWNER_ID, d.c.day >= START, d.c.day < END)
    return query.where(within).order_by(runs.desc(), d.c.username)


def _most_first(cells: Cells) -> list[tuple[tuple[str, ...], Sums]]:
    return sorted(cells.items(), key=lambda cell: (-cell[1].n, cell[0]))

"""What the owner and the admins of an organisation learn of it.

All numbers are of published blocks, each of them about five people or more, but for those of the
leaderboard, which are of members who agreed to be listed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from analytics.community import published
from analytics.community.efficiency import ModelUse
from analytics.community.published import OTHER, TOTAL, Cells, Published, Sums, Window, rounded
from analytics.scope import (
    Viewer,
    visible_member_days,
    visible_organisation_packages,
    visible_organisations,
)
from db.identity import uid_of
from db.tables import projects

CUTS = ("", "team", "package", "model")
COUNTED = ("", "team", "package")  # the cuts that know their distinct people
EXACT_DAYS = 30  # the one window whose people are exact: two windows would tell of a single person
REMOVED = "removed package"
NOTHING = Sums()


@dataclass(frozen=True, slots=True)
class Headed:
    """An organisation that the viewer is the owner or an admin of.

    `published_until` is the last day that is published, None before the first is; days are those of
    `zone`.
    """

    id: int
    uid: UUID
    name: str
    seats: int
    leaderboard: bool
    assumptions: Mapping[str, Any]
    published_until: date | None
    zone: str


@dataclass(frozen=True, slots=True)
class TeamUse:
    """A team ('' is nobody's, `other` several small ones); people are rounded down to fives."""

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


@dataclass(frozen=True, slots=True)
class OrganisationUsage:
    """What is published of an organisation for the days [start, end), both None before any is.

    `active` are the distinct people: exact for `EXACT_DAYS`, else rounded down to fives. Teams,
    packages and models begin with most runs, and each of them adds up to the whole. `runs_before`
    are those of as many days just before, None where the two can't be told apart.
    """

    organisation: Headed
    start: date | None
    end: date | None
    totals: Sums = NOTHING
    active: int = 0
    runs_before: int | None = None
    teams: tuple[TeamUse, ...] = ()
    packages: tuple[TopPackage, ...] = ()
    models: tuple[ModelUse, ...] = ()
    daily: tuple[OrganisationDay, ...] = ()
    leaderboard: tuple[Listed, ...] = ()

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.end - self.start).days if self.start and self.end else 0

    @property
    def adoption(self) -> float:
        """The active members as a share of the seats."""
        return self.active / self.organisation.seats

    @property
    def idle(self) -> int:
        """The seats that nobody was active on."""
        return max(self.organisation.seats - self.active, 0)

    @property
    def change(self) -> float | None:
        """How much more runs there are than in the days before: 0.34 is 34 % more."""
        return self.totals.n / self.runs_before - 1 if self.runs_before else None


def organisations_of(conn: Connection, viewer: Viewer) -> tuple[Headed, ...]:
    """The organisations that the viewer heads, by name."""
    o = visible_organisations(viewer)
    columns = (o.c.id, o.c.uid, o.c.name, o.c.seats, o.c.leaderboard, o.c.assumptions)
    query = select(*columns, projects.c.published_until, projects.c.timezone)
    ours = query.join(projects, projects.c.id == o.c.project_id).order_by(o.c.name, o.c.id)
    return tuple(Headed(*row) for row in conn.execute(ours))


def organisation_of(conn: Connection, viewer: Viewer, uid: str | UUID) -> Headed | None:
    """The organisation of this uid; None where the viewer heads none, be it there or not."""
    wanted = uid_of(str(uid))
    headed = organisations_of(conn, viewer)
    return next((each for each in headed if each.uid == wanted), None)


def organisation_usage(
    conn: Connection, viewer: Viewer, uid: str | UUID, days: int
) -> OrganisationUsage | None:
    """What is published of the organisation of this uid in the last `days` days.

    None where `organisation_of` is.
    """
    headed = organisation_of(conn, viewer, uid)
    if headed is None:
        return None
    window = published.window(headed.published_until, days)
    return _usage(conn, viewer, headed, window) if window else OrganisationUsage(headed, None, None)


def _usage(conn: Connection, viewer: Viewer, headed: Headed, window: Window) -> OrganisationUsage:
    runs = Published("organisation", headed.id)
    parts = published.by_cut(conn, viewer, runs, window, *CUTS)
    people = published.people_by_cut(conn, viewer, runs, window.start, *COUNTED)
    before = published.compared(conn, viewer, runs, window)
    active = people[""].get("", 0)
    return OrganisationUsage(
        headed,
        window.start,
        window.end,
        parts[""].get(TOTAL, NOTHING),
        active if window.days == EXACT_DAYS else rounded(active),
        before[1].n if before else None,
        _teams(parts["team"], people["team"]),
        _packages(conn, viewer, headed, window, parts["package"], people["package"]),
        _models(parts["model"]),
        tuple(
            OrganisationDay(day, number, sums.n, sums.credits)
            for day, number, sums in published.daily(conn, viewer, runs, window)
        ),
        _leaderboard(conn, viewer, headed, window),
    )


def _teams(cells: Cells, people: Mapping[str, int]) -> tuple[TeamUse, ...]:
    return tuple(
        TeamUse(team, rounded(people.get(team, 0)), sums.n, sums.credits)
        for (team,), sums in _most_first(cells)
    )


def _models(cells: Cells) -> tuple[ModelUse, ...]:
    return tuple(
        ModelUse(model, sums.n, sums.failures, sums.credits, sums.timed, sums.duration_ms)
        for (model,), sums in _most_first(cells)
    )


def _packages(
    conn: Connection,
    viewer: Viewer,
    headed: Headed,
    window: Window,
    cells: Cells,
    people: Mapping[str, int],
) -> tuple[TopPackage, ...]:
    p = visible_organisation_packages(viewer, headed.id)
    known = {str(row.id): row for row in conn.execute(select(p.c.id, p.c.uid, p.c.name))}
    rated = Published("organisation", headed.id, "ratings")
    stars = published.cells(conn, viewer, rated, window, "package")
    found = []
    for keys, sums in cells.items():
        (key,), given = keys, stars.get(keys, NOTHING)
        named = known.get(key)
        uid, name = (named.uid, named.name) if named else (None, OTHER if key == OTHER else REMOVED)
        number = rounded(people.get(key, 0))
        found.append(TopPackage(uid, name, number, sums.n, sums.credits, given.rating, given.n))
    return tuple(sorted(found, key=lambda each: (-each.runs, each.name)))


def _most_first(cells: Cells) -> list[tuple[tuple[str, ...], Sums]]:
    return sorted(cells.items(), key=lambda cell: (-cell[1].n, cell[0]))


def _leaderboard(
    conn: Connection, viewer: Viewer, headed: Headed, window: Window
) -> tuple[Listed, ...]:
    d = visible_member_days(viewer)
    runs, credits = func.sum(d.c.n).label("runs"), func.sum(d.c.credits).label("credits")
    query = select(d.c.username, d.c.team, runs, credits, func.max(d.c.last_at)).group_by(
        d.c.actor_key, d.c.username, d.c.team
    )
    within = (d.c.day >= window.start) & (d.c.day < window.end)
    rows = conn.execute(
        query.where(d.c.organisation_id == headed.id, within).order_by(runs.desc(), d.c.username)
    )
    return tuple(Listed(name, team, int(n), int(spent), at) for name, team, n, spent, at in rows)

"""The usage of an organisation in a window of published days."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from analytics.community import published
from analytics.community.efficiency import ModelUse
from analytics.community.organisation.headed import Headed, organisation_of
from analytics.community.organisation.parts import (
    NOTHING,
    Listed,
    OrganisationDay,
    TeamUse,
    TopPackage,
    by_model,
    by_package,
    by_team,
    first_day,
    listed,
    named_packages,
)
from analytics.community.published import STEP, TOTAL, Published, Window, closed, rounded
from analytics.community.sums import Sums
from analytics.scope import Viewer

CUTS = (*(("runs", cut) for cut in ("", "team", "package", "model")), ("ratings", "package"))
COUNTED = ("", "team", "package")  # the cuts that know their distinct people
EXACT_DAYS = 30  # the one window whose people are exact: two windows would tell of a single person


@dataclass(frozen=True, slots=True)
class OrganisationUsage:
    """What is published of an organisation for the days [start, end), both None before any is.

    `active` are the distinct people: exact for `EXACT_DAYS`, else rounded down to fives. Teams,
    packages and models begin with most runs; teams and packages add up to the whole. `runs_before`
    are those of as many days just before, None where the two can't be told apart. `since` is the
    first day of all that anything is published of.
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
    since: date | None = None

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.end - self.start).days if self.start and self.end else 0

    @property
    def adoption(self) -> float:
        """The active members as a share of the seats, 1 where they are as many or more."""
        return min(self.active / self.organisation.seats, 1.0)

    @property
    def idle(self) -> int:
        """The seats that nobody was active on."""
        return max(self.organisation.seats - self.active, 0)

    @property
    def paid(self) -> int:
        """The seats that the cost counts: where `active` is rounded down, the most it may be."""
        if self.days == EXACT_DAYS or not self.totals.n:
            return self.active
        return max(self.active, min(self.active + STEP - 1, self.organisation.seats))

    @property
    def paid_days(self) -> int:
        """The days that the cost counts: none before the first that is published."""
        if self.start is None or self.end is None or self.since is None:
            return self.days
        return (self.end - max(self.start, self.since)).days

    @property
    def change(self) -> float | None:
        """How much more runs there are than in the days before: 0.34 is 34 % more."""
        return self.totals.n / self.runs_before - 1 if self.runs_before else None


def organisation_usage(
    conn: Connection, viewer: Viewer, uid: str | UUID, days: int, *, before: bool = True
) -> OrganisationUsage | None:
    """What is published of the organisation of this uid in the last `days` days.

    None where `organisation_of` is. `runs_before` is None as well if it is not asked for.
    """
    headed = organisation_of(conn, viewer, uid)
    if headed is None:
        return None
    window = published.window(headed.published_until, days)
    if window is None:
        return OrganisationUsage(headed, None, None)
    found = _usage(conn, viewer, headed, window)
    if not before:
        return found
    pair = published.compared(conn, viewer, Published("organisation", headed.id), window)
    return replace(found, runs_before=pair[1].n if pair else None)


def _usage(conn: Connection, viewer: Viewer, headed: Headed, window: Window) -> OrganisationUsage:
    runs = Published("organisation", headed.id)
    parts, ratings = published.by_stream(conn, viewer, runs, window, CUTS).values()
    people = published.people_by_cut(conn, viewer, runs, window.start, *COUNTED)
    named = named_packages(conn, viewer, headed)
    active, totals = people[""].get("", 0), parts[""].get(TOTAL, NOTHING)
    return OrganisationUsage(
        headed,
        window.start,
        window.end,
        totals,
        active if window.days == EXACT_DAYS else rounded(active),
        None,
        by_team(closed(parts["team"], totals), people["team"]),
        by_package(closed(parts["package"], totals), people["package"], ratings["package"], named),
        by_model(parts["model"]),
        tuple(
            OrganisationDay(day, number, sums.n, sums.credits)
            for day, number, sums in published.daily(conn, viewer, runs, window)
        ),
        listed(conn, viewer, headed, window) if headed.leaderboard else (),
        first_day(conn, viewer, headed),
    )

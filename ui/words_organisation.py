"""An organisation in words: who is active, what is run, and what it costs by team."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from analytics.community.organisation import (
    EXACT_DAYS,
    Headed,
    Listed,
    OrganisationUsage,
    TeamUse,
    TopPackage,
)
from analytics.community.published import OTHER
from ui import words
from ui.words import plain
from ui.words_returns import dollars

NOTHING_YET = (
    "Nothing is published of this organisation yet. Days are published once they are over and at "
    "least five people ran something, also together with the days before."
)
NOBODYS = "You are not the owner or an admin of an organisation."
ACTIVE = (
    f"Members who ran something, of the seats that are paid. Over {EXACT_DAYS} days their number "
    "is exact, over other ranges it is rounded down to a multiple of five."
)
ADOPTION = "Active members / seats, at most 100%."
IDLE = (
    f"Seats less active members, told over {EXACT_DAYS} days, where their number is exact. Whose "
    "they are is not told."
)
RUNS = "Runs that members made for the organisation, also those that failed."
TEAMS = (
    "Credits by the team that a member was in when they ran. Teams and days of fewer than five "
    "people are put together, so that all parts add up to the whole."
)
PACKAGES = (
    "What members ran. People are different people, rounded down to a multiple of five; packages "
    "that fewer than five ran are put together. Stars are those of members."
)
DAILY = "Runs of each day on which at least five members ran something; other days are left out."
LEADERBOARD = (
    "Members who agreed to be listed by name, of the days that are published. Who could tell by "
    "subtraction what a colleague did is left out."
)
NO_LEADERBOARD = (
    "The leaderboard is off: the settings below switch it on. Then it lists the members who agree "
    "to it on their own page."
)
NOBODY_LISTED = "Nobody who agreed to be listed ran anything in these days."
MEMBERS = (
    "Who belongs to the organisation, with whose team their runs count from then on. What each of "
    "them does is not shown."
)
NO_MEMBER = "Nobody belongs to it yet."
USER_ID = "It is hashed and not kept; the name is what colleagues see."
LET_GO = "What they ran for the organisation stays counted."
UNASSIGNED, TOGETHER = "Unassigned", "Others together"


def team(name: str) -> str:
    """What a team is called, also where there is none or several are one."""
    return {"": UNASSIGNED, OTHER: TOGETHER}.get(name, name)


def package(each: TopPackage) -> str:
    """What a package is called; packages that few people ran are one."""
    return TOGETHER if each.uid is None and each.name == OTHER else each.name


def people(number: int) -> str:
    """Rounded people: "85+"; a dash where that is not told."""
    return f"{number:,}+" if number else words.NOTHING


def span(start: date, end: date) -> str:
    """Whole days with the last one: "22 Oct to 20 Nov 2026"."""
    last = end - timedelta(days=1)
    year = "" if start.year == last.year else f" {start.year}"
    return f"{start:%-d %b}{year} to {last:%-d %b %Y}"


def caption(usage: OrganisationUsage, start: date, end: date) -> str:
    """Which days these are, and what they are compared with."""
    said = f"{span(start, end)}, in blocks of days with at least five people"
    if usage.runs_before is None:
        return f"{said}. There are no {words.counted(usage.days, 'day')} before to compare with."
    before = start - timedelta(days=usage.days)
    return f"{said}, compared with {span(before, start)}."


def active(usage: OrganisationUsage) -> str:
    """The active of all seats: "47 of 50", "45+ of 50" where they are rounded, "6 on 5"."""
    seats = usage.organisation.seats
    number = f"{usage.active:,}" if usage.days == EXACT_DAYS else people(usage.active)
    return f"{number} {'on' if usage.active > seats else 'of'} {seats:,}"


def adoption(usage: OrganisationUsage) -> tuple[str, str]:
    """The share of the seats that were active, and whether it may be more: "90.0%", "at least"."""
    share = words.amount(usage.adoption, "share")
    if usage.days == EXACT_DAYS or usage.adoption == 1:
        return share, ""
    return (share, "at least") if usage.active else (words.NOTHING, "")


def idle(usage: OrganisationUsage) -> str:
    """How many seats had no active member; a dash where the active are rounded."""
    return f"{usage.idle:,}" if usage.days == EXACT_DAYS else words.NOTHING


def daily_finding(usage: OrganisationUsage) -> str:
    """How the runs changed: "Runs up 34% on the 30 days before"."""
    if usage.change is None:
        return "Runs a day"
    before = f"the {words.counted(usage.days, 'day')} before"
    if abs(usage.change) < 0.005:
        return f"Runs level with {before}"
    way = "up" if usage.change > 0 else "down"
    return f"Runs {way} {words.change(abs(usage.change)).lstrip('+')} on {before}"


def teams_finding(teams: Sequence[TeamUse]) -> str:
    """Who spends most: "Frontend spent 2,340 of 6,847 credits"."""
    if not teams:
        return "Credits by team"
    most = max(teams, key=lambda each: each.credits)
    return f"{team(most.team)} spent {most.credits:,} of {_all(teams):,} credits"


def teams_note(teams: Sequence[TeamUse], price: float) -> str:
    """That the parts are the whole: "The parts add up to 6,847 credits, $136.94 at $0.02"."""
    credits = _all(teams)
    return (
        f"The parts add up to {credits:,} credits, "
        f"{plain(dollars(credits * price))} at {plain(f'${price:g}')} a credit."
    )


def packages_finding(packages: Sequence[TopPackage]) -> str:
    """The most used: "code-reviewer leads with 1,247 runs by 35+ people"."""
    named = [each for each in packages if each.uid is not None]
    if not named:
        return "Packages"
    first = named[0]
    return f"{first.name} leads with {first.runs:,} runs by {people(first.people)} people"


def members_finding(members: pd.DataFrame, organisation: Headed) -> str:
    """How many there are: "52 members, on 50 seats"."""
    many = words.counted(len(members), "member")
    return f"{many}, on {words.counted(organisation.seats, 'seat')}"


def leaderboard_finding(listed: Sequence[Listed]) -> str:
    """Who is first: "john_dev leads, of 23 who agreed to be listed"."""
    if not listed:
        return "Leaderboard"
    return f"{listed[0].username} leads, of {len(listed):,} who agreed to be listed"


def _all(teams: Sequence[TeamUse]) -> int:
    return sum(each.credits for each in teams)

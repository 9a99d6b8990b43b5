"""What a report says, in words: the same for HTML and for PDF, and all of it text."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from analytics.community.assumptions import ASSUMPTIONS, CASES
from analytics.community.organisation import EXACT_DAYS, TeamUse, TopPackage
from analytics.community.published import OTHER
from analytics.community.report.asking import Report
from analytics.community.report.recommending import recommendations
from analytics.community.report.wording import cents, money, times
from analytics.community.roi import hours_saved
from analytics.one_page import NONE, Page, Row, Table, Tile, shortened

MOST_TEAMS, MOST_PACKAGES = 7, 5
UNNAMED = {"": "Unassigned", OTHER: "Other"}


def page_of(report: Report) -> Page:
    """The report in words; without a published day it says so and has nothing else."""
    usage = report.usage
    title = f"{shortened(usage.organisation.name)}: usage and return"
    made = f"made on {report.made_at:%-d %B %Y at %H:%M} ({usage.organisation.zone})"
    if not usage.days or usage.start is None or usage.end is None:
        return Page(title, f"No day is published yet; {made}", report.made_at)
    last = usage.end - timedelta(days=1)
    return Page(
        title,
        f"{usage.start:%-d %B %Y} to {last:%-d %B %Y}, {usage.days} whole days; {made}",
        report.made_at,
        _tiles(report),
        (_returns(report), _assumptions(report), _teams(report), _packages(report)),
        recommendations(report),
        _notes(report),
    )


def _tiles(report: Report) -> tuple[Tile, ...]:
    usage, likely = report.usage, report.estimate.likely
    seats = usage.organisation.seats
    exact = usage.days == EXACT_DAYS
    more, least = ("", "") if exact else ("+", "at least ")
    active = f"{usage.active:,}{more} {'on' if usage.active > seats else 'of'} {seats:,}"
    return (
        Tile("Active members", active, f"{least}{usage.adoption:.0%} adoption"),
        Tile("Runs", f"{usage.totals.n:,}", _change(usage.change, usage.days)),
        Tile("Hours saved", f"{likely.hours:,}", f"worth {money(likely.value)}"),
        Tile("Cost", money(likely.cost), f"{usage.totals.credits:,} credits used"),
        Tile("Benefit / cost", times(likely.benefit_per_cost), _span(report)),
    )


def _change(change: float | None, days: int) -> str:
    if change is None:
        return "change not known"
    return f"{change:+.0%} on the {days} days before"


def _span(report: Report) -> str:
    low, high = report.estimate.low, report.estimate.high
    return f"{times(low.benefit_per_cost)} to {times(high.benefit_per_cost)}"


def _returns(report: Report) -> Table:
    cases = [getattr(report.estimate, case) for case in CASES]
    rows = (
        ("Hours saved", *(f"{case.hours:,}" for case in cases)),
        ("Value", *(money(case.value) for case in cases)),
        ("Cost", *(money(case.cost) for case in cases)),
        ("Benefit / cost", *(times(case.benefit_per_cost) for case in cases)),
        ("ROI", *(times(case.roi) for case in cases)),
    )
    return Table("Return", ("", "Low", "Likely", "High"), rows)


def _assumptions(report: Report) -> Table:
    rows = tuple(
        (f"{ASSUMPTIONS[key].label}, {ASSUMPTIONS[key].unit}", *(f"{each:g}" for each in span))
        for key, span in report.assumed.items()
    )
    return Table("Assumed", ("", "Low", "Likely", "High"), rows)


def _teams(report: Report) -> Table:
    usage, price = report.usage, report.assumed["credit_price"].likely
    rows = [
        (name, people, f"{runs:,}", f"{credits:,}", cents(credits * price))
        for name, people, runs, credits in _folded(usage.teams)
    ]
    totals, exact = usage.totals, usage.days == EXACT_DAYS
    people = f"{usage.active:,}" if exact else _people(usage.active)
    total = ("All", people, f"{totals.n:,}", f"{totals.credits:,}")
    head = ("Team", "People", "Runs", "Credits", "Credit value")
    return Table("Cost by team", head, (*rows, (*total, cents(totals.credits * price))))


def _folded(teams: Sequence[TeamUse]) -> Iterator[tuple[str, str, int, int]]:
    """The first teams, and all others in one row, so that they add up."""
    for team in islice(teams, MOST_TEAMS):
        yield _team(team.team), _people(team.people), team.runs, team.credits
    more = teams[MOST_TEAMS:]
    if more:
        runs, credits = sum(team.runs for team in more), sum(team.credits for team in more)
        yield f"{len(more)} more", NONE, runs, credits


def _team(name: str) -> str:
    return UNNAMED.get(name) or shortened(name)


def _people(number: int) -> str:
    """A number of people who may be more."""
    return f"{number:,}+" if number else "few"


def _packages(report: Report) -> Table:
    minutes = report.assumed["minutes_saved_per_run"].likely
    named = [each for each in report.usage.packages if each.uid is not None]
    rows = tuple(_package(each, minutes) for each in named[:MOST_PACKAGES])
    head = ("Package", "People", "Runs", "Hours", "Rating")
    return Table("Used most", head, rows)


def _package(each: TopPackage, minutes: float) -> Row:
    hours = f"{hours_saved(each.runs, minutes):,.0f}"
    rating = NONE if each.rating is None else f"{each.rating:.1f} ({each.ratings:,})"
    return shortened(each.name), _people(each.people), f"{each.runs:,}", hours, rating


def _notes(report: Report) -> tuple[str, ...]:
    usage = report.usage
    return (
        f"Counted: runs of packages for {shortened(usage.organisation.name)} on whole days of "
        f"{usage.organisation.zone}; no other filter. Days are told once five people or more stand "
        "behind them. Teams and packages of fewer are in Other, as is what can't be told by team "
        "or package yet. People are rounded down to fives, but for the active members of 30 days.",
        "Active: a member with at least one run. Adoption: active members / seats. Hours saved: "
        "runs x minutes saved a run, in whole hours. Value: hours x hourly rate. Cost: plan + "
        "active members x seat, the most they may be where they are rounded, by months of 30 days. "
        "ROI: (value - cost) / cost.",
        "Low takes the least minutes and rate and the highest prices, high the opposite. Credit "
        "value: credits x credit price; credits are part of the plan, and no further cost.",
    )

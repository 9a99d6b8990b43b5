"""Findings of retention in words; nothing here knows Streamlit."""

from datetime import date, datetime, timedelta

import pandas as pd

from analytics.filters import Filters
from analytics.product.retention import ANYTHING, Doing, Terms, milestones, on_weekdays
from ui.words import plain

AFTER = {"day": 7, "week": 1, "month": 1}  # the interval that a title speaks of
SETTLING = timedelta(days=28)  # in which those who were there already have come by
DEFINITION = (
    "A cohort is everybody who starts in the same calendar {grain} of the project's zone. Interval "
    "N is the Nth {grain} after it. The average is weighted by the size of the cohorts and counts "
    "only those old enough to have reached N. {start} {back}"
)
FIRST_EVER = "A start is the first one ever, also if it lies before the range."
EACH_START = "A start is each one: somebody is in a cohort for every {grain} with a start."
ON = "Back is who returns in interval N itself."
OR_LATER = "Back is who returns in interval N or any that follows; these shares can still grow."
CELLS = "Outlined with dashes: an interval that is not over, or that the range cuts."
NO_IDS = (
    "This project stores no ids, so nobody is recognised on another day: there is no retention, no "
    "lifecycle and no stickiness to show. Its clients report how many different people there are "
    "in each day, week and month: see Active users on the Trends page."
)


def definition(terms: Terms, grain: str) -> str:
    """What the numbers mean, on these terms."""
    start = EACH_START.format(grain=grain) if terms.recurring else FIRST_EVER
    back = OR_LATER if terms.or_later else ON
    return DEFINITION.format(grain=grain, start=start, back=back)


def finding(averages: pd.DataFrame, terms: Terms, grain: str, by: str | Doing | None) -> str:
    """What the curves show: "Of new users, 31% are back after a week"."""
    number = spoken_of(averages, grain)
    if number is None:
        return "Nobody who started in this range has been here long enough to be back"
    at = averages[averages["interval"] == number].set_index("series")["share"]
    if isinstance(by, Doing) and {"Did it", "Did not"} <= set(at.index) and at["Did not"] > 0:
        often = f"{at['Did it'] / at['Did not']:.1f} times as often"
        return f"Who did {named(by)} at the start is back {often} {after(number, grain)}"
    later = " or later" if terms.or_later else ""
    return f"Of {starters(terms)}, {at['All']:.0%} {return_(terms)} {after(number, grain)}{later}"


def spoken_of(averages: pd.DataFrame, grain: str) -> int | None:
    """The interval that a title speaks of: the usual one, or the last that anybody has reached."""
    reached = averages.loc[averages["series"] == "All", "interval"]
    reached = reached[(reached > 0) & (reached <= AFTER[grain])]
    return int(reached.max()) if len(reached) else None


def starters(terms: Terms) -> str:
    """Who is in the cohorts: "new users" · "those who did export for the first time"."""
    if terms.start == ANYTHING:
        return "active users" if terms.recurring else "new users"
    first = "" if terms.recurring else " for the first time"
    return f"those who did {named(terms.start)}{first}"


def return_(terms: Terms) -> str:
    """What being back is: "are back" · "do export"."""
    return "are back" if terms.back == ANYTHING else f"do {named(terms.back)}"


def after(number: int, grain: str) -> str:
    """The interval: "after a week" · "after 3 days" · "in the month after"."""
    if grain == "day":
        return "after a week" if number == 7 else f"after {_count(number, 'day')}"
    return f"in the {grain} after" if number == 1 else f"after {_count(number, grain)}"


def named(doing: Doing) -> str:
    """What is done, as Markdown shows it unchanged."""
    return plain(doing.subject or doing.event)


def cohort_finding(averages: pd.DataFrame, cells: pd.DataFrame, grain: str) -> str:
    """The title of the table of cohorts: which of them stayed best."""
    number = spoken_of(averages, grain)
    ripe = cells[(cells["series"] == "All") & cells["ripe"] & (cells["interval"] == number)]
    ripe = ripe.dropna(subset="share")
    if len(ripe) < 2 or number is None:
        return "Cohorts"
    best = ripe.sort_values("share", kind="stable").iloc[-1]
    when = best["cohort"].strftime("%b %Y" if grain == "month" else "%-d %b")
    of = "from the week of" if grain == "week" else "of"
    return f"The cohort {of} {when} stayed best: {best['share']:.0%} {after(number, grain)}"


def milestone_finding(averages: pd.DataFrame, grain: str) -> str:
    """The first interval against the last of the table: "31% are back on day 1, 15% on day 14"."""
    table = milestones(averages[averages["series"] == "All"], grain)
    known = table.drop(columns=["series", "size"]).dropna(axis="columns")
    if table.empty or known.shape[1] < 2:
        return "After some time"
    shares, names = known.iloc[0].tolist(), known.columns.tolist()
    at = "on" if grain == "day" else "in"
    early = f"{shares[0]:.0%} are back {at} {grain} {names[0]}"
    return f"{early}, {shares[-1]:.0%} {at} {grain} {names[-1]}"


def beginning(since: datetime | None, filters: Filters) -> str:
    """A warning where the range reaches back to the beginning: there everybody was new."""
    day = since.astimezone(filters.tz).date() if since else date.min
    if filters.start >= day + SETTLING:
        return ""
    began = f"{day.day} {day:%b %Y}"
    return f"Recording began on {began}: who was there already counts as new in the weeks after."


def curve_note(cells: pd.DataFrame, grain: str, *, broken_down: bool) -> str:
    """What no legend says, and what the days of the week do."""
    told = "" if broken_down else "Pale: single cohorts."
    shares = on_weekdays(cells, AFTER["day"]) if grain == "day" else None
    if not shares:
        return told
    weekdays, weekend = (f"{share:.1%}" for share in shares)
    return f"{told} Started Monday to Friday: {weekdays} after a week; on a weekend: {weekend}."


def _count(number: int, what: str) -> str:
    return f"a {what}" if number == 1 else f"{number} {what}s"

"""Errors in words: what a reader should worry about first, and what is known of one."""

from datetime import datetime

import pandas as pd

from analytics.operations.errors.detail import ErrorGroup
from analytics.operations.errors.listing import MOST, PRESSING
from analytics.operations.errors.standing import ErrorStanding
from ui import words

LISTED = (
    "Failures with the same type, place and message are one error, whatever numbers, names in "
    "quotes and paths the message has. People are counted where they are known. Filters on "
    "dimensions don't apply."
)
COURSE = "Events that went wrong, and events that are errors themselves, by day."
RATE = "Of the events of the last 24 hours, those that went wrong."
OPEN = "Errors that nobody has resolved or ignored, whenever they failed."
RELEASES = "In which versions of the product it failed in this range."
SAMPLES = (
    "The latest raw events of this error, of its last hour, without whom they met. What is "
    "personal in their texts is masked."
)
SEARCH = (
    "Each word is part of its message, type, event or subject. A number of 16 digits, as addresses "
    "have it, opens that error."
)
NEWS = (
    "Back: it was resolved, and failed again. New: first seen in this range. Growing: on the days "
    "of the range that are over it failed half as often again as on as many before, and more than "
    "chance explains."
)
CHANGE = "Failures of the days that are over, against as many days before."
NONE = {
    PRESSING: "Nothing is new, came back or grows in this range.",
    "open": "No open error failed in this range.",
    "resolved": "No error that is resolved failed in this range.",
    "ignored": "No error that is ignored failed in this range.",
}
LESS = "Errors that go on as before are under Open."
TEACHING = (
    "No failure yet. Send what goes wrong as an event named `error`, or any event with "
    "`success: false`; a `message` in its properties tells one error from another:"
)
STATES = {"open": "Open", "resolved": "Resolved", "ignored": "Ignored"}
LISTS = {PRESSING: "For review", **STATES}
UNKNOWN = "No error has this number. Choose one of the list."
RELEASE = "Empty: it is cured wherever it runs, from now on."


def finding(errors: pd.DataFrame, state: str, text: str = "") -> str:
    """What to worry about: "2 of 9 errors came back and 3 are new", or the most frequent one."""
    if errors.empty:
        return "Nothing found" if text else NONE[state].rstrip(".")
    told = _news(errors)
    if told and state in (PRESSING, "open"):
        number, _, did = told[0].partition(" ")
        many = words.counted(len(errors), "error")
        all_of_them = state == PRESSING and len(told) == 1
        return words.listing([f"{many if all_of_them else f'{number} of {many}'} {did}", *told[1:]])
    first = errors.iloc[int(errors["n"].argmax())]
    return f"{first['title']} failed most often: {words.counted(int(first['n']), 'time')}"


def _news(errors: pd.DataFrame) -> list[str]:
    """How many came back, are new and grow; each error counts once, as the first it is."""
    back, new, growing = (errors[name] for name in ("is_back", "is_new", "is_growing"))
    counts = [int(each.sum()) for each in (back, new & ~back, growing & ~new & ~back)]
    verbs = ("came back", "is new" if counts[1] == 1 else "are new",
             "grows" if counts[2] == 1 else "grow")  # fmt: skip
    return [f"{n:,} {verb}" for n, verb in zip(counts, verbs, strict=True) if n]


def none(state: str, text: str) -> str:
    """What an empty list says, and where there may be more; fit for Markdown."""
    if text:
        more = " There may be one under Open." if state == PRESSING else ""
        return (
            f"No error of this list is called \u201c{words.plain(text)}\u201d in this range.{more}"
        )
    return LESS if state == PRESSING else "Choose a wider range, or another list."


def note(errors: pd.DataFrame) -> str:
    """How to open one, and whether there may be more than are listed."""
    most = f"The first {MOST:,} are listed. " if len(errors) == MOST else ""
    return f"{most}Click on a row to open an error."


def before(standing: ErrorStanding) -> str:
    """The rate of the 24 hours before: "0.8% the day before"; nothing where nobody tried."""
    rate = standing.before
    return "" if rate is None else f"{words.amount(rate, 'share')} the day before"


def course(days: pd.DataFrame) -> str:
    """How many failed in all, and on which day most: "1,204 failures, most of them on 3 Mar"."""
    total = int(days["n"].sum())
    if not total:
        return "No failures"
    worst = days.iloc[int(days["n"].argmax())]
    share = worst["n"] / total
    when = f"{worst['period']:%-d %b}"
    if share > 0.5:
        return f"{words.counted(total, 'failure')}, most of them on {when}"
    return f"{words.counted(total, 'failure')}, up to {worst['n']:,} a day on {when}"


def releases(found: pd.DataFrame) -> str:
    """Where it fails: "Fails in 2.1 alone", "Fails in 4 versions, most in 2.1"."""
    if found.empty:
        return "It did not fail in this range"
    most = found.iloc[int(found["n"].argmax())]["release"]
    if len(found) == 1:
        return f"Fails in {most} alone"
    return f"Fails in {len(found):,} versions, most in {most}"


def state(group: ErrorGroup, now: datetime) -> str:
    """What was decided, and what became of it, in a sentence."""
    if group.state == "open" and group.regressed_at:
        return f"It was resolved, and came back {words.ago(group.regressed_at, now)}."
    if group.state == "resolved":
        where = f" in {words.plain(group.resolved_release)}" if group.resolved_release else ""
        return f"Resolved{where} {words.ago(group.resolved_at, now)}; it opens again if it fails."
    if group.state == "ignored":
        return "Ignored: it stays off the list, however often it fails."
    return "Nobody has decided about it yet."


def place(group: ErrorGroup) -> str:
    """What failed: type, event and subject, as far as they are known."""
    parts = (group.error_type, group.name, group.subject)
    return " · ".join(words.plain(part) for part in parts if part)


def release(version: str) -> str:
    """The release of a first or last failure: "in 2.1"; nothing where it is not known."""
    return f"in {words.plain(version)}" if version else ""

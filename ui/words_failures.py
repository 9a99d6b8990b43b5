"""Errors in words: what a reader should worry about first, and what is known of one."""

from datetime import datetime

import pandas as pd

from analytics.operations.errors.detail import ErrorGroup
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
NONE = {
    "open": "No open error failed in this range.",
    "resolved": "No error that is resolved failed in this range.",
    "ignored": "No error that is ignored failed in this range.",
}
TEACHING = (
    "No failure yet. Send what goes wrong as an event named `error`, or any event with "
    "`success: false`; a `message` in its properties tells one error from another:"
)
STATES = {
    "open": ("Open", "orange", "error"),
    "resolved": ("Resolved", "green", "check_circle"),
    "ignored": ("Ignored", "gray", "visibility_off"),
}
UNKNOWN = "No error has this number. Choose one of the list."
RELEASE = "Empty: it is cured wherever it runs, from now on."


def finding(errors: pd.DataFrame, state: str) -> str:
    """What to worry about: "2 of 9 errors came back and 3 are new", or the most frequent one."""
    if errors.empty:
        return NONE[state].rstrip(".")
    back, new = int(errors["is_back"].sum()), int(errors["is_new"].sum())
    told = [f"{back:,} came back"] if back else []
    told += [f"{new:,} {'is' if new == 1 else 'are'} new"] if new else []
    if told and state == "open":
        number, _, did = told[0].partition(" ")
        of_all = f"{number} of {words.counted(len(errors), 'error')} {did}"
        return words.listing([of_all, *told[1:]])
    first = errors.iloc[0]
    return f"{first['title']} failed most often: {words.counted(int(first['n']), 'time')}"


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

"""Surveys in words: whom they are for, how long they run, and how many answered."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from db.errors import BadSurvey
from db.questions import Question, checked_questions
from ui import words

HELP = (
    "Shown and answered are counted in the range, and for the segment that is chosen above; "
    "other filters don't apply here. The response rate is answered / shown."
)
TEACHING = (
    "Nothing has been asked yet. A survey is shown inside your product, to one person at a time "
    "and at most once in its quiet time; the answers appear under Feedback."
)
NOBODY = "This project keeps no ids of people, so that nobody can be asked."
BUILDING = "Questions, whom to ask them, and when. It is shown by your product: see the widget."
QUIET = "Whoever was shown any survey of this project is left in peace for so long."
EVENT = "The moment to ask: your product names what has just happened. Empty: at any time."
ROLE = "Only who your product says has this role. Empty: everybody."
SAMPLE = "Always the same people of a survey, drawn by chance."


def finding(surveys: pd.DataFrame) -> str:
    """What the list says: how many run, and the share of all that answered."""
    running = int((surveys["state"] == "running").sum())
    runs = {0: "No survey runs", 1: "One survey runs"}.get(running, f"{running} surveys run")
    shown, answered = int(surveys["shown"].sum()), int(surveys["answered"].sum())
    if not shown:
        return runs
    return f"{runs}; {words.amount(answered / shown, 'share')} of {shown:,} shown were answered"


def audience(survey: Mapping[Hashable, Any]) -> str:
    """For whom and when: "25.0% of the members of Payers with the role admin, after checkout"."""
    if survey["segment"] == "":
        return "Nobody: its segment was deleted"
    segment = None if _missing(survey["segment"]) else words.plain(survey["segment"])
    whom = f"members of {segment}" if segment else "people"
    share = survey["sample"]
    part = f"{share:.0%} of {whom}" if share < 1 else (whom if segment else "everybody")
    role = f" with the role {words.plain(survey['role'])}" if survey["role"] else ""
    event = f", just after {words.plain(survey['event'])}" if survey["event"] else ""
    return part[0].upper() + part[1:] + role + event


def quiet(days: int) -> str:
    """How long whoever saw a survey is left in peace."""
    if not days:
        return "each time it fits"
    return f"once in {'a day' if days == 1 else f'{days:,} days'}"


def lasts(survey: Mapping[Hashable, Any]) -> str:
    """From when until when it runs."""
    begin, end = (_day(survey[name]) for name in ("starts_at", "ends_at"))
    if survey["state"] == "over":
        return f"{begin} to {end}"
    verb = "Runs since" if survey["state"] == "running" else "Begins"
    return f"{verb} {begin}{f', until {end}' if end else ''}"


def _day(moment: pd.Timestamp) -> str:
    return "" if _missing(moment) else f"{moment.day} {moment:%b %Y}"


def _missing(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def gap(questions: tuple[Question, ...]) -> str:
    """What the questions lack to be asked, "" for nothing."""
    try:
        checked_questions(questions)
    except BadSurvey as error:
        return str(error)
    return ""

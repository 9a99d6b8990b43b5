"""Sessions in words: where visits begin and end, how long they last, and how they are told."""

import pandas as pd

from analytics.product.sessions.report import SessionReport
from ui.words_journeys import visits

TOLD = "Visits are told by the session id that clients send"
CUT = (
    "{cut:,} of {total:,} visits came without a session id: they are told by pauses of 30 minutes, "
    "and not in the metric Sessions on other pages."
)
ANONYMOUS = "This project keeps no ids: only visits with a session id of their own are told apart."
NO_SESSIONS = (
    "No visit was recorded in this range with these filters. Visits are told by the session id "
    "that clients send; without one, by the pauses of people who have an id. Servers and command "
    "lines have none."
)
END = {
    "entries": "The first event of a visit.",
    "exits": "The last event of a visit.",
}
ENDS = (
    "What visits begin and end with. The bounce rate is the share of the visits that begin with "
    "it and end there at once, without a second event."
)
BY_VALUE = "Visits by what their first event says; each counts once."
ENOUGH = 0.01  # of all visits must begin somewhere before its bounce rate is worth a title
LENGTHS = "From the first event of a visit to its last. A visit of one event has no length."


def told(report: SessionReport) -> str:
    """How the visits of the report were told apart."""
    total = int(report.lengths["sessions"].sum())
    return CUT.format(cut=report.cut, total=total) if report.cut else f"{TOLD}."


def labelled(ends: pd.DataFrame, count: str, limit: int = 10) -> pd.DataFrame:
    """The kinds with the most of `count`, with `label` (str): the subject, or the name."""
    top = ends.sort_values(count, ascending=False, kind="stable").head(limit)
    top = top[top[count] > 0]
    label = top["subject"].where(top["subject"] != "", top["name"])
    twice = label.duplicated(keep=False)
    return top.assign(label=label.where(~twice, label + " (" + top["name"] + ")"))


def end_finding(top: pd.DataFrame, part: str) -> str:
    """Where most visits begin or end: "Half of visits end on pricing"."""
    share, verb, otherwise = {
        "entries": ("entry_share", "begin with", "Where visits begin"),
        "exits": ("exit_share", "end on", "Where visits end"),
    }[part]
    if top.empty:
        return otherwise
    return f"{visits(top[share].iloc[0])} {verb} {top['label'].iloc[0]}"


def bounce_finding(ends: pd.DataFrame) -> str:
    """Where most visits bounce, of what at least some begin with."""
    many = labelled(ends[ends["entry_share"] >= ENOUGH], "bounce_rate")
    if many.empty:
        return "Where visits begin and end"
    first = many.iloc[0]
    return f"{first['bounce_rate']:.0%} of visits that begin with {first['label']} end there"


def length_finding(lengths: pd.DataFrame) -> str:
    """How long most visits last: "38% of visits last 5 to 15 min"."""
    if not lengths["sessions"].sum():
        return "How long visits last"
    most = lengths.sort_values("sessions", ascending=False, kind="stable").iloc[0]
    name = most["length"][0].lower() + most["length"][1:]
    verb = "have" if name == "one event" else "last"
    return f"{visits(most['share'])} {verb} {name}"


def value_finding(by_value: pd.DataFrame, label: str) -> str:
    """Which value of a dimension most visits have: "Two thirds of visits are web, by platform"."""
    if by_value.empty:
        return f"Visits by {label.lower()}"
    first = by_value.iloc[0]
    return f"{visits(first['share'])} are {first['series']}, by {label.lower()}"

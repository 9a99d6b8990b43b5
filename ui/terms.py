"""The choices of retention and lifecycle: what counts as a start and as being back, and intervals.

Events are written in the address as their name, or name and subject with the sign between them, so
that a link says the same in every language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.product.retention import ANYTHING, Doing, Terms
from ui.filters import LABELS, NO_BREAKDOWN
from ui.remembering import remembered

ANY = "any event"
BETWEEN = " \u00b7 "
AUTO = "auto"
MOST_WEEKS = 200  # days of a range that "auto" still divides into weeks
MOST_DAYS = 92  # days that can be told apart in a chart
INTERVALS = {AUTO: 3_700, "day": MOST_DAYS, "week": 644, "month": 3_700}  # each up to so many days
FIRST, EACH = "first time", "every time"
ON, OR_LATER = "on", "on or after"
DID = "What they did first"


@remembered
def doings(kinds: pd.DataFrame) -> Mapping[str, Doing]:
    """What somebody may have done, by how it is called: any event, names, names with subjects."""
    pairs = sorted(zip(kinds["name"].tolist(), kinds["subject"].tolist(), strict=True))
    return MappingProxyType(
        {ANY: ANYTHING}
        | {name: Doing(name) for name, _ in pairs}
        | {name + BETWEEN + subject: Doing(name, subject) for name, subject in pairs if subject}
    )


def choose_doing(label: str, key: str, known: Mapping[str, Doing], help: str) -> Doing:
    """Draw the choice of something done."""
    chosen = st.selectbox(label, list(known), key=key, bind="query-params", width=160, help=help)
    return known[chosen]


def choose_interval(filters: Filters, by_day: int) -> Filters:
    """Draw the choice of days, weeks or months; the same filters by it.

    By default it depends on the range: days up to `by_day` of them, then weeks, then months.
    """
    fitting = [name for name, days in INTERVALS.items() if filters.days <= days]
    chosen = st.segmented_control(
        "By", fitting, default=AUTO, key="interval", bind="query-params", required=True
    )
    return replace(filters, grain=_usual(filters.days, by_day) if chosen == AUTO else chosen)


def daily(filters: Filters) -> Filters:
    """The same filters by day, where the days of the range can be told apart."""
    return replace(filters, grain="day") if filters.days <= MOST_DAYS else filters


def choose_terms(known: Mapping[str, Doing]) -> Terms:
    """Draw the choices that make up the terms of a retention question."""
    start = choose_doing("Start", "start", known, "What puts somebody into a cohort.")
    back = choose_doing("Back", "back", known, "What counts as being back.")
    each = _choose("Count", (FIRST, EACH), "count", "The first start ever, or every one.")
    later = _choose("When", (ON, OR_LATER), "when", "Back in just that interval, or also later.")
    return Terms(start, back, recurring=each == EACH, or_later=later == OR_LATER)


def choose_split(known: Mapping[str, Doing]) -> str | Doing | None:
    """Draw the choice of a breakdown: by a dimension at the start, or by what was done first."""
    dimensions = {label: name for name, label in LABELS.items()}
    options = [NO_BREAKDOWN, *dimensions, DID]
    label = st.selectbox(
        "Broken down by",
        options,
        key="split",
        bind="query-params",
        width=155,
        help="The value at the start. Of several on the day of the start, the one seen first.",
    )
    if label != DID:
        return dimensions.get(label)
    done = choose_doing("Did", "did", known, "Done in the same interval as the start, or not.")
    return None if done == ANYTHING else done


def name_of(doing: Doing) -> str:
    """How something done is called: "export" for a subject, else the event's name."""
    return doing.subject or doing.event


def _choose(label: str, options: Sequence[str], key: str, help: str) -> str:
    return st.selectbox(label, options, key=key, bind="query-params", width=130, help=help)


def _usual(days: int, by_day: int) -> str:
    if days <= by_day:
        return "day"
    return "week" if days <= MOST_WEEKS else "month"

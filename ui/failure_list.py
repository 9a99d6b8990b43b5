"""The list of errors on their page: what is searched for, in which state, and how all do."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.operations.errors.listing import LONGEST, PRESSING, error_groups_sql
from analytics.operations.errors.metrics import NEW_ERRORS, REGRESSED_ERRORS
from analytics.operations.errors.standing import ErrorStanding
from analytics.showing import shown
from db.error_groups import fingerprint_of, name_of
from ui import words
from ui import words_failures as told
from ui.cards import table_card
from ui.frame import enter
from ui.snippets import NO_KEY, snippet
from ui.tiles import Figure, figures

ASKED, STATE = "error", "error_state"
WHEN = "D MMM YYYY, HH:mm"
NUMBER = 16  # digits
SEARCHED = "errors_searched"  # what was searched for before an error was opened
ERRORS: Mapping[str, Any] = {
    "mark": st.column_config.TextColumn("News", width=70, help=told.NEWS),
    "n": st.column_config.NumberColumn("Times", help="In this range", format="localized"),
    "title": st.column_config.TextColumn("Error", width="medium"),
    "people": st.column_config.NumberColumn("People", help="In this range", format="localized"),
    "change": st.column_config.NumberColumn("Change", help=told.CHANGE, format="percent"),
    "last_seen": st.column_config.DatetimeColumn("Last seen", format=WHEN),
    "first_seen": st.column_config.DatetimeColumn("First seen", format=WHEN),
    "error_type": st.column_config.TextColumn("Type"),
    "name": st.column_config.TextColumn("Event"),
    "subject": st.column_config.TextColumn("Subject"),
    "first_release": st.column_config.TextColumn("First version"),
    "last_release": st.column_config.TextColumn("Last version"),
}


def draw_standing(standing: ErrorStanding) -> None:
    """The last 24 hours in key figures."""
    figures(
        {
            "Error rate, 24 h": Figure(
                words.amount(standing.rate, "share"), told.RATE, told.before(standing)
            ),
            "Failures, 24 h": Figure(words.amount(standing.failures, ""), told.RATE),
            "New, 24 h": Figure(words.amount(standing.new, ""), NEW_ERRORS.definition),
            "Came back, 24 h": Figure(
                words.amount(standing.regressed, ""), REGRESSED_ERRORS.definition
            ),
            "Open": Figure(words.amount(standing.open, ""), told.OPEN),
        }
    )


def ask_for() -> str:
    """Draw the field for what an error is called, or for its number, which is in the address."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        asked: str = st.text_input(
            "Error",
            key=ASKED,
            bind="query-params",
            max_chars=LONGEST,
            placeholder="Message, type, event, place or number",
            help=told.SEARCH,
            label_visibility="collapsed",
            icon=":material/search:",
            width=340,
        )
        if is_number(asked):
            st.button("All errors", icon=":material/arrow_back:", type="tertiary", on_click=_close)
    return asked.strip()


def is_number(asked: str) -> bool:
    """Whether it is the number of an error, as addresses have it."""
    return len(asked.strip()) == NUMBER and fingerprint_of(asked) is not None


def choose_state() -> str:
    """Draw the choice of a state, which is in the address."""
    labels = {label: state for state, label in told.LISTS.items()}
    chosen = st.segmented_control(
        "Errors",
        list(labels),
        default=told.LISTS[PRESSING],
        key=STATE,
        bind="query-params",
        persist_state="page",
        required=True,
        label_visibility="collapsed",
    )
    return labels[chosen]


def error_list(errors: pd.DataFrame, state: str, text: str, filters: Filters) -> None:
    """The errors of a state, of which a reader may open one; `errors` are those of
    `error_groups`."""
    names = [name_of(number) for number in errors["fingerprint"].tolist()]
    table_card(
        errors.assign(mark=pd.Series(_marks(errors), dtype="object", index=errors.index)),
        title=told.finding(errors, state, text),
        help=told.LISTED,
        name="errors",
        columns=ERRORS,
        note=told.note(errors),
        query=lambda: shown(error_groups_sql(enter("operations"), filters, state, text)),
        empty=told.none(state, text),
        pick=lambda row: None if row is None else _open(names[row]),
    )


def teach(filters: Filters) -> None:
    """How to send a first error."""
    st.markdown(told.TEACHING)
    st.code(snippet("sh", NO_KEY, filters.consent, "error"), language="shell")


def _marks(errors: pd.DataFrame) -> list[str | None]:
    """What is new about each error, in a word."""
    told_of = zip(errors["is_back"], errors["is_new"], errors["is_growing"], strict=True)
    return [
        "Back" if back else "New" if new else "Growing" if growing else None
        for back, new, growing in told_of
    ]


def _open(name: str) -> None:
    """Open an error, and keep in mind what was searched for."""
    st.session_state[SEARCHED] = st.session_state.get(ASKED, "")
    st.session_state[ASKED] = name


def _close() -> None:
    st.session_state[ASKED] = st.session_state.pop(SEARCHED, "")

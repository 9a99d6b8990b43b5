"""Changing what stands on the roadmap: estimates, states, themes, release and merges."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.scope import Viewer
from db.engine import engine
from db.errors import LooplensError
from db.moderating import (
    link_request,
    merge_requests,
    release_request,
    set_request_state,
    withhold_request,
)
from db.roadmap import MOST_EFFORT, Estimate, estimate
from db.tables import REQUEST_STATES
from ui import words_roadmap
from ui.errors import calm
from ui.frame import Ask, enter, forget, renew
from ui.words_roadmap import Row

NO_THEME = "none"
MOST_PAIRS = 10


def change_row(row: Row, themes: pd.DataFrame, filters: Filters, *concerned: Ask) -> None:
    """What can be changed of a row; `concerned` are the questions to ask anew afterwards.

    `themes` are those that a request can be linked to.
    """
    with st.container(border=True, key="card_change"):
        st.subheader("Change it", anchor=False)
        _estimates(row, themes, filters, concerned)
        if row["kind"] == "request":
            _release(row, filters, concerned)


def write(
    project_id: int, work: Callable[[Connection, Viewer], Any], done: str, *asked: Ask
) -> None:
    """Do it in one transaction, say so and draw the page anew; or say what is wrong with it."""
    viewer = enter("feedback")
    with calm():
        try:
            with engine().begin() as conn:
                if viewer.sees(project_id, "feedback"):
                    work(conn, viewer)
        except LooplensError as error:
            st.warning(str(error))
            return
    forget()
    renew(*asked)
    st.toast(done)
    st.rerun()


def offer_merges(pairs: pd.DataFrame, filters: Filters, *concerned: Ask) -> None:
    """Pairs of requests that may be the same, each with a button that makes one of them."""
    with st.container(border=True, key="card_duplicates", gap="xsmall"):
        st.subheader(
            words_roadmap.duplicates_finding(pairs), anchor=False, help=words_roadmap.DUPLICATES
        )
        for row in pairs.head(MOST_PAIRS).to_dict("records"):
            _pair(row, filters, concerned)


def offer_reopening(closed: pd.DataFrame, filters: Filters, *concerned: Ask) -> None:
    """A choice of what was shipped or declined, and a button that opens it again."""
    if closed.empty:
        return
    known = dict(zip(closed["request"].tolist(), closed["title"], strict=True))
    with (
        st.popover("Open one again", icon=":material/undo:", key="reopening"),
        st.form("reopen", border=False),
    ):
        chosen = st.selectbox(
            "Request", list(known), format_func=lambda each: f"{known[each]} (request {each})"
        )
        if not st.form_submit_button("Open it again"):
            return

    def work(conn: Connection, _: Viewer) -> None:
        set_request_state(conn, filters.project_id, int(chosen), "open", datetime.now(UTC))

    write(filters.project_id, work, "Opened again.", *concerned)


def _pair(row: Row, filters: Filters, concerned: tuple[Ask, ...]) -> None:
    source, target = int(row["source_id"]), int(row["target_id"])

    def work(conn: Connection, _: Viewer) -> None:
        merge_requests(conn, filters.project_id, source, target)

    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.markdown(words_roadmap.pair(row), width="stretch")
        if st.button("Merge", key=f"merge_{source}_{target}", icon=":material/merge:"):
            write(filters.project_id, work, "Merged.", *concerned)


def _estimates(
    row: Row, themes: pd.DataFrame, filters: Filters, concerned: tuple[Ask, ...]
) -> None:
    """One form: how a row stands, how long it takes, how sure it is, and its theme."""
    is_request, tag = row["kind"] == "request", f"{row['kind']}_{row['item']}"
    with st.form(f"estimate_{tag}", border=False):
        state, theme = row["state"], None
        if is_request:
            place = REQUEST_STATES.index(row["state"])
            state = st.selectbox(
                "State", REQUEST_STATES, place, key=f"state_{tag}", help=words_roadmap.STATE
            )
            theme = _choose_theme(row, themes, tag)
        with st.container(horizontal=True):
            effort = st.number_input(
                "Effort (person-weeks)",
                0.1,
                MOST_EFFORT,
                _entered(row["effort"]),
                0.5,
                key=f"effort_{tag}",
                placeholder="assumed: 4",
            )
            confidence = st.number_input(
                "Confidence (%)",
                1.0,
                100.0,
                _entered(row["confidence"] * 100),
                5.0,
                key=f"confidence_{tag}",
                placeholder="from n",
            )
        if not st.form_submit_button("Save", icon=":material/save:"):
            return

    def work(conn: Connection, _: Viewer) -> None:
        entered = Estimate(effort, confidence and confidence / 100)
        estimate(conn, filters.project_id, row["kind"], int(row["item"]), entered)
        if is_request:
            link_request(conn, filters.project_id, int(row["item"]), theme)
            if state != row["state"]:
                now = datetime.now(UTC)
                set_request_state(conn, filters.project_id, int(row["item"]), state, now)

    write(filters.project_id, work, "Saved.", *concerned)


def _choose_theme(row: Row, themes: pd.DataFrame, tag: str) -> int | None:
    """Draw the choice of a theme whose comments speak for a request; none is one, too."""
    names = dict(zip(themes["id"].tolist(), themes["name"], strict=True))
    options: list[int | None] = [None, *names]
    place = options.index(row["theme"]) if row["theme"] in names else 0
    return st.selectbox(
        "Theme",
        options,
        place,
        format_func=lambda each: NO_THEME if each is None else names[each],
        key=f"theme_{tag}",
        help="Whose comments speak for it",
    )


def _release(row: Row, filters: Filters, concerned: tuple[Ask, ...]) -> None:
    """A button that lets the public see a request, or only its asker again."""
    public, item = bool(row["released"]), int(row["item"])

    def work(conn: Connection, viewer: Viewer) -> None:
        if public:
            withhold_request(conn, filters.project_id, item)
        else:
            now = datetime.now(UTC)
            release_request(conn, filters.project_id, item, viewer.person_id, now)

    name = "Withhold from the public" if public else "Release to the public"
    icon = ":material/visibility_off:" if public else ":material/public:"
    if st.button(name, icon=icon, key=f"release_{item}", help="Who asked for it always sees it."):
        write(filters.project_id, work, "Withheld." if public else "Released.", *concerned)


def _entered(value: float) -> float | None:
    return float(value) if value == value else None

"""Requests under the ranking: pairs that may be the same, and those that are opened again."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.scope import Viewer
from db.moderating import merge_requests, set_request_state
from ui import words_roadmap
from ui.changes import change_and_rerun, may_release
from ui.frame import Ask
from ui.words_roadmap import Row

MOST_PAIRS = 10


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

    change_and_rerun(filters.project_id, work, "Opened again.", *concerned)


def _pair(row: Row, filters: Filters, concerned: tuple[Ask, ...]) -> None:
    source, target = int(row["source_id"]), int(row["target_id"])

    def work(conn: Connection, viewer: Viewer) -> None:
        releasing = may_release(viewer)
        merge_requests(conn, filters.project_id, source, target, releasing=releasing)

    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.markdown(words_roadmap.pair(row), width="stretch")
        if st.button(
            "Merge",
            key=f"merge_{source}_{target}",
            icon=":material/merge:",
            help=words_roadmap.MERGING,
        ):
            change_and_rerun(filters.project_id, work, "Merged.", *concerned)

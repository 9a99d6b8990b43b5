"""How far back the pages of packages, people and organisations look."""

import streamlit as st

WINDOWS = (7, 30, 90, 365)  # days, as the addresses of the API have them, too


def choose_days() -> int:
    """Draw the choice of a number of days, which is in the address; they end with the latest."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
        chosen: int = st.segmented_control(
            "Days",
            WINDOWS,
            default=30,
            key="days",
            bind="query-params",
            required=True,
            label_visibility="collapsed",
            width="content",
        )
        st.caption("days", width="content")
    return chosen

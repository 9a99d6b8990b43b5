"""How far back the pages of packages, people and organisations look."""

import streamlit as st

WINDOWS = {"7d": 7, "30d": 30, "90d": 90, "365d": 365}  # days, by how the address calls them


def choose_days() -> int:
    """Draw the choice of a number of days, which is in the address; they end with the latest."""
    chosen = st.segmented_control(
        "Days",
        list(WINDOWS),
        default="30d",
        key="days",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
        width="content",
    )
    return WINDOWS[chosen]

"""Was this page helpful: asked in one quiet line at the end of every page."""

import streamlit as st

from db.engine import engine
from db.page_ratings import LONGEST_COMMENT, rate_page
from ui.errors import calm
from ui.frame import enter

WORDS = "helpful_comment_"


@st.fragment
def ask_whether_helpful(page: str) -> None:
    """Thumbs for the page of this path and, after them, room for a few words."""
    with st.container(key="helpful", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Was this page helpful?", width="content")
        thumb = st.feedback("thumbs", key=f"helpful_{page}", on_change=_keep, args=(page,))
        if thumb is None:
            return
        st.text_input(
            "What should be better?" if thumb == 0 else "What helped?",
            key=WORDS + page,
            max_chars=LONGEST_COMMENT,
            placeholder="What should be better?" if thumb == 0 else "What helped? (optional)",
            label_visibility="collapsed",
            on_change=_keep,
            args=(page,),
            width=360,
        )
        st.caption("Thank you.", width="content")


def _keep(page: str) -> None:
    """Keep it when it is said; asks again who says it."""
    viewer, thumb = enter(), st.session_state.get(f"helpful_{page}")
    if thumb is None or viewer.person_id is None:
        return
    words = st.session_state.get(WORDS + page, "")
    with calm(), engine().begin() as conn:
        rate_page(conn, viewer.person_id, page, thumb == 1, words)

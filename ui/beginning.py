"""What a page says while there is nothing to show: what will be there, and how to begin."""

import streamlit as st

from analytics.feedback.breakdowns import distribution
from analytics.feedback.themes import themes_of
from analytics.filters import Filters
from analytics.operations.intake import freshness
from analytics.scope import Viewer
from ui.feedback_more import draw_more
from ui.frame import START, clock, fetch

SURVEYS = "pages/surveys.py"
NO_EVENT = "No event has arrived in this project yet. Once some have, this page shows {shows}."
NOTHING_SAID = (
    "Nobody has said anything in this range with these filters. Ratings, answers and comments come "
    "in over POST /api/v1/feedback and from surveys; the documentation of the API shows how."
)


def wait_for_events(filters: Filters, shows: str) -> None:
    """End the page's run while the project has no event at all; `shows` is what it is for."""
    if not fetch(freshness, filters.project_id, clock(10)).events_total:
        st.info(NO_EVENT.format(shows=shows))
        st.page_link(START, label="Send a first event", icon=":material/code:")
        st.stop()


def wait_for_feedback(viewer: Viewer, filters: Filters) -> None:
    """End the page's run where nobody said anything; what is not about the range stays."""
    if not fetch(distribution, filters, "said")["n"].sum():
        st.info(NOTHING_SAID)
        st.page_link(SURVEYS, label="Ask something in a survey", icon=":material/quiz:")
        if fetch(themes_of, filters.project_id):
            draw_more(viewer, filters)
        st.stop()

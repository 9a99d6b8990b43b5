"""Support: how many ask for help, how soon they get it, what waits, and how content they are."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.operations.support.over_time import support_by_period
from analytics.operations.support.summary import SupportSummary, support_summary
from ui import words, words_support
from ui.filters import current_filters
from ui.frame import ask, enter, fetch_all
from ui.support import course, draw_breakdown, teach
from ui.tiles import figures

enter("operations")
filters = current_filters().of_anybody()
earlier = (filters.whole_days() or filters).previous()
now, before, periods, marks = fetch_all(
    ask(support_summary, filters),
    ask(support_summary, earlier),
    ask(support_by_period, filters),
    ask(annotations_in, filters),
)
if SupportSummary() == now == before:
    teach()
    st.stop()

figures(words_support.tiles(now, before))
st.caption(words.compared(filters))
course(
    periods,
    {"opened": "Opened", "resolved": "Resolved"},
    filters,
    marks,
    title=words_support.load_finding(now),
    metric="tickets",
    name="load",
)
left, right = st.columns(2)
with left:
    course(
        periods,
        {"first_response_minutes": ""},
        filters,
        marks,
        title=words_support.response_finding(now, before),
        metric="first_response",
        name="first_response",
    )
with right:
    course(
        periods,
        {"backlog": ""},
        filters,
        marks,
        title=words_support.backlog_finding(now),
        metric="backlog",
        name="backlog",
    )
draw_breakdown(filters)

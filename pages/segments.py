"""Segments: the project's named sets of people, and a builder of new ones."""

import streamlit as st

from analytics.choices import dimension_values
from analytics.measures.packs import kinds_of
from analytics.segments.asking import segments_of, shares, size_of
from analytics.views import views_of
from ui import words_segments
from ui.conditions import build
from ui.filters import current_filters
from ui.frame import ask, enter, fetch, fetch_all
from ui.segment_changes import keeping
from ui.segments import choices_of, examples, measured, segment_list

enter("product")
filters = current_filters()
kept = fetch(segments_of, filters.project_id)
held, kinds, values, funnels = fetch_all(
    ask(shares, filters, tuple(kept)),
    ask(kinds_of, filters.project_id),
    ask(dimension_values, filters.project_id),
    ask(views_of, filters.project_id, "funnels"),
)
choices = choices_of(kinds, values, funnels, filters)
if filters.anonymous:
    st.info(words_segments.NOBODY)

segment_list(kept, held, filters)

with st.container(border=True, key="card_builder"):
    st.subheader("Build a segment", anchor=False, help="Conditions on people, as of now.")
    lead, rules, result = st.container(), st.container(), st.container()
    with rules:
        draft = build(choices)
    with lead:
        if not draft.rules:
            examples()
    with result:
        measured(draft, None if draft.gap else fetch(size_of, filters, draft), filters)
        keeping(draft, filters.project_id)

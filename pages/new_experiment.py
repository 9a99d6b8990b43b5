"""A new experiment: what is believed, who gets what, what decides, how many people it takes."""

import streamlit as st

from analytics.choices import dimension_values
from analytics.experiments.asking import experiments_of, may_change
from analytics.segments.asking import segments_of
from ui import words_trials as told
from ui.experiments_actions import LOOKING
from ui.experiments_draft import choose_draft
from ui.experiments_fields import draw_audience, draw_idea, draw_variants
from ui.experiments_metrics import draw_metrics
from ui.experiments_power import draw_keeping, draw_plan
from ui.experiments_ready import choices_of
from ui.filters import current_filters
from ui.frame import ask, enter, fetch_all

viewer = enter("product")
filters = current_filters()
experiments, values, segments = fetch_all(
    ask(experiments_of, filters.project_id),
    ask(dimension_values, filters.project_id),
    ask(segments_of, filters.project_id),
)
changing = choose_draft(experiments)
if not may_change(viewer, filters.project_id):
    st.info(LOOKING)
    st.stop()
if filters.anonymous:
    st.info(told.NOBODY)

with st.container(border=True, key="card_idea"):
    st.subheader("What do you believe?", anchor=False)
    draw_idea()
with st.container(border=True, key="card_variants"):
    st.subheader("Who gets what?", anchor=False, help=told.VARIANTS)
    draw_variants()
    draw_audience(values, segments)
with st.container(border=True, key="card_metrics"):
    st.subheader("What decides?", anchor=False, help=told.METRICS)
    metrics = draw_metrics(choices_of(filters))
with st.container(border=True, key="card_plan"):
    st.subheader("How many people does it take?", anchor=False, help=told.PLAN)
    draw_plan(filters, metrics)
draw_keeping(filters, changing)

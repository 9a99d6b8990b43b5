"""Operations: whether to worry, the figures of 24 hours, and what is not as it was."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.operations.errors.over_time import failures_by_day
from analytics.operations.health.reasons import verdict
from analytics.operations.overview import overview
from analytics.operations.requests.measured import LOOPLENS
from analytics.operations.requests.trends import request_trend
from ui import health, operations, words_operations
from ui.cards import text_card
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch, fetch_all
from ui.tiles import figures

viewer = enter("operations")
filters = health.in_few_periods(current_filters())
project = filters.project_id
view = fetch(overview, project, clock(30))
measured = view.measured or LOOPLENS
latency, failed, marks = fetch_all(
    ask(request_trend, measured, filters, ("p95",)),
    ask(failures_by_day, filters),
    ask(annotations_in, filters),
)

text_card(
    words_operations.facts(view),
    title=verdict(view.health),
    help=words_operations.VERDICT,
    name="verdict",
)
figures(words_operations.tiles(view))
operations.draw_links()
left, right = st.columns([2, 3])
with left:
    text_card(
        words_operations.changes(view),
        title="What changed in 24 hours",
        help=words_operations.CHANGES,
        name="changes",
    )
with right:
    operations.draw_alerts(viewer, project, view.open_alerts)
left, right = st.columns(2)
with left:
    operations.draw_latency(viewer, measured, filters, latency, marks)
with right:
    operations.draw_failures(viewer, filters, failed, marks)

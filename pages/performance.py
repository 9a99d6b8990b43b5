"""Performance: how fast requests, pages and AI calls are, and how often they fail."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.operations.requests.ai import ai_by_model, ai_by_model_sql
from analytics.operations.requests.compared import endpoints, standing
from analytics.operations.requests.failing import error_kinds, error_kinds_sql
from analytics.operations.requests.measured import Measured
from analytics.operations.requests.metrics import REQUEST_METRICS
from analytics.operations.requests.spread import latency_spread
from analytics.operations.requests.trends import request_trend
from analytics.showing import shown
from ui import charts, performance, words
from ui import words_performance as told
from ui.cards import chart_card, table_card
from ui.filters import current_filters
from ui.frame import ask, enter, fetch_all
from ui.performance import table_query, trend_query

viewer = enter("operations")
filters = current_filters()
measured, apdex_ms, filters = performance.choose(filters)
loaded = Measured(filters.project_id, "pages")
found, trend, slowest, kinds, bands, pages, models, marks = fetch_all(
    ask(standing, measured, filters, apdex_ms),
    ask(request_trend, measured, filters, performance.FIGURES),
    ask(endpoints, measured, filters, apdex_ms),
    ask(error_kinds, measured, filters),
    ask(latency_spread, measured, filters),
    ask(endpoints, loaded, filters, apdex_ms),
    ask(ai_by_model, filters),
    ask(annotations_in, filters),
)
asked = (viewer, measured, filters, apdex_ms)
performance.tiles(found)
st.caption(f"{words.compared(filters)}. {told.measured_by(measured)}")
performance.teach(measured)

latency = performance.lines(trend)
chart_card(
    charts.line(
        latency, performance.ANSWERING, grain=filters.grain, zone=filters.zone, marks=marks
    ),
    latency,
    title=told.latency(found, filters),
    help=REQUEST_METRICS["request_p95"].definition,
    name="latency",
    note=words.legend(filters, compared=False),
    query=lambda: trend_query(*asked),
    empty=told.NO_REQUEST,
)
performance.draw_rates(found, trend, filters, marks, lambda: trend_query(*asked))
table_card(
    slowest,
    title=told.slowest(slowest, filters, "is"),
    help=told.ENDPOINTS,
    name="endpoints",
    columns=performance.ENDPOINTS,
    query=lambda: table_query(*asked),
    empty=told.NO_REQUEST,
)
left, right = st.columns(2)
with left:
    chart_card(
        charts.spread(bands, bands=told.bands(), grain=filters.grain, zone=filters.zone),
        bands,
        title=told.spread(found),
        help=told.SPREAD,
        name="spread",
        query=lambda: performance.spread_query(viewer, measured, filters),
        empty=told.NO_REQUEST,
    )
with right:
    table_card(
        kinds,
        title=told.kinds(kinds),
        help=told.KINDS,
        name="kinds",
        columns=performance.KINDS,
        query=lambda: shown(error_kinds_sql(viewer, measured, filters)),
        empty=told.NO_KIND if measured.by == "servers" else told.NO_CLIENT_KIND,
    )
performance.draw_pages(pages, filters, lambda: table_query(viewer, loaded, filters, apdex_ms))
performance.draw_models(models, lambda: shown(ai_by_model_sql(viewer, filters)))

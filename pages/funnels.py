"""Funnels: how many come how far, where the others stop, how long it takes, and who they are."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.operations.intake import freshness
from analytics.product.funnels.asking import CONVERSION, abandonment, conversion
from analytics.product.funnels.choices import used_events
from analytics.product.funnels.sql import funnel_sql, series_sql
from analytics.views import views_of
from ui import charts, funnels, words, words_funnels
from ui.cards import chart_card, table_card
from ui.filters import choose_breakdown, choose_grain, current_filters
from ui.frame import ask, clock, enter, fetch, fetch_all
from ui.funnels import statement
from ui.steps import choose_steps, choose_terms, funnel_of, saved_funnels

viewer = enter("product")
filters = current_filters()
if filters.anonymous:
    st.info(words_funnels.NO_IDS)
    st.stop()

used = fetch(used_events, filters)
steps, without = choose_steps(filters, used)
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    terms = choose_terms(without, used)
    by = choose_breakdown()
    filters = choose_grain(filters, CONVERSION)
funnel = funnel_of(steps, terms)
found, views, marks, fresh = fetch_all(
    ask(conversion, filters, funnel, by),
    ask(views_of, filters.project_id, "funnels"),
    ask(annotations_in, filters),
    ask(freshness, filters.project_id, clock(10)),
)
as_of = f"{words.freshness(fresh, clock(1))}."

told = words_funnels.named(found.steps, funnel)
chart_card(
    charts.funnel(told, label="label"),
    told,
    title=words_funnels.finding(found.steps, funnel),
    help=words_funnels.STEPS,
    name="funnel",
    note=f"{words_funnels.apart(found)} {as_of}".strip(),
    query=statement(funnel_sql, viewer, filters, funnel),
)
funnels.offer_segment(filters, funnel)
left, right = st.columns(2)
with left:
    chart_card(
        charts.line(found.series, CONVERSION, grain=filters.grain, zone=filters.zone, marks=marks),
        found.series,
        title=words_funnels.series_finding(found.series, filters.grain),
        help=words_funnels.SERIES,
        name="funnel_series",
        note=f"{words_funnels.DASHED} {as_of}",
        query=statement(series_sql, viewer, filters, funnel),
    )
with right:
    funnels.draw_times(viewer, filters, funnel, found, as_of)
table_card(
    words_funnels.timed(told),
    title="Step by step",
    help=words_funnels.STEPS,
    name="funnel_steps",
    columns=funnels.STEPS,
    query=statement(funnel_sql, viewer, filters, funnel),
)
if by:
    funnels.draw_values(viewer, filters, funnel, found, by)
saved = saved_funnels(views)
if saved:
    funnels.draw_abandonment(viewer, filters, saved, fetch(abandonment, filters, saved))

"""Retention: of those who start, how many are back after days, weeks or months."""

import streamlit as st

from analytics.choices import dimension_values
from analytics.measures.packs import kinds_of
from analytics.operations.intake import freshness
from analytics.product.newcomers import recording_since
from analytics.product.retention import (
    curves,
    curves_sql,
    milestones,
    retention,
    retention_sql,
)
from analytics.showing import shown
from ui import charts, tables, words, words_retention
from ui.beginning import wait_for_events
from ui.cards import chart_card, table_card
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch, fetch_all
from ui.terms import choose_interval, choose_split, choose_terms, doings

viewer = enter("product")
filters = current_filters()
if filters.anonymous:
    st.info(words_retention.NO_IDS)
    st.stop()
wait_for_events(filters, "who comes back, and after how long")

known = doings(fetch(kinds_of, filters.project_id))
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    terms = choose_terms(known)
    filters = choose_interval(filters, by_day=31)
    by = choose_split(known)

cells, values, since, fresh = fetch_all(
    ask(retention, filters, terms, by),
    ask(dimension_values, filters.project_id),
    ask(recording_since, filters),
    ask(freshness, filters.project_id, clock(10)),
)
averages = curves(cells)
grain = filters.grain
definition = words_retention.definition(terms, grain)
as_of = f"{words.freshness(fresh, clock(1))}."

chart_card(
    charts.curves(averages, cells, grain=grain, order=values.get(by, ()) if by else ()),
    averages,
    title=words_retention.finding(averages, terms, grain, by),
    help=definition,
    name="retention",
    note=f"{words_retention.curve_note(cells, grain, broken_down=by is not None)} {as_of}",
    query=lambda: shown(curves_sql(viewer, filters, terms, by)),
)
table_card(
    milestones(averages, grain),
    title=words_retention.milestone_finding(averages, grain),
    help="The weighted average after some intervals, over cohorts that are old enough.",
    name="milestones",
    columns=tables.milestones(grain),
    note=f"{words_retention.beginning(since, filters)} {as_of}",
    query=lambda: shown(curves_sql(viewer, filters, terms, by)),
)
chart_card(
    charts.heat(averages, cells, grain=grain),
    cells,
    title=words_retention.cohort_finding(averages, cells, grain),
    help=definition,
    name="cohorts",
    note=f"{words_retention.CELLS} {as_of}",
    query=lambda: shown(retention_sql(viewer, filters, terms, by)),
)

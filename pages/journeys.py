"""Journeys: what people do before or after something, step by step, and where they leave."""

import streamlit as st

from analytics.measures.packs import kinds_of
from analytics.operations.intake import freshness
from analytics.product.journeys.flow import journeys
from analytics.product.journeys.query import journeys_sql, paths_sql
from analytics.showing import shown
from ui import charts, words, words_journeys
from ui.cards import chart_card, table_card
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch, fetch_all
from ui.journeys import EDGES, PATHS, choose_journey, offer_funnel

viewer = enter("product")
filters = current_filters()
kinds = fetch(kinds_of, filters.project_id)
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    journey = choose_journey(kinds)

flow, fresh = fetch_all(
    ask(journeys, filters, journey), ask(freshness, filters.project_id, clock(10))
)
if not flow.of:
    st.info(words_journeys.NO_SESSIONS)
    st.stop()
nodes = words_journeys.labelled(flow.nodes)

picked = chart_card(
    charts.flow(
        nodes,
        flow.edges,
        start=words_journeys.start_of(journey),
        end=words_journeys.ENDS[journey.end],
        counted="Visits",
    ),
    flow.edges,
    title=words_journeys.finding(flow, journey),
    help=words_journeys.DEFINITION,
    name="journeys",
    note=f"{words_journeys.reach(flow, journey)} {words.freshness(fresh, clock(1))}.",
    query=lambda: shown(journeys_sql(viewer, filters, journey)),
    picks=charts.PICK,
)
offer_funnel(flow, journey, kinds, picked)

table_card(
    words_journeys.paths(flow),
    title=words_journeys.commonest(flow),
    help="The commonest ways from the start to the end, or as far as the steps go.",
    name="paths",
    columns=PATHS,
    query=lambda: shown(paths_sql(viewer, filters, journey)),
)
table_card(
    words_journeys.steps(flow),
    title="Every step as a table",
    help="The bands of the picture: how many visits go from one to the next.",
    name="steps",
    columns=EDGES,
    query=lambda: shown(journeys_sql(viewer, filters, journey)),
)

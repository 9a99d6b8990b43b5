"""Home: what is new, whether events arrive, and how to send a first one."""

import streamlit as st

from analytics.business.summary import headline
from analytics.operations.intake import freshness, intake, intake_sql
from analytics.product.trends import top_subjects
from analytics.scope import FIELDS
from analytics.showing import shown
from ui import charts, words
from ui.cards import chart_card, text_card
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch, fetch_all
from ui.snippets import snippets
from ui.tables import labelled, outcomes

FIGURES = ("actors", "new_actors", "events", "error_rate")

viewer = enter()
filters = current_filters()
total = fetch(freshness, filters.project_id, clock(5)).events_total


@st.fragment(run_every="30s" if total else "3s")
def pulse() -> None:
    """The state of the data, kept current; the page starts over when the first event arrives."""
    fresh = fetch(freshness, filters.project_id, clock(2))
    if fresh.events_total and not total:
        st.rerun()
    st.caption(words.pulse(fresh, clock(1)))


pulse()

if total and not viewer.fields & frozenset(FIELDS):
    st.info("Your role has no figures on this page: they are for those who run the product.")
    st.page_link("pages/my_usage.py", label="My usage", icon=":material/person:")
elif total:
    today = filters.over(filters.today, filters.today + words.ONE_DAY)
    figures, top, sent = fetch_all(
        ask(headline, filters, FIGURES), ask(top_subjects, filters), ask(intake, today)
    )
    left, right = st.columns([3, 2])
    with left:
        text_card(
            words.news(figures, labelled(top), filters),
            title="What is new",
            help="What changed most against the time before.",
            name="news",
        )
    with right:
        chart_card(
            charts.bars(
                outcomes(sent),
                label="outcome",
                value="n",
                label_title="Outcome",
                value_title="Events",
            ),
            sent,
            title="Events today",
            help="What became of everything that was sent today: kept, or dropped and why.",
            name="intake",
            query=lambda: shown(intake_sql(viewer, today)),
        )
else:
    st.subheader("Send your first event", anchor=False)
    st.markdown("Run one of these. This page notices by itself when the event has arrived.")

with st.expander("Send events", expanded=not total, icon=":material/code:"):
    snippets(filters.project_id, filters.consent)

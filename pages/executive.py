"""Executive summary: the figures that matter, the growth of users, what is used, and health."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.business.summary import headline
from analytics.metrics import METRICS
from analytics.operations.intake import freshness
from analytics.product.subjects import top_subjects_sql
from analytics.product.trends import top_subjects, trend, trend_sql
from analytics.showing import shown
from ui import charts, words
from ui.beginning import wait_for_events
from ui.cards import chart_card
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch_all
from ui.tables import labelled
from ui.tiles import tiles

FIGURES = ("actors", "new_actors", "events", "error_rate", "stickiness")
TOP = 8

viewer = enter("business")
filters = current_filters()
wait_for_events(filters, "how many use it, how that changes and what is used most")
figures, growth, top, fresh, marks = fetch_all(
    ask(headline, filters, FIGURES),
    ask(trend, filters, "actors", None),  # word for word as on Trends: one answer serves both
    ask(top_subjects, filters),
    ask(freshness, filters.project_id, clock(10)),
    ask(annotations_in, filters),
)
top = labelled(top.head(TOP))
by_key = {figure.metric.key: figure for figure in figures}
upto = words.freshness(fresh, clock(1))

tiles(figures, filters)

left, right = st.columns([3, 2])
with left:
    actors = METRICS["actors"]
    chart_card(
        charts.line(growth, actors, grain=filters.grain, zone=filters.zone, marks=marks),
        growth,
        title=words.headline_finding(by_key["actors"], filters),
        help=actors.definition,
        name="active_users",
        note=words.legend(filters),
        query=lambda: shown(trend_sql(viewer, filters, "actors")),
    )
with right:
    chart_card(
        charts.bars(
            top, label="label", value="events", label_title="Subject", value_title="Events"
        ),
        top,
        title=words.leader(top),
        help="The subjects with the most events in the range: features, pages, commands.",
        name="top_features",
        query=lambda: shown(top_subjects_sql(viewer, filters, limit=TOP)),
    )

st.caption(words.health(by_key["error_rate"], upto))

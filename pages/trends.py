"""Product trends: any metric over time, broken down, compared, and the subjects behind it."""

import streamlit as st

from analytics.choices import dimension_values
from analytics.operations.intake import freshness
from analytics.product.trends import top_subjects, trend
from ui import charts, words
from ui.cards import chart_card, table_card
from ui.filters import choose_breakdown, choose_grain, choose_metric, current_filters
from ui.frame import ask, clock, enter, fetch_all
from ui.tables import SUBJECTS

enter("product")
filters = current_filters()
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    metric = choose_metric()
    by = choose_breakdown()
    filters = choose_grain(filters, metric)

series, top, fresh, values = fetch_all(
    ask(trend, filters, metric.key, by),
    ask(top_subjects, filters),
    ask(freshness, filters.project_id, clock(10)),
    ask(dimension_values, filters.project_id),
)

chart_card(
    charts.line(
        series, metric, grain=filters.grain, zone=filters.zone, order=values[by] if by else ()
    ),
    series,
    title=words.trend_finding(series, metric, filters),
    help=metric.definition,
    name="trend",
    note=f"{words.legend(filters, compared=by is None)} {words.freshness(fresh, clock(1))}.",
)
table_card(
    top,
    title="Top subjects",
    help="The features, pages, commands and so on with the most events in the range.",
    name="top_subjects",
    columns=SUBJECTS,
)

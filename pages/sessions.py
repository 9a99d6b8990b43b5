"""Sessions: how many visits there are, how long and deep, where they begin and where they end."""

import streamlit as st

from analytics.annotations import annotations_in
from analytics.choices import dimension_values
from analytics.operations.intake import freshness
from analytics.product.sessions.query import ends_sql, lengths_sql, over_time_sql
from analytics.product.sessions.report import session_report
from analytics.showing import shown
from ui import charts, words, words_sessions
from ui.cards import chart_card, table_card
from ui.filters import choose_breakdown, current_filters
from ui.frame import ask, clock, enter, fetch_all
from ui.sessions import ENDS, choose_figure, choose_period, draw_ends, draw_values
from ui.tiles import tiles

viewer = enter("product")
filters = current_filters()
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    figure = choose_figure()
    by = choose_breakdown()
    filters = choose_period(filters)

report, fresh, values, marks = fetch_all(
    ask(session_report, filters, by),
    ask(freshness, filters.project_id, clock(10)),
    ask(dimension_values, filters.project_id),
    ask(annotations_in, filters),
)
if report.lengths["sessions"].sum() == 0:
    st.info(words_sessions.ANONYMOUS if filters.anonymous else words_sessions.NO_SESSIONS)
    st.stop()
series = report.over_time[report.over_time["metric"] == figure.key]

tiles(report.headlines, filters)
chart_card(
    charts.line(
        series,
        figure,
        grain=filters.grain,
        zone=filters.zone,
        order=values[by] if by else (),
        marks=marks,
    ),
    series,
    title=words.trend_finding(series, figure, filters),
    help=figure.definition,
    name="sessions",
    note=f"{words_sessions.told(report)} {words.freshness(fresh, clock(1))}.",
    query=lambda: shown(over_time_sql(viewer, filters, figure.key, by)),
)
draw_ends(viewer, filters, report)
chart_card(
    charts.bars(
        report.lengths, label="length", value="sessions", label_title="", value_title="Visits"
    ),
    report.lengths,
    title=words_sessions.length_finding(report.lengths),
    help=words_sessions.LENGTHS,
    name="lengths",
    query=lambda: shown(lengths_sql(viewer, filters)),
)
draw_values(viewer, filters, report)
table_card(
    report.ends,
    title=words_sessions.bounce_finding(report.ends),
    help=words_sessions.ENDS,
    name="ends",
    columns=ENDS,
    query=lambda: shown(ends_sql(viewer, filters)),
)

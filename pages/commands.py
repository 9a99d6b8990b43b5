"""Commands: what a command line is used for, whether it works, and how it is run."""

from dataclasses import replace

import streamlit as st

from analytics.metrics import METRICS
from analytics.operations.intake import freshness
from analytics.product.adoption import adoption, adoption_sql
from analytics.product.commands import COMMAND_RUN, command_runs
from analytics.product.trends import trend, trend_sql
from analytics.showing import shown
from ui import charts, words, words_adoption
from ui.adoption import COMMANDS
from ui.cards import chart_card, table_card
from ui.commands import draw_failures_and_prompts, draw_parts
from ui.filters import current_filters
from ui.frame import ask, clock, enter, fetch_all

viewer = enter("product")
filters = current_filters()
metric = METRICS["events" if filters.anonymous else "actors"]
about = replace(filters, event=COMMAND_RUN)
found, runs, series, fresh = fetch_all(
    ask(adoption, filters, COMMAND_RUN),
    ask(command_runs, filters),
    ask(trend, about, metric.key),
    ask(freshness, filters.project_id, clock(10)),
)
if found.rows.empty:
    st.info(words_adoption.NO_COMMANDS)
    st.stop()

table_card(
    found.rows.sort_values("uses", ascending=False),
    title=words_adoption.commands_finding(found),
    help=words_adoption.COMMANDS,
    name="commands",
    columns=COMMANDS,
    note=f"{words_adoption.listed(found)} {words.freshness(fresh, clock(1))}.".strip(),
    query=lambda: shown(adoption_sql(viewer, filters, COMMAND_RUN)),
)
chart_card(
    charts.line(series, metric, grain=filters.grain, zone=filters.zone),
    series,
    title=f"Command line: {words.trend_finding(series, metric, filters)}",
    help=metric.definition,
    name="command_users",
    note=words.legend(filters),
    query=lambda: shown(trend_sql(viewer, about, metric.key)),
)
draw_failures_and_prompts(viewer, filters, runs)
draw_parts(viewer, filters, runs)

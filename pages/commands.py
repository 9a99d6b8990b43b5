"""Commands: what a command line is used for, whether it works, and how it is run."""

from dataclasses import replace

import streamlit as st

from analytics.metrics import METRICS
from analytics.operations.intake import freshness
from analytics.product.adoption import adoption, adoption_sql
from analytics.product.commands import COMMAND_RUN, command_runs, command_runs_sql
from analytics.product.trends import trend, trend_sql
from analytics.showing import shown
from ui import charts, words, words_adoption
from ui.adoption import COMMANDS, USES
from ui.cards import chart_card, table_card
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


def of_runs() -> str:
    """The query behind what raw events tell."""
    return shown(command_runs_sql(viewer, filters))


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
note = words_adoption.read_from(runs, filters)
left, right = st.columns(2)
with left:
    chart_card(
        charts.bars(
            runs.errors, label="value", value="failures", label_title="", value_title="Failures"
        ),
        runs.errors,
        title=words_adoption.part_finding(runs.errors, "the failures", "No failures"),
        help=words_adoption.ERRORS,
        name="errors",
        note=note,
        query=of_runs,
    )
with right:
    chart_card(
        charts.bars(
            runs.prompts, label="value", value="runs", label_title="Characters", value_title="Runs"
        ),
        runs.prompts,
        title=words_adoption.prompts_finding(runs),
        help=words_adoption.PROMPTS,
        name="prompts",
        note=note,
        query=of_runs,
    )
parts = {"flags": runs.flags, "formats": runs.formats}
for column, (name, rows) in zip(st.columns(2), parts.items(), strict=True):
    with column:
        table_card(
            rows,
            title=words_adoption.part_finding(rows, "the runs", f"No {name} are sent"),
            help=words_adoption.PARTS[name],
            name=name,
            columns=USES,
            note=note,
            query=of_runs,
        )

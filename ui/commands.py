"""What the latest runs of commands tell: why they fail, after which prompts, how they are run."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from analytics.filters import Filters
from analytics.product.commands import Runs, command_runs_sql
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, words_adoption
from ui.cards import chart_card, table_card

USES: Mapping[str, Any] = {
    "value": st.column_config.TextColumn("Value", pinned=True),
    "runs": st.column_config.NumberColumn("Runs", format="localized"),
    "share": st.column_config.NumberColumn("Of all", format="percent"),
    "error_rate": st.column_config.NumberColumn("Error rate", format="percent"),
}


def draw_failures_and_prompts(viewer: Viewer, filters: Filters, runs: Runs) -> None:
    """The failures by their type, and beside them the lengths of prompts."""
    left, right = st.columns(2)
    note = words_adoption.read_from(runs, filters)
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
            query=lambda: shown(command_runs_sql(viewer, filters)),
        )
    with right:
        chart_card(
            charts.bars(
                runs.prompts,
                label="value",
                value="runs",
                label_title="Characters",
                value_title="Runs",
            ),
            runs.prompts,
            title=words_adoption.prompts_finding(runs),
            help=words_adoption.PROMPTS,
            name="prompts",
            note=note,
            query=lambda: shown(command_runs_sql(viewer, filters)),
        )


def draw_parts(viewer: Viewer, filters: Filters, runs: Runs) -> None:
    """The flags of the runs, and beside them the formats of what they write."""
    parts = {"flags": runs.flags, "formats": runs.formats}
    for column, (name, rows) in zip(st.columns(2), parts.items(), strict=True):
        with column:
            table_card(
                rows,
                title=words_adoption.part_finding(rows, "the runs", f"No {name} are sent"),
                help=words_adoption.PARTS[name],
                name=name,
                columns=USES,
                note=words_adoption.read_from(runs, filters),
                query=lambda: shown(command_runs_sql(viewer, filters)),
            )

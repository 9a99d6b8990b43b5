"""The parts of the Support page."""

from collections.abc import Mapping
from datetime import UTC, datetime
from string import Template
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.measures.cutting import ALL
from analytics.operations.support.breakdowns import By, support_by, support_by_sql
from analytics.operations.support.metrics import SUPPORT_METRICS
from analytics.operations.support.over_time import as_series, support_by_period_sql
from analytics.showing import shown
from ui import charts, words_support
from ui.cards import chart_card, table_card
from ui.frame import ASSETS, enter, fetch
from ui.snippets import NO_KEY, api_address
from ui.tables import share

LABELS: tuple[By, ...] = ("topic", "channel", "priority")
COUNT = "localized"
COLUMNS: Mapping[str, Any] = {
    "label": st.column_config.TextColumn("Tickets by", pinned=True),
    "opened": st.column_config.NumberColumn("Opened", format=COUNT),
    "change": st.column_config.NumberColumn(
        "Change", help="Opened on the days that are over, against the time before", format="percent"
    ),
    "first_response_minutes": st.column_config.NumberColumn(
        "Answer (min)", help="First response, median", format="%.0f"
    ),
    "resolution_hours": st.column_config.NumberColumn(
        "Resolution (h)", help="Median", format="%.1f"
    ),
    "resolved": st.column_config.NumberColumn("Resolved", format=COUNT),
    "csat": share("CSAT", "Ratings of 4 and 5, of all ratings"),
    "rated": st.column_config.NumberColumn("Ratings", format=COUNT),
}


def teach() -> None:
    """What the page will show, and how to send a first ticket."""
    st.info(words_support.TEACH)
    st.markdown(words_support.WAY)
    text = (ASSETS / "snippets" / "first_ticket.sh.txt").read_text()
    opened = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:00Z}"
    told = Template(text).substitute(address=api_address(), key=NO_KEY, opened=opened)
    st.code(told, language="shell")


def course(
    periods: pd.DataFrame,
    named: Mapping[str, str],
    filters: Filters,
    marks: pd.DataFrame,
    *,
    title: str,
    metric: str,
    name: str,
) -> None:
    """Columns of what happened by period as lines, in the unit of a metric."""
    viewer = enter("operations")
    series = as_series(periods, {column: label or ALL for column, label in named.items()})
    of = SUPPORT_METRICS[metric]
    chart_card(
        charts.line(series, of, grain=filters.grain, zone=filters.zone, marks=marks),
        series,
        title=title,
        help=of.definition,
        name=name,
        note=f"Dashed: a {filters.grain} that is not complete.",
        query=lambda: shown(support_by_period_sql(viewer, filters)),
    )


def draw_breakdown(filters: Filters) -> None:
    """Tickets by a label that the reader chooses."""
    viewer = enter("operations")
    by: By = st.segmented_control(
        "Tickets by",
        LABELS,
        default=LABELS[0],
        key="by",
        bind="query-params",
        required=True,
        format_func=str.capitalize,
    )
    found = fetch(support_by, filters, by)
    table_card(
        found,
        title=words_support.breakdown_finding(found, by),
        help="Of each: tickets opened, answered and resolved in the range.",
        name="tickets_by",
        columns=COLUMNS,
        query=lambda: shown(support_by_sql(viewer, filters, by)),
    )

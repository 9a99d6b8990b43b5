"""The choices of the sessions page, where visits begin and end, and what kinds there are."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from analytics.filters import MAX_DAYS, Filters
from analytics.metrics import Metric
from analytics.product.sessions.metrics import SESSION_METRICS
from analytics.product.sessions.query import by_value_sql, ends_sql
from analytics.product.sessions.report import SessionReport
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, words_sessions
from ui.cards import chart_card, table_card
from ui.filters import LABELS

ENDS: Mapping[str, Any] = {
    "subject": st.column_config.TextColumn("Subject", pinned=True),
    "name": st.column_config.TextColumn("Event"),
    "entries": st.column_config.NumberColumn("Begin here", format="localized"),
    "entry_share": st.column_config.NumberColumn("Of all", format="percent"),
    "bounce_rate": st.column_config.NumberColumn(
        "Bounce rate", help="Of the visits that begin here", format="percent"
    ),
    "exits": st.column_config.NumberColumn("End here", format="localized"),
    "exit_share": st.column_config.NumberColumn("Of all ends", format="percent"),
}
BY_VALUE: Mapping[str, Any] = {
    "series": st.column_config.TextColumn("Value", pinned=True),
    "count": st.column_config.NumberColumn("Sessions", format="localized"),
    "share": st.column_config.NumberColumn("Share", format="percent"),
    "median": st.column_config.NumberColumn(
        "Duration", help="Of the typical session: the median", format="%.1f min"
    ),
    "depth": st.column_config.NumberColumn("Events", help="Per session", format="%.1f"),
    "bounce_rate": st.column_config.NumberColumn("Bounce rate", format="percent"),
}


def choose_figure() -> Metric:
    """Draw the choice of a metric of sessions."""
    labels = {metric.label: metric for metric in SESSION_METRICS}
    label = st.selectbox("Metric", list(labels), key="figure", bind="query-params", width=190)
    return labels[label]


def choose_period(filters: Filters) -> Filters:
    """Draw the choice of periods that the range allows; the same filters by them."""
    fitting = [grain for grain, days in MAX_DAYS.items() if filters.days <= days]
    grain = st.segmented_control(
        "By", fitting, default="day", key="grain", bind="query-params", required=True
    )
    return replace(filters, grain=grain)


def draw_ends(viewer: Viewer, filters: Filters, report: SessionReport) -> None:
    """Where most visits begin, and beside it where most end."""
    for column, part in zip(st.columns(2), ("entries", "exits"), strict=True):
        top = words_sessions.labelled(report.ends, part)
        with column:
            chart_card(
                charts.bars(top, label="label", value=part, label_title="", value_title="Visits"),
                top,
                title=words_sessions.end_finding(top, part),
                help=words_sessions.END[part],
                name=part,
                query=lambda: shown(ends_sql(viewer, filters)),
            )


def draw_values(viewer: Viewer, filters: Filters, report: SessionReport) -> None:
    """Visits by platform, and beside it by channel."""
    parts = {"platform": report.by_platform, "channel": report.by_channel}
    for column, (dimension, rows) in zip(st.columns(2), parts.items(), strict=True):
        with column:
            table_card(
                rows,
                title=words_sessions.value_finding(rows, LABELS[dimension]),
                help=words_sessions.BY_VALUE,
                name=f"by_{dimension}",
                columns=BY_VALUE,
                query=partial(lambda of: shown(by_value_sql(viewer, filters, of)), dimension),
            )

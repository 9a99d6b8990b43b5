"""The choices of the sessions page, and the columns of its tables."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from analytics.filters import MAX_DAYS, Filters
from analytics.metrics import Metric
from analytics.product.sessions.metrics import SESSION_METRICS

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

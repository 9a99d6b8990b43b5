"""What the overview of operations shows: open alerts, two charts, and ways to all of it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.operations.alerts.listing import episodes_sql
from analytics.operations.errors.metrics import FAILED
from analytics.operations.errors.over_time import failures_by_day_sql
from analytics.operations.requests.measured import Measured
from analytics.operations.requests.metrics import REQUEST_METRICS
from analytics.operations.requests.series import APDEX_MS
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, words_operations
from ui.cards import chart_card, table_card
from ui.frame import clock
from ui.performance import trend_query

P95 = REQUEST_METRICS["request_p95"]
ALERTS: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("Alert", pinned=True),
    "severity": st.column_config.TextColumn("Severity"),
    "state": st.column_config.TextColumn("State"),
    "started_at": st.column_config.DatetimeColumn("Since (UTC)", format="D MMM, HH:mm"),
}
PAGES = {
    "performance": ("Performance", "speed"),
    "errors": ("Errors", "bug_report"),
    "health": ("Health", "ecg_heart"),
    "alerts": ("Alerts", "notifications"),
    "support": ("Support", "support_agent"),
    "security": ("Security", "shield"),
    "live": ("Live", "bolt"),
}


def draw_links() -> None:
    """The pages that tell more."""
    with st.container(horizontal=True, gap="small", key="operations_links"):
        for page, (label, icon) in PAGES.items():
            st.page_link(f"pages/{page}.py", label=label, icon=f":material/{icon}:")


def draw_alerts(viewer: Viewer, project_id: int, open_now: pd.DataFrame) -> None:
    """The alerts that are not resolved."""
    now = clock(30)
    table_card(
        open_now.assign(
            severity=open_now["severity"].map(words_operations.SEVERITY),
            state=open_now["state"].map(words_operations.STATES),
        ),
        title=words_operations.open_finding(open_now),
        help=words_operations.ALERTS,
        name="open_alerts",
        columns=ALERTS,
        empty=words_operations.NO_ALERT,
        query=lambda: shown(episodes_sql(viewer, project_id, now, open_only=True)),
    )


def draw_latency(
    viewer: Viewer,
    measured: Measured,
    filters: Filters,
    latency: pd.DataFrame,
    marks: pd.DataFrame,
) -> None:
    """How slow answers are over the range."""
    chart_card(
        charts.line(latency, P95, grain=filters.grain, zone=filters.zone, marks=marks),
        latency,
        title=words_operations.latency_finding(latency, filters.grain),
        help=P95.definition,
        name="latency",
        query=lambda: trend_query(viewer, measured, filters, APDEX_MS),
        empty=words_operations.NO_REQUEST,
    )


def draw_failures(
    viewer: Viewer, filters: Filters, failed: pd.DataFrame, marks: pd.DataFrame
) -> None:
    """How much failed on the days of the range."""
    chart_card(
        charts.line(failed, FAILED, grain="day", zone=filters.zone, marks=marks),
        failed,
        title=words_operations.failing_finding(failed),
        help=words_operations.FAILED,
        name="failures",
        query=lambda: shown(failures_by_day_sql(viewer, filters)),
        empty="Nothing failed in this range.",
    )

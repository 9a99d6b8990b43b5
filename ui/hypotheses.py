"""The register of hypotheses on the roadmap: its table, the choice of one, and what that is of."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.metrics import METRICS, Metric
from ui import words_hypotheses
from ui.words_roadmap import Row

REGISTER: Mapping[str, Any] = {
    "statement": st.column_config.TextColumn("Hypothesis", width="large", pinned=True),
    "state": st.column_config.TextColumn("State"),
    "measures": st.column_config.TextColumn("Measured by"),
    "expected": st.column_config.NumberColumn(
        "Expected", help="The relative change", format="percent"
    ),
    "guards": st.column_config.TextColumn("Must not suffer"),
    "about": st.column_config.TextColumn("About", help="Its request or theme"),
    "release": st.column_config.TextColumn("Release"),
    "experiment": st.column_config.TextColumn("Experiment"),
    "shipped_at": st.column_config.DatetimeColumn("Shipped", format="D MMM YYYY"),
}


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """The register as its table shows it: what is measured in words."""
    each = rows.to_dict("records")
    return rows.assign(
        state=rows["state"].str.capitalize(),
        measures=[words_hypotheses.scope(row) for row in each],
        guards=[", ".join(_label(key) for key in row["guardrails"]) for row in each],
    ).drop(columns="guardrails")


def choose_hypothesis(rows: pd.DataFrame) -> Row:
    """Draw the choice of one of them: by default the first that was shipped, else the first."""
    known = {f"{row['statement']} (#{row['id']})": row for row in rows.to_dict("records")}
    shipped = [place for place, row in enumerate(known.values()) if released(row, "UTC")]
    place = shipped[0] if shipped else 0
    return known[
        st.selectbox("Hypothesis", list(known), place, key="hypothesis", bind="query-params")
    ]


def released(row: Row, zone: str) -> date | None:
    """The day on which it was shipped, in the project's zone; None before."""
    at: pd.Timestamp = row["shipped_at"]
    return at.tz_convert(zone).date() if at == at else None


def about(row: Row, filters: Filters) -> Filters:
    """The filters of what it measures: its event and subject, or all events."""
    event = row["event"]
    return replace(filters, event=event, subject=(row["subject"] or None) if event else None)


def guardrails(row: Row) -> list[Metric]:
    """What must not suffer, as far as the catalogue knows it."""
    return [METRICS[key] for key in row["guardrails"] if key in METRICS]


def _label(key: str) -> str:
    return METRICS[key].label if key in METRICS else key

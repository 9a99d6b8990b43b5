"""The choices of the adoption page, and the columns of its tables and those of its neighbours."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from analytics.product.adoption import Adoption

TREND = st.column_config.AreaChartColumn(
    "Trend", help="Uses on each day that is over", y_min=0, width="small"
)
SUCCESS = st.column_config.NumberColumn(
    "Success", help="Of its uses, those that worked", format="percent"
)
DURATION = st.column_config.NumberColumn(
    "Typical duration", help="Half took no longer (median, within 2%)", format="%d ms"
)
ADOPTION: Mapping[str, Any] = {
    "subject": st.column_config.TextColumn("Subject", pinned=True),
    "users": st.column_config.NumberColumn(
        "Users", help="People who used it in the range", format="localized"
    ),
    "adoption": st.column_config.ProgressColumn(
        "Adoption", help="Of everybody active in the range", format="percent", max_value=1
    ),
    "trend": TREND,
    "uses_per_user": st.column_config.NumberColumn("Uses per user", format="%.1f"),
    "repeat": st.column_config.NumberColumn(
        "Come back to it", help="Of its users, those who used it on two days or more",
        format="percent",
    ),
    "new_users": st.column_config.NumberColumn(
        "New users", help="Of its users, those whose first use ever is in the range",
        format="percent",
    ),
    "time_to_value": st.column_config.NumberColumn(
        "Time to first use", help="From first seen to first use; the median of the new users",
        format="duration",
    ),
    "completion": st.column_config.NumberColumn(
        "Completed", help="Of its starts, those that were followed by their end", format="percent"
    ),
    "satisfaction": st.column_config.NumberColumn(
        "Satisfied", help="Of its latest ratings from 1 to 5, those of 4 and 5", format="percent"
    ),
    "ratings": st.column_config.NumberColumn("Ratings", format="localized"),
    "success": SUCCESS,
    "error_rate": st.column_config.NumberColumn("Error rate", format="percent"),
    "duration": DURATION,
    "uses": st.column_config.NumberColumn("Uses", format="localized"),
    "first_use": st.column_config.DateColumn(
        "First used", help="The first day on which anybody used it"
    ),
}  # fmt: skip
COMMANDS: Mapping[str, Any] = {
    "subject": st.column_config.TextColumn("Command", pinned=True),
    "uses": st.column_config.NumberColumn("Runs", format="localized"),
    "users": st.column_config.NumberColumn("Users", format="localized"),
    "trend": TREND,
    "success": SUCCESS,
    "uses_per_user": st.column_config.NumberColumn("Runs per user", format="%.1f"),
    "duration": DURATION,
    "repeat": ADOPTION["repeat"],
    "first_use": ADOPTION["first_use"],
}
VERSIONS: Mapping[str, Any] = {
    "version": st.column_config.TextColumn("Version", pinned=True),
    "users": st.column_config.NumberColumn(
        "Users", help="People who used it last in the range", format="localized"
    ),
    "share": st.column_config.ProgressColumn("Share", format="percent", max_value=1),
    "first_seen": st.column_config.DateColumn("First seen", help="The first day with its events"),
}
VERSION_ERRORS: Mapping[str, Any] = {
    "version": st.column_config.TextColumn("Version", pinned=True),
    "platform": st.column_config.TextColumn("Platform"),
    "error_rate": st.column_config.NumberColumn("Error rate", format="percent"),
    "others": st.column_config.NumberColumn(
        "Other versions", help="Their error rate on the same platform", format="percent"
    ),
    "times": st.column_config.NumberColumn(
        "Times as often", help="One by the other", format="%.1f \u00d7"
    ),
    "events": st.column_config.NumberColumn("Events", format="localized"),
    "failures": st.column_config.NumberColumn("Failures", format="localized"),
    "regressed": st.column_config.CheckboxColumn(
        "Regression", help="At least 1.5 times as often, and not by chance (z of 5 or more)"
    ),
}


def choose_event(names: Sequence[str]) -> str:
    """Draw the choice of the event whose subjects are compared."""
    name: str = st.selectbox("Event", names, key="adopted", bind="query-params", width=190)
    return name


def choose_subject(found: Adoption) -> str | None:
    """Draw the choice of one of the subjects; None where there is none."""
    subjects: list[str] = found.rows["subject"].tolist()
    return st.selectbox("Trend of", subjects, key="of", bind="query-params", width=190)

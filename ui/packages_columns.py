"""How the columns of the pages about packages are named and written."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui import words_packages as told

PINNED = 180  # pixels of a name: wider than 60 % of a phone's table, it would not stay in sight


def name(label: str) -> Any:
    """A column of names, which stays in sight."""
    return st.column_config.TextColumn(label, pinned=True, width=PINNED)


def count(label: str, help: str | None = None) -> Any:
    """A column of whole numbers."""
    return st.column_config.NumberColumn(label, help=help, format="localized")


def share(label: str, help: str | None = None) -> Any:
    """A column of shares, as percent."""
    return st.column_config.NumberColumn(label, help=help, format="percent")


def stars(label: str, help: str | None = None) -> Any:
    """A column of mean ratings."""
    return st.column_config.NumberColumn(label, help=help, format="%.2f")


def about() -> Any:
    """A column of what packages are for."""
    return st.column_config.TextColumn("About", width="large")


def text(label: str, help: str | None = None) -> Any:
    """A column of numbers with their intervals, as `with_intervals` writes them."""
    return st.column_config.TextColumn(label, help=help, alignment="right")


DURATION = st.column_config.NumberColumn("Mean time", help=told.DURATION, format="%.0f ms")
SUCCESS: Mapping[str, Any] = {"success_told": text("Success", f"{told.SUCCESS} {told.INTERVAL}")}
FIGURES: Mapping[str, Any] = {"runs": count("Runs"), **SUCCESS, "duration_ms": DURATION}
MODELS: Mapping[str, Any] = {
    "model": name("Model"),
    **FIGURES,
    "tokens": st.column_config.NumberColumn("Tokens", help="The mean of a run", format="%.0f"),
}
VERSIONS: Mapping[str, Any] = {
    "version": name("Version"),
    "released_at": st.column_config.DateColumn("Released"),
    **FIGURES,
    "rating_told": text("Stars", told.RATING),
    "ratings": count("Ratings"),
}
DOWNLOADS: Mapping[str, Any] = {
    "audience": name("By"),
    "version": st.column_config.TextColumn("Version"),
    "platform": st.column_config.TextColumn("Platform"),
    "installer": st.column_config.TextColumn("Installer"),
    "downloads": count("Downloads"),
}
DIRECTORY: Mapping[str, Any] = {
    "name": name("Package"),
    "runs": count("Runs in 30 days"),
    "summary": about(),
}
TRENDING: Mapping[str, Any] = {
    "name": name("Package"),
    "growth": share("Growth", told.GROWTH),
    "runs": count("Runs this week"),
    "people": count("People, at least", told.PEOPLE),
    "summary": about(),
}
OWN: Mapping[str, Any] = {
    "name": name("Package"),
    "runs": count("Runs"),
    "growth": share("This week", told.GROWTH),
    "people": count("People, at least", told.PEOPLE),
    "success": share("Success", told.SUCCESS),
    "rating": stars("Stars", told.RATING),
    "ratings": count("Ratings"),
    "downloads": count("Downloads", told.DOWNLOADED),
    "is_public": st.column_config.CheckboxColumn("Public", help="Whether everybody may see it"),
}
POINTS = text("Success, points", f"More or less than the last version. {told.INTERVAL}")
TIME = text("Time, %", f"More or less than the last version took. {told.INTERVAL}")
SCORECARD: Mapping[str, Any] = {
    "version": name("Version"),
    "released_on": st.column_config.DateColumn("Released"),
    "runs": count("Runs"),
    "share": share("Of all runs"),
    "success": share("Success", told.SUCCESS),
    "success_change_told": POINTS,
    "duration_ms": DURATION,
    "duration_change_told": TIME,
    "rating": stars("Stars", told.RATING),
    "rating_change_told": text("Stars more", f"Than the last version. {told.INTERVAL}"),
    "ratings": count("Ratings"),
}
BY_MODEL: Mapping[str, Any] = {
    "model": name("Model"),
    **{column: SCORECARD[column] for column in ("runs", "share", "success")},
    "success_change_told": POINTS,
    "duration_ms": DURATION,
    "duration_change_told": TIME,
}
ERRORS: Mapping[str, Any] = {
    "error_type": name("Error"),
    "failures": count("Failures"),
    "share": share("Of the failures"),
    "of_runs": share("Of all runs"),
}
ALSO: Mapping[str, Any] = {
    "name": name("Package"),
    "people": count("People, at least"),
}


def places(label: str) -> Mapping[str, Any]:
    """The columns of countries or platforms."""
    return {"value": name(label), "runs": count("Runs"), "share": share("Of all"), **SUCCESS}

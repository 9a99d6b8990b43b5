"""How the columns of the pages about packages are named and written."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui import words_packages as told
from ui.tables import DAY, mean_time, share

PINNED = 180  # pixels of a name: wider than 60 % of a phone's table, it would not stay in sight


def name(label: str, width: int = PINNED) -> Any:
    """A column of names, which stays in sight."""
    return st.column_config.TextColumn(label, pinned=True, width=width)


def count(label: str, help: str | None = None) -> Any:
    """A column of whole numbers."""
    return st.column_config.NumberColumn(label, help=help, format="localized")


def stars(label: str, help: str | None = None) -> Any:
    """A column of mean ratings."""
    return st.column_config.NumberColumn(label, help=help, format="%.2f")


def about() -> Any:
    """A column of what packages are for."""
    return st.column_config.TextColumn("About", width="large")


def text(label: str, help: str | None = None) -> Any:
    """A column of numbers with their intervals, as `with_intervals` writes them."""
    return st.column_config.TextColumn(label, help=help, alignment="right")


DURATION = mean_time(told.DURATION)
RELEASED = st.column_config.DateColumn("Released", format=DAY)
VERSION = name("Version", width=110)
SUCCESS: Mapping[str, Any] = {"success_told": text("Success", f"{told.SUCCESS} {told.INTERVAL}")}
FIGURES: Mapping[str, Any] = {"runs": count("Runs"), **SUCCESS, "duration_ms": DURATION}
MODELS: Mapping[str, Any] = {
    "model": name("Model"),
    **FIGURES,
    "tokens": count("Tokens", "The mean of a run"),
}
VERSIONS: Mapping[str, Any] = {
    "version": VERSION,
    "released_at": RELEASED,
    **FIGURES,
    "rating_told": text("Stars", told.RATING),
    "ratings": count("Ratings"),
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
    "version": VERSION,
    "released_on": RELEASED,
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


def downloads(label: str) -> Mapping[str, Any]:
    """The columns of downloads by version, platform or installer."""
    return {"value": name(label), "downloads": count("Downloads"), "share": share("Of all")}


def places(label: str) -> Mapping[str, Any]:
    """The columns of countries or platforms."""
    return {"value": name(label), "runs": count("Runs"), "share": share("Of all"), **SUCCESS}

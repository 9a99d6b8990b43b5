"""One error on its page: how it does, where it fails, and what may be decided about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.operations.errors.detail import (
    ErrorGroup,
    error_group,
    error_releases,
    error_releases_sql,
    error_samples,
    error_samples_sql,
)
from analytics.operations.errors.metrics import FAILED
from analytics.operations.errors.over_time import failures_by_day, failures_by_day_sql
from analytics.showing import shown
from db.error_groups import fingerprint_of
from ui import charts, words
from ui import words_failures as told
from ui.cards import chart_card, literal, table_card
from ui.failure_changes import RELEASE, ignore_it, reopen_it, resolve_it
from ui.frame import ask, enter, fetch, fetch_all
from ui.tables import share
from ui.tiles import Figure, figures

WHEN = "D MMM YYYY, HH:mm"
RELEASES: Mapping[str, Any] = {
    "release": st.column_config.TextColumn("Version", pinned=True),
    "n": st.column_config.NumberColumn("Failures", format="localized"),
    "share": share("Of all"),
    "last_seen": st.column_config.DatetimeColumn("Last", help="The hour", format=WHEN),
    "first_seen": st.column_config.DatetimeColumn("First", help="The hour", format=WHEN),
}
SAMPLES: Mapping[str, Any] = {
    "at": st.column_config.DatetimeColumn("At", format="D MMM, HH:mm:ss"),
    "platform": st.column_config.TextColumn("Platform"),
    "release": st.column_config.TextColumn("Version"),
    "country": st.column_config.TextColumn("Country"),
    "properties": st.column_config.TextColumn("Properties", width="large"),
}


def find_error(number: str, filters: Filters) -> ErrorGroup | None:
    """The error that has this number; None where none has."""
    fingerprint = fingerprint_of(number)
    found: ErrorGroup | None = None
    if fingerprint is not None:
        found = fetch(error_group, filters, fingerprint)
    return found


def draw_course(days: pd.DataFrame, marks: pd.DataFrame, filters: Filters) -> None:
    """Failures by day, of all errors."""
    _draw_days(days, marks, filters, name="failures", fingerprint=None)


def draw_error(group: ErrorGroup, marks: pd.DataFrame, filters: Filters, now: datetime) -> None:
    """All about one error, and what may be decided about it."""
    days, releases, samples = fetch_all(
        ask(failures_by_day, filters, group.fingerprint),
        ask(error_releases, filters, group.fingerprint),
        ask(error_samples, filters, group.fingerprint),
    )
    st.header(literal(group.title), anchor=False)
    st.caption(told.place(group))
    _figures(group, now)
    _decisions(group, filters, now)
    left, right = st.columns([3, 2])
    with left:
        _draw_days(days, marks, filters, name="error_days", fingerprint=group.fingerprint)
    with right:
        table_card(
            releases,
            title=told.releases(releases),
            help=told.RELEASES,
            name="error_releases",
            columns=RELEASES,
            query=lambda: shown(
                error_releases_sql(enter("operations"), filters, group.fingerprint)
            ),
        )
    table_card(
        samples,
        title="Its latest failures",
        help=told.SAMPLES,
        name="error_samples",
        columns=SAMPLES,
        empty="Its raw events have expired; what was counted of them stays.",
        query=lambda: shown(
            error_samples_sql(enter("operations"), filters, group.fingerprint, group.last_seen)
        ),
    )


def _draw_days(
    days: pd.DataFrame, marks: pd.DataFrame, filters: Filters, *, name: str, fingerprint: int | None
) -> None:
    chart_card(
        charts.line(days, FAILED, grain="day", zone=filters.zone, marks=marks),
        days,
        title=told.course(days),
        help=told.COURSE,
        name=name,
        empty="Nothing failed in this range.",
        query=lambda: shown(failures_by_day_sql(enter("operations"), filters, fingerprint)),
    )


def _figures(group: ErrorGroup, now: datetime) -> None:
    label = told.STATES[group.state]
    first, last = (words.ago(at, now) for at in (group.first_seen, group.last_seen))
    figures(
        {
            "Failures": Figure(words.amount(group.n, ""), "In this range."),
            "People": Figure(words.amount(group.people, ""), "Different people who are known."),
            "First seen": Figure(first, "Ever.", told.release(group.first_release)),
            "Last seen": Figure(last, "Ever.", told.release(group.last_release)),
            "State": Figure(label, "What was decided about it."),
        }
    )


def _decisions(group: ErrorGroup, filters: Filters, now: datetime) -> None:
    asked = (filters, group.fingerprint)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(told.state(group, now), width="stretch")
        if group.state == "open":
            with st.popover("Resolve", icon=":material/check_circle:"):
                st.text_input("Cured in version", key=RELEASE, max_chars=100, help=told.RELEASE)
                st.button("Resolve it", type="primary", on_click=resolve_it, args=asked)
            st.button("Ignore", icon=":material/visibility_off:", on_click=ignore_it, args=asked)
        else:
            st.button("Open again", icon=":material/undo:", on_click=reopen_it, args=asked)

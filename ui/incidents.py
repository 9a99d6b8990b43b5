"""Incidents on the page on alerts: which there were, how one went on, and the forms about them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.operations.alerts.incidents import incidents_sql, timeline
from analytics.showing import shown
from db.tables import INCIDENT_STATES, SEVERITIES
from ui import incident_changes as changes
from ui import words_alerts as told
from ui.alerts import WHEN, draw_history, listed
from ui.cards import table_card
from ui.frame import clock, enter, fetch
from ui.health_changes import may_run
from ui.words import unlinked

INCIDENTS: Mapping[str, Any] = {
    "title": st.column_config.TextColumn("Incident", pinned=True, width="medium"),
    "state": st.column_config.TextColumn("State"),
    "severity": st.column_config.TextColumn("Severity"),
    "started_at": st.column_config.DatetimeColumn("Since", format=WHEN),
    "resolved_at": st.column_config.DatetimeColumn("Until", format=WHEN),
    "minutes": st.column_config.NumberColumn("Minutes", format="%.0f"),
    "alerts": st.column_config.NumberColumn("Alerts", format="localized"),
}


def draw_incidents(incidents: pd.DataFrame, filters: Filters) -> None:
    """Incidents, how one went on, and the forms to open one and to go on with it."""
    about = filters.project_id
    table_card(
        listed(incidents, filters),
        title=told.incidents_title(incidents),
        help=told.INCIDENTS,
        name="incidents",
        columns=INCIDENTS,
        empty=told.NO_INCIDENTS,
        query=lambda: shown(incidents_sql(enter("operations"), about, clock())),
    )
    if not incidents.empty:
        _draw_incident(incidents, filters)
    if may_run(enter("operations"), about):
        _draw_opening(about)


def _draw_incident(incidents: pd.DataFrame, filters: Filters) -> None:
    names = dict(
        zip(incidents["incident_id"].tolist(), incidents["title"].map(unlinked), strict=True)
    )
    about = filters.project_id
    with st.container(border=True, key="card_incident"):
        number = st.selectbox(
            "Incident", list(names), format_func=names.__getitem__, key=changes.CHOSEN, width=420
        )
        draw_history(fetch(timeline, about, number), filters)
        if may_run(enter("operations"), about):
            chosen = listed(incidents, filters).query("incident_id == @number").iloc[0]
            _draw_update(about, number, chosen)


def _draw_update(about: int, number: int, chosen: "pd.Series[Any]") -> None:
    """The form that goes on with an incident: how it stands stays unless it is changed."""
    state = str(chosen["state"]).lower()
    place = f"{number}_{state}"  # another form once it stands otherwise
    with st.form(f"go_on_{place}", border=False):
        st.selectbox("Status", INCIDENT_STATES, INCIDENT_STATES.index(state), width=220,
                     format_func=str.capitalize, key=changes.STATUS + place)  # fmt: skip
        st.text_input("Update", key=changes.UPDATE + place, max_chars=1_000,
                      placeholder="What is known, and what is done")  # fmt: skip
        if state == changes.RESOLVED:
            ended = f"{chosen['resolved_at']:%-d %B, %H:%M}"
            st.checkbox(f"Reopen it: it ended on {ended}", key=changes.REOPEN + place,
                        help=told.REOPENING)  # fmt: skip
        st.form_submit_button("Post update", icon=":material/campaign:",
                              on_click=changes.go_on, args=(about, number, state))  # fmt: skip


def _draw_opening(about: int) -> None:
    with st.popover("New incident", icon=":material/emergency:", key=changes.OPENING,
                    on_change="rerun"):  # fmt: skip
        title = st.text_input("What is wrong", key=changes.TITLE, max_chars=200)
        severity = st.segmented_control(
            "Severity", SEVERITIES, default="critical", key="incident_severity", required=True
        )
        st.button("Open it", key="open_incident", on_click=changes.open_new,
                  args=(about, title, severity), disabled=not title.strip())  # fmt: skip

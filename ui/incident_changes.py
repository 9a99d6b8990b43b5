"""What people do about incidents: opening one, and saying how it goes on."""

import streamlit as st
from sqlalchemy import Connection

from analytics.operations.alerts.incidents import timeline
from analytics.scope import Viewer
from db.errors import BadIncident
from db.incidents import NewIncident, link_episode, open_incident, update_incident
from ui.alert_changes import NOTE, decide, now
from ui.frame import ask

CHOSEN, OPENING, TITLE = "incident", "incident_opening", "incident_title"
STATUS, UPDATE, REOPEN = "incident_status_", "incident_update_", "incident_reopen_"
RESOLVED = "resolved"
NO_TEXT = "Write an update first: what is known, or done."
NOT_REOPENED = "It is resolved. Tick Reopen it to let it go on, and its end is taken back."


def open_for(project_id: int, episode_id: int, title: str, severity: str) -> None:
    """Open an incident of an alert, with the note about that, and show it."""

    def work(conn: Connection, viewer: Viewer) -> None:
        made = _open(conn, viewer, project_id, title, severity, st.session_state.get(NOTE, ""))
        link_episode(conn, project_id, episode_id, made)

    decide(project_id, work)


def open_new(project_id: int, title: str, severity: str) -> None:
    """Open an incident, show it, and close the door through which it was opened."""

    def work(conn: Connection, viewer: Viewer) -> None:
        _open(conn, viewer, project_id, title, severity, "")

    if decide(project_id, work):
        st.session_state[OPENING] = False
        st.session_state[TITLE] = ""


def go_on(project_id: int, incident_id: int, before: str) -> None:
    """Say how an incident stands, as the form has it that was drawn while it stood as `before`."""
    place = f"{incident_id}_{before}"
    state, said = st.session_state[STATUS + place], st.session_state[UPDATE + place]
    reopened = st.session_state.get(REOPEN + place, False)

    def work(conn: Connection, viewer: Viewer) -> None:
        if not said.strip():
            raise BadIncident(NO_TEXT)
        if before == RESOLVED and state != RESOLVED and not reopened:
            raise BadIncident(NOT_REOPENED)
        update_incident(conn, project_id, incident_id, state, said, now(), viewer.person_id)

    if decide(project_id, work, ask(timeline, project_id, incident_id)):
        st.session_state[UPDATE + place] = ""


def _open(
    conn: Connection, viewer: Viewer, project_id: int, title: str, severity: str, said: str
) -> int:
    moment = now()
    new = NewIncident(title, severity, moment, said)
    made = open_incident(conn, project_id, new, moment, viewer.person_id)
    st.session_state[CHOSEN] = made
    return made

"""What people change about comments on the Feedback page."""

from datetime import UTC, datetime

import streamlit as st
from sqlalchemy import Connection

from analytics.feedback.comments import NOBODY
from analytics.scope import Viewer
from db.feedback import assign, correct_sentiment, release, set_state, unrelease
from ui.changes import change, moderator
from ui.frame import Ask

UNTOLD = "as computed"


def move(project_id: int, feedback_id: int, key: str, stale: Ask) -> None:
    """Set the state of a comment to the one that the widget holds."""
    state = st.session_state[key]
    change(
        project_id,
        lambda conn, viewer: set_state(conn, project_id, feedback_id, state, viewer.person_id),
        stale,
    )


def give(project_id: int, feedback_id: int, key: str, stale: Ask) -> None:
    """Give a comment to the person whom the widget names by id, or to NOBODY."""
    person = None if st.session_state[key] == NOBODY else st.session_state[key]
    change(project_id, lambda conn, _: assign(conn, project_id, feedback_id, person), stale)


def correct(project_id: int, feedback_id: int, key: str, stale: Ask) -> None:
    """Set the sentiment that the widget holds, or go by the computed one again."""
    label = None if st.session_state[key] == UNTOLD else st.session_state[key]

    def work(conn: Connection, viewer: Viewer) -> None:
        correct_sentiment(conn, project_id, feedback_id, label, viewer.person_id or 0)

    change(project_id, work, stale)


def show_to_public(project_id: int, feedback_id: int, seen: str, key: str, stale: Ask) -> None:
    """Release a comment as it was `seen`, or take it back, as the widget says; moderators only."""
    wanted = st.session_state[key]

    def work(conn: Connection, viewer: Viewer) -> None:
        person, now = moderator(viewer), datetime.now(UTC)
        if wanted:
            release(conn, project_id, feedback_id, person, now, seen=seen)
        else:
            unrelease(conn, project_id, feedback_id)

    change(project_id, work, stale)

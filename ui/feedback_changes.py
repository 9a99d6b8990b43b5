"""What people change on the Feedback page: how comments stand, and what themes are called."""

from datetime import UTC, datetime

import streamlit as st
from sqlalchemy import Connection

from analytics.scope import Viewer
from db.feedback import assign, correct_sentiment, release, set_state, unrelease
from db.themes import merge_themes, pin_theme, rename_theme
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
    """Give a comment to the person whom the widget names by id; None is nobody."""
    person = st.session_state[key]
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


def rename(project_id: int, theme_id: int, key: str, opened: str, *stale: Ask) -> None:
    """Give a theme the name in the widget, and keep it open under that."""
    name = " ".join(str(st.session_state[key]).split())
    if change(project_id, lambda conn, _: rename_theme(conn, project_id, theme_id, name), *stale):
        st.session_state[opened] = name


def pin(project_id: int, theme_id: int, pinned: bool, *stale: Ask) -> None:
    """Pin a theme, or no longer."""
    change(project_id, lambda conn, _: pin_theme(conn, project_id, theme_id, pinned), *stale)


def merge(
    project_id: int, theme_id: int, names: dict[int, str], key: str, opened: str, *stale: Ask
) -> None:
    """Merge a theme into the one whose id the widget holds, and open that."""
    target = st.session_state[key]
    if target is not None and change(
        project_id, lambda conn, _: merge_themes(conn, project_id, theme_id, target), *stale
    ):
        st.session_state[opened] = names[target]

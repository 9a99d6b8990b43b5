"""What people change on the Feedback page: how comments stand, and what themes are called.

Every change asks again who wants it, is one transaction, and is shown at once.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st
from sqlalchemy import Connection

from analytics.scope import Viewer
from db.engine import engine
from db.errors import LooplensError
from db.feedback import assign, correct_sentiment, release, set_state, unrelease
from db.themes import merge_themes, pin_theme, rename_theme
from ui.errors import calm
from ui.frame import Ask, enter, forget, renew

MODERATORS = ("admin", "product")  # roles that decide what the public may read
UNTOLD = "as computed"

Work = Callable[[Connection, Viewer], None]


def may_release(viewer: Viewer) -> bool:
    """Whether the viewer decides what the public may read."""
    return viewer.role in MODERATORS


def move(project_id: int, feedback_id: int, key: str, stale: Ask) -> None:
    """Set the state of a comment to the one that the widget holds."""
    state = st.session_state[key]
    _change(
        project_id,
        lambda conn, viewer: set_state(conn, project_id, feedback_id, state, viewer.person_id),
        stale,
    )


def give(project_id: int, feedback_id: int, key: str, stale: Ask) -> None:
    """Give a comment to the person whom the widget names by id; None is nobody."""
    person = st.session_state[key]
    _change(project_id, lambda conn, _: assign(conn, project_id, feedback_id, person), stale)


def correct(project_id: int, feedback_id: int, key: str, stale: Ask) -> None:
    """Set the sentiment that the widget holds, or go by the computed one again."""
    label = None if st.session_state[key] == UNTOLD else st.session_state[key]

    def work(conn: Connection, viewer: Viewer) -> None:
        correct_sentiment(conn, project_id, feedback_id, label, viewer.person_id or 0)

    _change(project_id, work, stale)


def show_to_public(project_id: int, feedback_id: int, key: str, stale: Ask) -> None:
    """Release a comment, or take it back, as the widget says; of moderators only."""
    wanted = st.session_state[key]

    def work(conn: Connection, viewer: Viewer) -> None:
        if not may_release(viewer) or viewer.person_id is None:
            raise LooplensError("A moderator decides what the public may read.")
        if wanted:
            release(conn, project_id, feedback_id, viewer.person_id, datetime.now(UTC))
        else:
            unrelease(conn, project_id, feedback_id)

    _change(project_id, work, stale)


def rename(project_id: int, theme_id: int, key: str, opened: str, *stale: Ask) -> None:
    """Give a theme the name in the widget, and keep it open under that."""
    name = " ".join(str(st.session_state[key]).split())
    if _change(project_id, lambda conn, _: rename_theme(conn, project_id, theme_id, name), *stale):
        st.session_state[opened] = name


def pin(project_id: int, theme_id: int, pinned: bool, *stale: Ask) -> None:
    """Pin a theme, or no longer."""
    _change(project_id, lambda conn, _: pin_theme(conn, project_id, theme_id, pinned), *stale)


def merge(
    project_id: int, theme_id: int, names: dict[int, str], key: str, opened: str, *stale: Ask
) -> None:
    """Merge a theme into the one whose id the widget holds, and open that."""
    target = st.session_state[key]
    if target is not None and _change(
        project_id, lambda conn, _: merge_themes(conn, project_id, theme_id, target), *stale
    ):
        st.session_state[opened] = names[target]


def _change(project_id: int, work: Work, *stale: Ask) -> bool:
    """Do it if the viewer may, and forget the answers from before; whether it was done."""
    viewer = enter("feedback")
    with calm():
        try:
            if not viewer.sees(project_id, "feedback"):
                raise LooplensError("You may not change this project's feedback.")
            with engine().begin() as conn:
                work(conn, viewer)
        except LooplensError as error:
            st.toast(str(error), icon=":material/error:")
            return False
    forget()
    renew(*stale)
    return True

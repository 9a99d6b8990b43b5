"""The one way from a page to a change of what people said, asked for, are asked and are given.

Every change asks again who wants it, is one transaction, and is shown at once.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st
from sqlalchemy import Connection

from analytics.scope import Viewer
from db.engine import engine
from db.errors import LooplensError
from ui.errors import calm
from ui.frame import Ask, enter, forget, renew

MODERATORS = ("admin", "product")  # roles that decide what the public may read
NOT_YOURS = {
    "feedback": "You may not change this project's feedback.",
    "product": "You may not change this project's experiments and flags.",
    "operations": "You may not decide about this project's operations.",
    "business": "You may not change this project's goals and settings.",
}
NO_MODERATOR = "A moderator decides what the public may read."

Work = Callable[[Connection, Viewer], Any]


def may_release(viewer: Viewer) -> bool:
    """Whether the viewer decides what the public may read."""
    return viewer.role in MODERATORS


def moderator(viewer: Viewer) -> int:
    """The person who answers for a release; raises LooplensError for who may not release."""
    if not may_release(viewer) or viewer.person_id is None:
        raise LooplensError(NO_MODERATOR)
    return viewer.person_id


def change(project_id: int, work: Work, *stale: Ask, field: str = "feedback") -> bool:
    """Do it if the viewer may in this project, and forget the answers from before.

    Tells whether it was done. `field` is the one that a viewer must be allowed to see.
    """

    def checked(conn: Connection, viewer: Viewer) -> None:
        if not viewer.sees(project_id, field):
            raise LooplensError(NOT_YOURS[field])
        work(conn, viewer)

    return do(checked, *stale, field=field)


def do(work: Work, *stale: Ask, field: str) -> bool:
    """Do what checks by itself whether this viewer may; whether it was done.

    What is wrong with it is told in passing, and then nothing is changed.
    """
    viewer = enter(field)
    with calm():
        try:
            with engine().begin() as conn:
                work(conn, viewer)
        except LooplensError as error:
            st.toast(str(error), icon=":material/error:")
            return False
    forget()
    renew(*stale)
    return True


def change_and_rerun(project_id: int, work: Work, done: str, *stale: Ask) -> None:
    """The same in the middle of a run, which then says so and draws the page anew."""
    if change(project_id, work, *stale):
        st.toast(done)
        st.rerun()

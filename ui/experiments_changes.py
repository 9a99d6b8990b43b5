"""What people change about experiments and flags; each asks again who wants it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import streamlit as st
from sqlalchemy import Connection

from analytics.experiments.asking import CHANGERS, deletions_of, experiments_of, flags_of
from analytics.experiments.results import verdicts
from analytics.scope import Viewer
from db.errors import LooplensError
from db.experiments.checking import Draft
from db.experiments.drafting import change_experiment, create_experiment, delete_draft
from db.experiments.running import (
    decide_experiment,
    kill_experiment,
    start_experiment,
    stop_experiment,
)
from db.hypotheses import conclude
from ui.changes import NOT_YOURS, change
from ui.frame import ask

Person = int | None


def do(project_id: int, work: Callable[[Connection, Person], Any], done: str) -> bool:
    """Do it in the name of whoever looks, if their role may, and say so; whether it was done."""

    def checked(conn: Connection, viewer: Viewer) -> None:
        if viewer.role not in CHANGERS:
            raise LooplensError(NOT_YOURS["product"])
        work(conn, viewer.person_id)

    asked = (experiments_of, flags_of, verdicts, deletions_of)
    stale = [ask(question, project_id) for question in asked]
    if not change(project_id, checked, *stale, field="product"):
        return False
    st.toast(done)
    return True


def start(project_id: int, key: str) -> None:
    """Let people take part from now on."""
    done = "It runs."
    do(project_id, lambda conn, who: start_experiment(conn, project_id, key, who), done)


def stop(project_id: int, key: str) -> None:
    """Give everybody the control from now on."""
    do(project_id, lambda conn, who: stop_experiment(conn, project_id, key, who), "Stopped.")


def switch(project_id: int, key: str, off: bool) -> None:
    """Switch it off at once, or on again."""
    done = "Everybody gets the control within seconds." if off else "It is on again."
    do(project_id, lambda conn, who: kill_experiment(conn, project_id, key, off, who), done)


def decide(project_id: int, key: str, decision: str, variant: str, note: str) -> None:
    """Write down what was decided, which ends it, and conclude the hypotheses that it tested."""

    def work(conn: Connection, who: Person) -> None:
        decide_experiment(conn, project_id, key, decision, variant, note, who)
        conclude(conn, project_id, key, decision, datetime.now(UTC))

    do(project_id, work, "Written down.")


def keep(project_id: int, draft: Draft, changing: str | None, *, begin: bool = False) -> bool:
    """Keep a draft: a new one, or in place of the one with the key `changing`.

    With `begin` it is started, too; where that can't be done, nothing is kept.
    """

    def work(conn: Connection, who: Person) -> None:
        if changing:
            change_experiment(conn, project_id, changing, draft, who)
        else:
            create_experiment(conn, project_id, draft, who)
        if begin:
            start_experiment(conn, project_id, draft.key, who)

    return do(project_id, work, "It runs." if begin else "Kept.")


def delete(project_id: int, key: str) -> None:
    """Delete a draft, or what was imported."""
    do(project_id, lambda conn, who: delete_draft(conn, project_id, key, who), "Deleted.")

"""What people do about alerts: each is one change, asked for and shown at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import streamlit as st
from sqlalchemy import Connection

from analytics.operations.alerts.incidents import incidents
from analytics.operations.alerts.listing import episodes, history, rule_with, rules
from analytics.scope import Viewer
from db import alerts
from db.alert_rules import Rule, add_rule, change_rule, pause_rule, remove_rule
from db.alerts import Act
from db.errors import LooplensError
from ui.changes import Work, do
from ui.frame import Ask, ask, clock
from ui.health_changes import NOT_YOURS, may_run

NOTE = "alert_note"
Deed = Callable[[Connection, Act], None]


def acknowledge(project_id: int, episode_id: int) -> None:
    """Say that somebody looks after it."""
    _about(project_id, episode_id, alerts.acknowledge)


def resolve(project_id: int, episode_id: int) -> None:
    """Say that it is over."""
    _about(project_id, episode_id, alerts.resolve)


def snooze(project_id: int, episode_id: int, hours: int) -> None:
    """Tell nothing of it for so many hours."""

    def for_hours(conn: Connection, act: Act) -> None:
        alerts.snooze(conn, act, act.at + timedelta(hours=hours))

    _about(project_id, episode_id, for_hours)


def comment(project_id: int, episode_id: int) -> None:
    """Say something of it: what the field holds."""
    _about(project_id, episode_id, alerts.comment)


def save(project_id: int, rule_id: int | None, rule: Rule) -> bool:
    """Keep a rule, a new one without a number; whether it was kept."""

    def work(conn: Connection, viewer: Viewer) -> None:
        if rule_id is None:
            add_rule(conn, project_id, rule, now(), viewer.person_id)
        else:
            change_rule(conn, project_id, rule_id, rule, now())

    mine = [] if rule_id is None else [ask(rule_with, project_id, rule_id)]
    return decide(project_id, work, *mine)


def pause(project_id: int, rule_id: int, is_paused: bool) -> None:
    """Look at it no more, or again."""
    decide(project_id, lambda conn, _: pause_rule(conn, project_id, rule_id, is_paused, now()))


def remove(project_id: int, rule_id: int) -> None:
    """Forget a rule."""
    decide(project_id, lambda conn, _: remove_rule(conn, project_id, rule_id))


def _about(project_id: int, episode_id: int, act: Deed) -> None:
    def work(conn: Connection, viewer: Viewer) -> None:
        said = st.session_state.get(NOTE, "")
        act(conn, Act(project_id, episode_id, now(), viewer.person_id, said))

    if decide(project_id, work, ask(history, project_id, episode_id)):
        st.session_state[NOTE] = ""


def decide(project_id: int, work: Work, *stale: Ask) -> bool:
    """Do it if the viewer runs this project, and ask for the lists anew; whether it was done."""

    def checked(conn: Connection, viewer: Viewer) -> None:
        if not may_run(viewer, project_id):
            raise LooplensError(NOT_YOURS)
        work(conn, viewer)

    lists = [ask(each, project_id, clock()) for each in (episodes, rules, incidents)]
    return do(checked, *lists, *stale, field="operations")


def now() -> datetime:
    """The moment of a change."""
    return datetime.now(UTC)

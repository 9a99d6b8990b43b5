"""Goals: the table of them, and the form that sets, drops and restores one."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from analytics.business.goals import (
    FIGURES,
    Figure,
    Tracked,
    checked,
    wanted_goals,
    worst_first,
)
from analytics.filters import Filters
from analytics.scope import Viewer
from analytics.wording import digits_of
from db.goals import Goal, drop_goal, reset_goal, set_goal
from ui import words_executive
from ui.cards import short_table_card
from ui.changes import Work, change
from ui.frame import ask
from ui.popovers import popover
from ui.remembering import remembered
from ui.short_tables import Column
from ui.sparklines import sparkline

COLUMNS = {
    "figure": Column("Figure"),
    "state": Column("State"),
    "now": Column("Now"),
    "window": Column("In", "What the value of now is of."),
    "goal": Column("Goal"),
    "projected": Column("Outlook", "What the trend makes of it by then."),
    "due": Column("By"),
    "values": Column(
        "Last 12 weeks or months", drawn=lambda row: sparkline(row["values"], row["course"])
    ),
}


def draw_goals(goals: Sequence[Tracked], filters: Filters, currency: str) -> None:
    """The table, those in danger first, and the form below it."""
    short_table_card(
        _table(goals, currency),
        title=words_executive.goals_finding(goals),
        help=words_executive.GOALS_HELP,
        name="goals",
        columns=COLUMNS,
        empty=words_executive.NO_GOALS,
    )
    by_metric = {each.goal.metric: each.goal for each in goals}
    form = partial(_draw_form, by_metric, filters, currency)
    popover("Change goals", "change_goals", form, icon="flag", type="secondary")


@remembered
def _table(goals: Sequence[Tracked], currency: str) -> pd.DataFrame:
    return pd.DataFrame([words_executive.goal_row(each, currency) for each in worst_first(goals)])


def _draw_form(goals: dict[str, Goal], filters: Filters, currency: str) -> None:
    key = st.selectbox(
        "Figure", list(FIGURES), format_func=lambda key: FIGURES[key].metric.label, key="goal_of"
    )
    figure, goal = FIGURES[key], goals.get(key)
    shown = None if goal is None else round(goal.value * factor(figure, currency), 6)
    st.number_input(
        f"Goal ({_unit(figure, currency)})",
        value=shown,
        key=f"goal_value_{key}",
        help=figure.metric.definition,
    )
    st.date_input("By (empty: always)", goal.due if goal else None, key=f"goal_due_{key}")
    with st.container(horizontal=True):
        act = partial(st.button, args=(filters.project_id, key), width="content")
        saved = (filters.project_id, key, factor(figure, currency))
        act(
            "Save",
            key="goal_save",
            on_click=_save,
            args=saved,
            type="primary",
            icon=":material/save:",
        )
        act("No goal", key="goal_drop", on_click=_drop, disabled=goal is None)
        act("Usual", key="goal_reset", on_click=_reset, help="Have the usual goal again.")


def factor(figure: Figure, currency: str) -> float:
    """What a value is multiplied by to be as people enter it: per cent, and units of money."""
    if figure.metric.unit == "cents":
        return float(10 ** -digits_of(currency))
    return 100.0 if figure.metric.unit == "share" else 1.0


def _unit(figure: Figure, currency: str) -> str:
    unit = figure.metric.unit
    return {"share": "%", "cents": currency or "money"}.get(unit, unit)


def _save(project_id: int, key: str, unit: float) -> None:
    value, due = st.session_state[f"goal_value_{key}"], st.session_state[f"goal_due_{key}"]
    if value is None:
        st.toast("A goal needs a value.", icon=":material/error:")
        return
    goal = Goal(key, value / unit, due if isinstance(due, date) else None)

    def work(conn: Connection, viewer: Viewer) -> None:
        set_goal(conn, project_id, checked(goal), viewer.person_id)

    _change(project_id, work, "The goal is set.")


def _drop(project_id: int, key: str) -> None:
    def work(conn: Connection, viewer: Viewer) -> None:
        drop_goal(conn, project_id, key, viewer.person_id)

    _change(project_id, work, "There is no goal on it any more.")


def _reset(project_id: int, key: str) -> None:
    _change(
        project_id, lambda conn, _: reset_goal(conn, project_id, key), "The usual goal is back."
    )


def _change(project_id: int, work: Work, done: str) -> None:
    if change(project_id, work, ask(wanted_goals, project_id), field="business"):
        st.toast(done, icon=":material/check:")

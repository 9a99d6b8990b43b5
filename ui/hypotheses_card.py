"""The cards of hypotheses: the register, what became of one of them, and writing one down."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from analytics.annotations import annotations_in, annotations_of
from analytics.feedback.hypotheses import Tried, outcome, outcome_sql, register_sql, tried
from analytics.feedback.hypotheses.outcome import days_around
from analytics.filters import Filters
from analytics.measures.packs import kinds_of
from analytics.metrics import METRICS
from analytics.showing import shown
from db.annotations import Annotation
from ui import charts, words_hypotheses
from ui.cards import chart_card, table_card, text_card
from ui.experiments_results import outcomes_query
from ui.experiments_rows import LIFTS, lift_rows
from ui.frame import ask, enter, fetch, fetch_all
from ui.hypotheses import (
    REGISTER,
    about,
    choose_hypothesis,
    guardrails,
    listed,
    released,
)
from ui.hypothesis_changes import change_hypothesis, new_hypothesis
from ui.terms import doings
from ui.words_roadmap import Row
from ui.words_verdicts import sentence

YEAR = timedelta(days=366)


def draw_hypotheses(rows: pd.DataFrame, items: Mapping[str, Row], filters: Filters) -> None:
    """All of it; `rows` is the register, `items` the rows of the roadmap by their labels."""
    viewer = enter("feedback")
    table_card(
        listed(rows),
        title=words_hypotheses.register_finding(rows),
        help=words_hypotheses.REGISTER,
        name="register",
        columns=REGISTER,
        empty=words_hypotheses.NONE_YET,
        query=lambda: shown(register_sql(viewer, filters.project_id)),
    )
    until = filters.today + timedelta(days=1)
    kinds, notes = fetch_all(
        ask(kinds_of, filters.project_id),
        ask(annotations_of, filters.over(until - YEAR, until)),
    )
    releases = [note for note in notes if note.kind == "release"]
    if not rows.empty:
        _outcome(choose_hypothesis(rows), releases, filters)
    with st.expander("Write a hypothesis down", icon=":material/lightbulb:"):
        new_hypothesis(items, doings(kinds), releases, filters, len(rows))


def _outcome(row: Row, releases: list[Annotation], filters: Filters) -> None:
    """What became of it, beside how it stands."""
    left, right = st.columns([3, 2])
    day = released(row, filters.zone)
    key = row["experiment"]
    found = fetch(tried, filters.project_id, key) if key else None
    with left:
        if found:
            _tried(row, found, filters)
        elif day is None or row["metric"] not in METRICS:
            st.info(words_hypotheses.WAITING)
        else:
            _measured(row, day, filters)
    with right, st.container(border=True, key="card_standing"):
        st.subheader("How it stands", anchor=False)
        change_hypothesis(row, releases, filters)


def _tried(row: Row, found: Tried, filters: Filters) -> None:
    """What an experiment showed, and the way to its page."""
    rows = lift_rows([found.estimate] if found.estimate else [])
    chart_card(
        charts.intervals(rows, title="Change against the control"),
        rows[LIFTS],
        title=words_hypotheses.tried(found, row["expected"]),
        help=words_hypotheses.BY_EXPERIMENT,
        name="tried",
        query=outcomes_query(enter("feedback"), filters, found.experiment, found.phase),
        empty=sentence(found.experiment, found.verdict),
    )
    st.page_link(
        "pages/experiments.py",
        label="The experiment, with all that it showed",
        icon=":material/science:",
        query_params={"experiment": found.experiment.key},
    )


def _measured(row: Row, day: date, filters: Filters) -> None:
    """The metric around its release as a chart, and its guardrails in sentences."""
    viewer, guards, metric = enter("feedback"), guardrails(row), METRICS[row["metric"]]
    mine, everything = about(row, filters), replace(filters, event="", subject=None)
    found, marks, *held = fetch_all(
        ask(outcome, mine, metric.key, day),
        ask(annotations_in, days_around(mine, day)),
        *(ask(outcome, everything, guard.key, day) for guard in guards),
    )
    chart_card(
        charts.line(found.days, metric, grain="day", zone=filters.zone, marks=marks),
        found.days,
        title=words_hypotheses.outcome_title(metric, found, row["expected"]),
        help=words_hypotheses.METHOD,
        name="outcome",
        note=words_hypotheses.compared(found, metric, day),
        query=lambda: shown(outcome_sql(viewer, mine, metric.key, day)),
    )
    told = [words_hypotheses.guardrail(*each) for each in zip(guards, held, strict=True)]
    if told:
        text_card(
            told,
            title="What must not suffer",
            help=words_hypotheses.GUARDRAILS,
            name="guardrails",
        )

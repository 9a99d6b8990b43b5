"""The register of hypotheses on the roadmap: writing one down, how it stands, what came of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from analytics.feedback.hypotheses import MEASURABLE, register
from analytics.filters import Filters
from analytics.metrics import METRICS, Metric
from analytics.product.retention import Doing
from analytics.scope import Viewer
from db.annotations import Annotation
from db.hypotheses import (
    LONGEST_STATEMENT,
    MOST_GUARDRAILS,
    Draft,
    link_release,
    propose,
    set_hypothesis_state,
)
from db.tables import HYPOTHESIS_STATES
from ui import words_hypotheses
from ui.frame import ask
from ui.roadmap_changes import write
from ui.words_roadmap import Row

NOTHING = "none"
LABELS = {metric.label: metric.key for metric in MEASURABLE}
REGISTER: Mapping[str, Any] = {
    "statement": st.column_config.TextColumn("Hypothesis", width="large", pinned=True),
    "state": st.column_config.TextColumn("State"),
    "measures": st.column_config.TextColumn("Measured by"),
    "expected": st.column_config.NumberColumn(
        "Expected", help="The relative change", format="percent"
    ),
    "guards": st.column_config.TextColumn("Must not suffer"),
    "about": st.column_config.TextColumn("About", help="Its request or theme"),
    "release": st.column_config.TextColumn("Release"),
    "experiment": st.column_config.TextColumn("Experiment"),
    "shipped_at": st.column_config.DatetimeColumn("Shipped", format="D MMM YYYY"),
}


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """The register as its table shows it: what is measured in words."""
    each = rows.to_dict("records")
    return rows.assign(
        measures=[words_hypotheses.scope(row) for row in each],
        guards=[", ".join(_label(key) for key in row["guardrails"]) for row in each],
    ).drop(columns="guardrails")


def choose_hypothesis(rows: pd.DataFrame) -> Row:
    """Draw the choice of one of them: by default the first that was shipped, else the first."""
    known = {f"{row['statement']} (#{row['id']})": row for row in rows.to_dict("records")}
    shipped = [place for place, row in enumerate(known.values()) if released(row, "UTC")]
    place = shipped[0] if shipped else 0
    return known[
        st.selectbox("Hypothesis", list(known), place, key="hypothesis", bind="query-params")
    ]


def released(row: Row, zone: str) -> date | None:
    """The day on which it was shipped, in the project's zone; None before."""
    at: pd.Timestamp = row["shipped_at"]
    return at.tz_convert(zone).date() if at == at else None


def about(row: Row, filters: Filters) -> Filters:
    """The filters of what it measures: its event and subject, or all events."""
    event = row["event"]
    return replace(filters, event=event, subject=(row["subject"] or None) if event else None)


def guardrails(row: Row) -> list[Metric]:
    """What must not suffer, as far as the catalogue knows it."""
    return [METRICS[key] for key in row["guardrails"] if key in METRICS]


def change_hypothesis(row: Row, releases: list[Annotation], filters: Filters) -> None:
    """A form for how it stands, and with which release it was shipped."""
    links = _links(releases)
    linked = next((name for name in links if name == row["release"]), NOTHING)
    with st.form(f"hypothesis_{row['id']}", border=False):
        place = HYPOTHESIS_STATES.index(row["state"])
        state = st.selectbox("State", HYPOTHESIS_STATES, place, key=f"hstate_{row['id']}")
        release = st.selectbox(
            "Release", list(links), list(links).index(linked), key=f"hrelease_{row['id']}"
        )
        saved = st.form_submit_button("Save", icon=":material/save:")
    if saved:
        project, now = filters.project_id, datetime.now(UTC)

        def work(conn: Connection, _: Viewer) -> None:
            link_release(conn, project, row["id"], links[release])
            set_hypothesis_state(conn, project, row["id"], state, now)

        write(project, work, "Saved.", ask(register, project))


def new_hypothesis(
    items: Mapping[str, Row],
    doings: Mapping[str, Doing],
    releases: list[Annotation],
    filters: Filters,
) -> None:
    """A form that writes a hypothesis down; `items` are the roadmap's rows by their labels."""
    with st.form("new_hypothesis", border=False, clear_on_submit=True):
        statement = st.text_input(
            "We believe that",
            max_chars=LONGEST_STATEMENT,
            placeholder="saved views on the start page bring people back more often",
            key="h_statement",
        )
        with st.container(horizontal=True):
            metric = st.selectbox("Metric", list(LABELS), key="h_metric")
            doing = st.selectbox("Of", list(doings), key="h_of")
            expected = st.number_input(
                "Expected change (%)", -100.0, 1_000.0, 10.0, 1.0, key="h_expected"
            )
        guards = st.multiselect(
            "Must not suffer",
            list(LABELS),
            key="h_guards",
            max_selections=MOST_GUARDRAILS,
            help="Measured of the whole project",
        )
        with st.container(horizontal=True):
            item = st.selectbox("About", [NOTHING, *items], key="h_about")
            release = st.selectbox("Release", list(_links(releases)), key="h_release")
            experiment = st.text_input("Experiment", key="h_experiment", max_chars=200)
        if not st.form_submit_button("Write it down", icon=":material/lightbulb:"):
            return
    chosen, done = items.get(item), doings[doing]
    draft = Draft(
        statement=statement,
        metric=LABELS[metric],
        expected=expected / 100,
        event=done.event,
        subject=done.subject if done.event else None,
        guardrails=tuple(LABELS[name] for name in guards),
        request_id=_linked(chosen, "request"),
        theme_id=_linked(chosen, "theme"),
        annotation_id=_links(releases)[release],
        experiment=experiment,
    )
    project = filters.project_id
    write(
        project,
        lambda conn, viewer: propose(conn, project, draft, viewer.person_id),
        "Written down.",
        ask(register, project),
    )


def _linked(row: Row | None, kind: str) -> int | None:
    return int(row["item"]) if row is not None and row["kind"] == kind else None


def _links(releases: list[Annotation]) -> dict[str, int | None]:
    """The releases that are on record by their titles, the latest of equal ones, and none."""
    known: dict[str, int | None] = {NOTHING: None}
    return known | {note.title: note.id for note in reversed(releases)}


def _label(key: str) -> str:
    return METRICS[key].label if key in METRICS else key

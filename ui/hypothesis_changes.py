"""Writing a hypothesis down, saying how one stands, and with which release it was shipped."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from analytics.feedback.hypotheses import MEASURABLE, register
from analytics.filters import Filters
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
from ui.changes import change, change_and_rerun
from ui.frame import ask
from ui.held import changed, hold
from ui.words_roadmap import Row

NOTHING = "none"
NO_RELEASE = 0  # as the choice of a release
LABELS = {metric.label: metric.key for metric in MEASURABLE}


def change_hypothesis(row: Row, releases: Sequence[Annotation], filters: Filters) -> None:
    """A form for how it stands, and with which release it was shipped."""
    number: int = row["id"]
    release: int = NO_RELEASE if pd.isna(row["annotation_id"]) else row["annotation_id"]
    stored = {"hstate": row["state"], "hrelease": release}
    titles = _titles(releases)
    if release != NO_RELEASE:
        titles.setdefault(release, row["release"])
    hold(str(number), stored)
    with st.form(f"hypothesis_{number}", border=False):
        st.selectbox("State", HYPOTHESIS_STATES, format_func=str.capitalize, key=f"hstate_{number}")
        _choose_release(titles, f"hrelease_{number}")
        st.form_submit_button(
            "Save",
            icon=":material/save:",
            on_click=_save,
            args=(number, stored, filters.project_id),
        )


def new_hypothesis(
    items: Mapping[str, Row],
    doings: Mapping[str, Doing],
    releases: Sequence[Annotation],
    filters: Filters,
    number: int,
) -> None:
    """A form that writes a hypothesis down; `items` are the roadmap's rows by their labels.

    `number` tells it from the form of the one that was written down before, whose fields are full.
    """
    with st.form("new_hypothesis", border=False):
        said = _say(number) | _measure(doings, number) | _link(items, releases, number)
        if not st.form_submit_button("Write it down", icon=":material/lightbulb:"):
            return
        if wrong := words_hypotheses.missing(said):
            st.warning(wrong)
            return
    draft, project = Draft(**said), filters.project_id
    change_and_rerun(
        project,
        lambda conn, viewer: propose(conn, project, draft, viewer.person_id),
        "Written down.",
        ask(register, project),
    )


def _save(number: int, stored: dict[str, Any], project_id: int) -> None:
    """Keep what the form's reader changed, in its callback."""
    new = changed(str(number), stored)

    def work(conn: Connection, _: Viewer) -> None:
        if "hrelease" in new:
            link_release(conn, project_id, number, new["hrelease"] or None)
        if "hstate" in new:
            set_hypothesis_state(conn, project_id, number, new["hstate"], datetime.now(UTC))

    if change(project_id, work, ask(register, project_id)):
        st.toast("Saved.")


def _say(number: int) -> dict[str, Any]:
    """Draw what is believed."""
    statement = st.text_input(
        "We believe that",
        max_chars=LONGEST_STATEMENT,
        placeholder="saved views on the start page bring people back more often",
        key=f"h_statement_{number}",
    )
    return {"statement": statement.strip()}


def _measure(doings: Mapping[str, Doing], number: int) -> dict[str, Any]:
    """Draw what should change by how much, and what must not; nothing of it is chosen yet."""
    with st.container(horizontal=True):
        metric = st.selectbox(
            "Metric", list(LABELS), None, key=f"h_metric_{number}", placeholder="Choose one"
        )
        done = doings[st.selectbox("Of", list(doings), key=f"h_of_{number}")]
        expected = st.number_input(
            "Expected change (%)",
            -100.0,
            1_000.0,
            None,
            1.0,
            key=f"h_expected_{number}",
            placeholder="10 is a tenth more",
        )
    guards = st.multiselect(
        "Must not suffer",
        list(LABELS),
        key=f"h_guards_{number}",
        max_selections=MOST_GUARDRAILS,
        help="Measured of the whole project",
    )
    return {
        "metric": LABELS[metric] if metric else "",
        "event": done.event,
        "subject": done.subject if done.event else None,
        "expected": (expected or 0.0) / 100,
        "guardrails": tuple(LABELS[name] for name in guards),
    }


def _link(items: Mapping[str, Row], releases: Sequence[Annotation], number: int) -> dict[str, Any]:
    """Draw what it is linked to."""
    with st.container(horizontal=True):
        row = items.get(st.selectbox("About", [NOTHING, *items], key=f"h_about_{number}"))
        release = _choose_release(_titles(releases), f"h_release_{number}")
        experiment = st.text_input("Experiment", key=f"h_experiment_{number}", max_chars=200)
    return {
        "request_id": _linked(row, "request"),
        "theme_id": _linked(row, "theme"),
        "annotation_id": release or None,
        "experiment": experiment,
    }


def _choose_release(titles: Mapping[int, str], key: str) -> int:
    """Draw the choice of a release by its id; none is one, too."""
    options = [NO_RELEASE, *titles]
    return st.selectbox(
        "Release", options, key=key, format_func=lambda each: titles.get(each, NOTHING)
    )


def _titles(releases: Sequence[Annotation]) -> dict[int, str]:
    """The releases that are on record with their days, so that equal titles are told apart."""
    return {note.id: f"{note.title} ({note.at:%-d %b %Y})" for note in releases}


def _linked(row: Row | None, kind: str) -> int | None:
    return int(row["item"]) if row is not None and row["kind"] == kind else None

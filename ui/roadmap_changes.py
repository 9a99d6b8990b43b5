"""Changing what stands on the roadmap: estimates, states, themes and release."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.scope import Viewer
from db.moderating import link_request, release_request, set_request_state, withhold_request
from db.roadmap import MOST_EFFORT, Estimate, estimate
from db.tables import REQUEST_STATES
from ui import words_roadmap
from ui.cards import plain_text
from ui.changes import change, change_and_rerun, may_release, moderator
from ui.frame import Ask, enter
from ui.held import changed, hold
from ui.words_roadmap import Row

NO_THEME = 0  # as the choice of a theme


def change_row(row: Row, themes: pd.DataFrame, filters: Filters, *concerned: Ask) -> None:
    """What can be changed of a row; `concerned` are the questions to ask anew afterwards.

    `themes` are those that a request can be linked to.
    """
    with st.container(border=True, key="card_change"):
        st.subheader("Change it", anchor=False)
        _estimates(row, themes, filters, concerned)
        if row["kind"] == "request" and may_release(enter("feedback")):
            _release(row, filters, concerned)


def _estimates(
    row: Row, themes: pd.DataFrame, filters: Filters, concerned: tuple[Ask, ...]
) -> None:
    """One form: how a row stands, how long it takes, how sure it is, and its theme."""
    tag = f"{row['kind']}_{row['item']}"
    names = dict(zip(themes["id"].tolist(), themes["name"], strict=True))
    stored = _stored(row, names)
    hold(tag, stored)
    with st.form(f"estimate_{tag}", border=False):
        if row["kind"] == "request":
            st.selectbox(
                "State",
                REQUEST_STATES,
                format_func=str.capitalize,
                key=f"state_{tag}",
                help=words_roadmap.STATE,
            )
            _choose_theme(names, tag)
        with st.container(horizontal=True):
            _enter_effort(tag)
            _enter_confidence(tag)
        st.form_submit_button(
            "Save",
            icon=":material/save:",
            on_click=_save,
            args=(row["kind"], int(row["item"]), stored, filters.project_id, concerned),
        )


def _stored(row: Row, names: Mapping[int, str]) -> dict[str, Any]:
    """What the form shows of a row, by the names of its fields."""
    effort, sure = _entered(row["effort"]), _entered(row["confidence"] * 100)
    numbers = {"effort": effort, "confidence": sure and round(sure, 6)}
    if row["kind"] != "request":
        return numbers
    theme = int(row["theme"]) if row["theme"] in names else NO_THEME
    return numbers | {"state": row["state"], "theme": theme}


def _choose_theme(names: Mapping[int, str], tag: str) -> None:
    """Draw the choice of a theme whose comments speak for a request; none is one, too."""
    st.selectbox(
        "Theme",
        [NO_THEME, *names],
        format_func=lambda each: names.get(each, "none"),
        key=f"theme_{tag}",
        help="Whose comments speak for it",
    )


def _enter_effort(tag: str) -> None:
    st.number_input(
        "Effort (person-weeks)",
        0.1,
        MOST_EFFORT,
        None,
        0.5,
        key=f"effort_{tag}",
        placeholder="assumed: 4",
    )


def _enter_confidence(tag: str) -> None:
    st.number_input(
        "Confidence (%)",
        1.0,
        100.0,
        None,
        5.0,
        key=f"confidence_{tag}",
        placeholder="from n",
    )


def _save(
    kind: str, item: int, stored: dict[str, Any], project_id: int, concerned: tuple[Ask, ...]
) -> None:
    """Keep what the form's reader changed, in its callback."""
    new = changed(f"{kind}_{item}", stored)
    now = stored | new

    def work(conn: Connection, _: Viewer) -> None:
        if new.keys() & {"effort", "confidence"}:
            entered = Estimate(now["effort"], now["confidence"] and now["confidence"] / 100)
            estimate(conn, project_id, "request" if kind == "request" else "theme", item, entered)
        if "theme" in new:
            link_request(conn, project_id, item, new["theme"] or None)
        if "state" in new:
            set_request_state(conn, project_id, item, new["state"], datetime.now(UTC))

    if change(project_id, work, *concerned):
        st.toast("Saved.")


def _release(row: Row, filters: Filters, concerned: tuple[Ask, ...]) -> None:
    """A button that lets the public see a request, or only its asker again."""
    public, item = bool(row["released"]), int(row["item"])

    def work(conn: Connection, viewer: Viewer) -> None:
        person, now = moderator(viewer), datetime.now(UTC)
        if public:
            withhold_request(conn, filters.project_id, item)
        else:
            release_request(conn, filters.project_id, item, person, now)

    st.caption(words_roadmap.published(row))
    plain_text(str(row["details"]))
    name = "Withhold from the public" if public else "Release to the public"
    icon = ":material/visibility_off:" if public else ":material/public:"
    if st.button(name, icon=icon, key=f"release_{item}", help="Who asked for it always sees it."):
        done = "Withheld." if public else "Released."
        change_and_rerun(filters.project_id, work, done, *concerned)


def _entered(value: float) -> float | None:
    return float(value) if value == value else None

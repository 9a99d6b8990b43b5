"""The parts of the Security page."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.measures.cutting import ALL
from analytics.operations.security.acts import (
    PAGE,
    Search,
    audit_acts,
    audit_acts_sql,
    audit_choices,
)
from analytics.operations.security.counts import security_over_time_sql
from analytics.operations.security.exports import exports_by_day_sql
from analytics.operations.security.metrics import ATTEMPTS, REFUSED, SECURITY_METRICS
from analytics.showing import shown
from db.audit import note
from db.audit_chain import verify
from db.engine import engine
from ui import charts, words_security
from ui.cards import chart_card, table_card
from ui.changes import do
from ui.errors import calm
from ui.frame import ask, enter, fetch_all

FIELD = "operations"
READ = "read_the_audit_log_of"
ANY = "Any"
COLUMNS: Mapping[str, Any] = {
    "id": st.column_config.NumberColumn("No.", format="%d", pinned=True),
    "at": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm:ss"),
    "person": st.column_config.TextColumn("Who", help="Known to administrators"),
    "place": st.column_config.TextColumn("Where"),
    "act": st.column_config.TextColumn("Act"),
    "about": st.column_config.TextColumn("On"),
    "details": st.column_config.TextColumn("Details", width="large"),
}


def draw_attempts(
    kinds: pd.DataFrame, attempts: pd.DataFrame, marks: pd.DataFrame, filters: Filters
) -> None:
    """What was refused, by kind."""
    viewer = enter(FIELD)
    chart_card(
        charts.line(attempts, REFUSED, grain=filters.grain, zone=filters.zone, marks=marks),
        attempts,
        title=words_security.attempts_finding(kinds),
        help="Of this project, and where no project is known, as of unknown keys, of all.",
        name="attempts",
        empty=words_security.NOTHING_REFUSED,
        query=lambda: shown(security_over_time_sql(viewer, filters, ATTEMPTS)),
    )


def draw_exports(
    kinds: pd.DataFrame, exports: pd.DataFrame, marks: pd.DataFrame, filters: Filters
) -> None:
    """The rows that were taken along, by day."""
    viewer = enter(FIELD)
    rows = exports.rename(columns={"day": "period", "rows": "value"})
    over = rows["period"].dt.date < filters.today
    series = rows.assign(series=ALL, which="current", complete=over)
    chart_card(
        charts.line(
            series,
            SECURITY_METRICS["exported_rows"],
            grain="day",
            zone=filters.zone,
            marks=marks,
        ),
        exports,
        title=words_security.exports_finding(exports),
        help="Rows of CSV files and of exports of people's data. A day is unusual when its robust "
        "z against the 28 days before is at least 3.5, and it has 1,000 rows or more.",
        name="exports",
        note=words_security.exports_note(kinds),
        empty=words_security.NOTHING_TAKEN,
        query=lambda: shown(exports_by_day_sql(viewer, filters)),
    )


def draw_log(filters: Filters) -> None:
    """The audit log behind a door: to open it is noted, once a session and project."""
    box = st.expander(
        "Audit log: who did what", icon=":material/history:", key="audit_log", on_change="rerun"
    )
    if box.open:
        with box:
            _note_reading(filters.project_id)
            st.caption(words_security.LOG)
            if enter(FIELD).role == "admin":
                _verify()
            _acts(filters)


def _note_reading(project_id: int) -> None:
    if st.session_state.get(READ) == project_id:
        return
    if do(lambda conn, _: note(conn, "audit.read", project_id=project_id), field=FIELD):
        st.session_state[READ] = project_id


def _verify() -> None:
    """Look through the whole chain when a reader asks for it."""
    if not st.button("Verify the log", icon=":material/verified_user:", key="verify"):
        return
    with calm(), engine().connect() as conn:
        verdict = verify(conn)
    if verdict.faults:
        st.error(words_security.verified(verdict))
    else:
        st.success(words_security.verified(verdict))
        st.code(verdict.mark, language=None, wrap_lines=True)


def _acts(filters: Filters) -> None:
    viewer = enter(FIELD)
    (choices,) = fetch_all(ask(audit_choices, filters))
    search = _choose(choices)
    key = f"acts_{abs(hash((search, filters.start, filters.end)))}"
    number = st.session_state.get(key, 1)
    (acts,) = fetch_all(ask(audit_acts, filters, search, number))
    table_card(
        acts,
        title=words_security.log_finding(acts),
        help="Acts of this project, and for administrators those of no project, such as sign-ins.",
        name="acts",
        columns=COLUMNS,
        empty=words_security.NO_ACTS,
        query=lambda: shown(audit_acts_sql(viewer, filters, search, number)),
    )
    pages = 0 if acts.empty else -(-int(acts["found"].iloc[0]) // PAGE)
    if pages > 1:
        st.pagination(pages, key=key)


def _choose(choices: Mapping[str, list[str]]) -> Search:
    """Draw the search; people are not in the address, where they would name a colleague."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        noun = st.selectbox("About", ["", *choices["noun"]], format_func=_or_any, key="noun")
        place = st.selectbox(
            "Where",
            ["", *words_security.PLACES],
            format_func=lambda place: words_security.PLACES.get(place, ANY),
            key="place",
        )
        person = ""
        if choices["person"]:
            person = st.selectbox(
                "Who", ["", *choices["person"]], format_func=_or_any, key="acting_person"
            )
    return Search(noun, person, place)


def _or_any(option: str) -> str:
    return option.replace("_", " ") or ANY

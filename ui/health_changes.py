"""Adding probes and objectives, and taking them away, by those who run things."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from analytics.operations.health.objectives import Standing, standings
from analytics.operations.health.probes import LOOPLENS, probes_now
from analytics.scope import Viewer
from db.errors import LooplensError
from db.probes import EVERY_SECONDS, LONGEST_ADDRESS, Draft, pause_probe, remove_probe, save_probe
from db.slos import SloDraft, remove_slo, save_slo
from db.tables import INSTALLATION, PROBE_KINDS
from ui.changes import Work, do
from ui.frame import ask, clock

RUNNERS = ("admin", "operations")  # roles that decide what is looked at
NOT_YOURS = "Your role does not decide what is looked at here."
ADDRESSES = {
    "http": "https://shop.example.org/health",
    "tcp": "host:port",
    "postgres": "postgresql://user:password@host/name",
    "certificate": "shop.example.org",
}
KINDS = {"uptime": "Probes that answer", "errors": "Requests without an error",
         "latency": "Requests within a time"}  # fmt: skip


def may_run(viewer: Viewer, project_id: int) -> bool:
    """Whether the viewer decides what is looked at: of Looplens itself, admins do."""
    if project_id == INSTALLATION:
        return viewer.role == "admin"
    return viewer.role in RUNNERS and viewer.sees(project_id, "operations")


def draw_changes(
    viewer: Viewer, project_id: int, probes: pd.DataFrame, promised: Sequence[Standing]
) -> None:
    """The forms, for those who may; closed until somebody opens them."""
    if not may_run(viewer, project_id):
        return
    with st.expander("Change what is looked at and promised", icon=":material/tune:"):
        new_probe, new_slo, present = st.tabs(["New probe", "New objective", "Those there are"])
        with new_probe:
            _probe_form(project_id)
        with new_slo:
            _slo_form(project_id, probes)
        with present:
            _present(viewer, project_id, probes, promised)


def _probe_form(project_id: int) -> None:
    kind = st.selectbox("Kind", PROBE_KINDS, key="probe_kind", width=220)
    with st.form("new_probe", border=False):
        st.text_input("Name", key="probe_name", max_chars=100)
        st.text_input(
            "Address",
            key="probe_address",
            placeholder=ADDRESSES[kind],
            max_chars=LONGEST_ADDRESS,
            type="password",
            help="It may hold a password. Nobody is shown it again.",
        )
        with st.container(horizontal=True):
            st.number_input("Every (seconds)", *EVERY_SECONDS, 60, key="probe_every", width=160)
            st.number_input("Give up after (seconds)", 0.5, 60.0, 10.0, key="probe_timeout",
                            width=200)  # fmt: skip
            if kind == "http":
                st.number_input("Status", 100, 599, None, key="probe_status",
                                placeholder="any 2xx", width=130)  # fmt: skip
                st.text_input("Its answer holds", key="probe_text", max_chars=200, width=240)
            if kind == "certificate":
                st.number_input("Days that must be left", 1, 365, 14, key="probe_days", width=200)
        st.form_submit_button(
            "Add the probe", icon=":material/add:", on_click=_add_probe, args=(project_id,)
        )


def _add_probe(project_id: int) -> None:
    """Keep what the form holds, in its callback."""
    state = st.session_state
    draft = Draft(
        name=state.probe_name,
        kind=state.probe_kind,
        address=state.probe_address,
        every_seconds=int(state.probe_every),
        timeout_seconds=float(state.probe_timeout),
        expected_status=state.get("probe_status"),
        expected_text=state.get("probe_text") or "",
        minimum_days=int(state.get("probe_days") or 14),
    )
    if _do(project_id, project_id, lambda conn, _: save_probe(conn, project_id, draft)):
        state.probe_name = state.probe_address = ""
        st.toast("It is looked at within seconds.")


def _slo_form(project_id: int, probes: pd.DataFrame) -> None:
    kind = st.selectbox("Promise", list(KINDS), format_func=KINDS.__getitem__, key="slo_kind",
                        width=260)  # fmt: skip
    ours = probes[probes["of"] != LOOPLENS]
    names = dict(zip(ours["id"].tolist(), ours["name"], strict=True))
    if kind == "uptime" and not names:
        st.caption("Add a probe first.")
        return
    with st.form("new_slo", border=False):
        st.text_input("Name", key="slo_name", max_chars=100)
        with st.container(horizontal=True):
            if kind == "uptime":
                st.selectbox("Probe", list(names), format_func=names.__getitem__, key="slo_probe",
                             width=240)  # fmt: skip
            else:
                st.text_input("Service", key="slo_service", placeholder="all", width=200)
                st.text_input("Endpoint", key="slo_endpoint", placeholder="all", width=240)
            if kind == "latency":
                st.number_input("Within (ms)", 1.0, 600_000.0, 200.0, key="slo_ms", width=160)
            st.number_input("Share (%)", 50.0, 99.999, 99.9, key="slo_share", format="%.3f",
                            width=160)  # fmt: skip
            st.number_input("Days", 1, 90, 30, key="slo_days", width=120)
        st.form_submit_button(
            "Add the objective", icon=":material/add:", on_click=_add_slo, args=(project_id,)
        )


def _add_slo(project_id: int) -> None:
    """Keep what the form holds, in its callback."""
    state = st.session_state
    uptime = state.slo_kind == "uptime"
    draft = SloDraft(
        name=state.slo_name,
        kind=state.slo_kind,
        objective=round(state.slo_share / 100, 7),
        days=int(state.slo_days),
        probe_id=state.slo_probe if uptime else None,
        service="" if uptime else state.slo_service.strip(),
        endpoint="" if uptime else state.slo_endpoint.strip(),
        threshold_ms=state.slo_ms if state.slo_kind == "latency" else None,
    )
    if _do(project_id, project_id, lambda conn, _: save_slo(conn, project_id, draft)):
        state.slo_name = ""
        st.toast("It is counted from what there is already.")


def _present(
    viewer: Viewer, project_id: int, probes: pd.DataFrame, promised: Sequence[Standing]
) -> None:
    """Each with its buttons: pause and remove."""
    for row in probes.to_dict("records"):
        place = INSTALLATION if row["of"] == LOOPLENS else project_id
        if may_run(viewer, place):
            _probe_line(project_id, place, row)
    for each in promised:
        if may_run(viewer, each.slo.project_id):
            _slo_line(project_id, each)


def _probe_line(project_id: int, place: int, row: Mapping[Any, Any]) -> None:
    probe_id, paused = row["id"], row["state"] == "paused"

    def pause(conn: Connection, _: Viewer) -> None:
        pause_probe(conn, place, probe_id, paused=not paused)

    def remove(conn: Connection, _: Viewer) -> None:
        remove_probe(conn, place, probe_id)

    works = {"Go on" if paused else "Pause": pause, "Remove": remove}
    _line(project_id, place, f"probe_{probe_id}", row["name"], works)


def _slo_line(project_id: int, standing: Standing) -> None:
    slo = standing.slo

    def remove(conn: Connection, _: Viewer) -> None:
        remove_slo(conn, slo.project_id, slo.id)

    _line(project_id, slo.project_id, f"slo_{slo.id}", slo.name, {"Remove": remove})


def _line(project_id: int, place: int, tag: str, name: str, works: Mapping[str, Work]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(name, width="stretch")
        for label, work in works.items():
            args = (project_id, place, work)
            st.button(label, key=f"{label}_{tag}", on_click=_do_quietly, args=args)


def _do_quietly(project_id: int, place: int, work: Work) -> None:
    _do(project_id, place, work)


def _do(project_id: int, place: int, work: Work) -> bool:
    """Do it if the viewer decides there, and show it at once."""

    def checked(conn: Connection, viewer: Viewer) -> None:
        if not may_run(viewer, place):
            raise LooplensError(NOT_YOURS)
        work(conn, viewer)

    stale = ask(probes_now, project_id, clock()), ask(standings, project_id, clock())
    return do(checked, *stale, field="operations")

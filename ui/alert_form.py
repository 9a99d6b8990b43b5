"""The form of an alert: what it looks at, when it fires, and what it would have done."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.operations.alerts.listing import rule_with
from analytics.operations.alerts.preview import Preview, preview, preview_sql
from analytics.operations.signals.catalogue import find_signal
from analytics.scope import Viewer
from db.alert_rules import Rule, checked
from db.errors import BadAlertRule
from ui import alert_changes as changes
from ui import charts, words_alerts
from ui.alert_fields import currency_of, entered, scale_of, unit_of
from ui.cards import chart_card
from ui.frame import clock, fetch
from ui.health_changes import may_run
from ui.words import unlinked

NEW = 0  # as the number of a rule that is not kept yet


def draw_form(viewer: Viewer, rules: pd.DataFrame, filters: Filters) -> None:
    """The form of a rule that the viewer chooses, or of a new one, and its preview."""
    if not may_run(viewer, filters.project_id):
        return
    mine = [project for project in rules["project_id"].unique() if may_run(viewer, project)]
    ours = rules[rules["project_id"].isin(mine)]
    with st.container(border=True, key="card_form"):
        st.subheader("Make or change an alert", anchor=False)
        names = {NEW: "a new alert"} | dict(
            zip(ours["rule_id"].tolist(), ours["name"].map(unlinked), strict=True)
        )
        number = st.selectbox("Change", list(names), format_func=names.__getitem__, key="rule",
                              width=420)  # fmt: skip
        chosen = ours[ours["rule_id"] == number]
        project = int(chosen["project_id"].iloc[0]) if len(chosen) else filters.project_id
        kept = fetch(rule_with, project, number) if number != NEW else None
        _draw_fields(viewer, project, number, kept, filters)
        if len(chosen):
            _draw_standing(project, number, chosen.iloc[0])


@st.fragment
def _draw_fields(
    viewer: Viewer, project: int, number: int, kept: Rule | None, filters: Filters
) -> None:
    """A part of its own: what is changed here draws the preview anew, and nothing else."""
    rule = entered(viewer, project, number, kept)
    try:
        rule = checked(rule)
    except BadAlertRule as wrong:
        st.caption(f"Not complete yet: {wrong}")
        return
    currency = currency_of(project, find_signal(rule.metric))
    st.caption(words_alerts.told_of(rule, currency))
    _draw_preview(fetch(preview, project, rule, clock(), filters.zone), rule, project, filters)
    if st.button("Save", icon=":material/save:", type="primary", key=f"save_{number}") and (
        changes.save(project, None if number == NEW else number, rule)
    ):
        st.toast("Saved. It looks at what comes from now on.")
        st.rerun()


def _draw_preview(seen: Preview, rule: Rule, project: int, filters: Filters) -> None:
    signal = find_signal(rule.metric)
    local = {name: _local(frame, filters.zone) for name, frame in _frames(seen).items()}
    currency = currency_of(project, signal)
    is_money = signal.metric.unit == "cents"
    unit = scale_of(rule.kind, signal, currency) if is_money else 1.0
    figures = {name: local["seen"][name] * unit for name in ("value", "level")}
    local["seen"] = local["seen"].assign(**figures)
    chart = charts.watched(
        local["seen"],
        local["fired"],
        limit=rule.value * unit,
        title=signal.metric.label if rule.kind == "threshold" else words_alerts.KINDS[rule.kind],
        number=".1%" if unit_of(rule.kind, signal) == "%" else ",.4~f",
        zone=filters.zone,
    )
    chart_card(
        chart,
        local["seen"][["at", "value", "level"]],
        title=words_alerts.outcome(seen),
        help=words_alerts.PREVIEW,
        name="preview",
        note=words_alerts.outcome_note(seen),
        query=lambda: fetch(preview_sql, project, rule, clock(), filters.zone),
    )


def _frames(seen: Preview) -> dict[str, pd.DataFrame]:
    """What a chart draws: the looks that told something, and the spans of episodes."""
    lasted = pd.to_timedelta(seen.episodes["minutes"].fillna(0), unit="min")
    began = seen.episodes["started_at"]
    last = seen.seen["at"].max() if len(seen.seen) else pd.NaT
    until = (began + lasted).where(seen.episodes["minutes"].notna(), last)
    return {"seen": seen.seen, "fired": pd.DataFrame({"at": began, "until": until})}


def _local(frame: pd.DataFrame, zone: str) -> pd.DataFrame:
    times = {
        name: frame[name].dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
        for name in ("at", "until")
        if name in frame
    }
    return frame.assign(**times)


def _draw_standing(project: int, number: int, chosen: "pd.Series[Any]") -> None:
    """Pausing a rule, and removing one that somebody made."""
    paused = chosen["state"] == "paused"
    with st.container(horizontal=True, gap="small"):
        st.button("Look at it again" if paused else "Pause it", key=f"pause_{number}",
                  icon=":material/play_arrow:" if paused else ":material/pause:",
                  on_click=changes.pause, args=(project, number, not paused))  # fmt: skip
        if not chosen["is_usual"]:
            st.button("Remove it", icon=":material/delete:", key=f"remove_{number}",
                      on_click=changes.remove, args=(project, number))  # fmt: skip

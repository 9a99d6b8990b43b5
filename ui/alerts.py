"""What the page on alerts shows of them: what fires, what became of it, and the rules."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.operations.alerts.listing import episodes_sql, history, rules_sql
from analytics.operations.alerts.wording import figure
from analytics.operations.signals.catalogue import SIGNALS
from analytics.showing import shown
from db.error_groups import name_of
from db.tables import INSTALLATION
from ui import alert_changes as changes
from ui import words_alerts as told
from ui.alert_fields import currency_of
from ui.cards import literal, plain_text, table_card
from ui.frame import clock, enter, fetch
from ui.health_changes import may_run
from ui.incident_changes import open_for
from ui.words import counted, plain, unlinked

ERRORS = "pages/errors.py"
MOST_LINKED = 10
WHEN = "D MMM, HH:mm"
TIMES = ("started_at", "resolved_at", "snoozed_until", "evaluated_until", "at")
SNOOZES = {1: "1 hour", 4: "4 hours", 24: "1 day", 168: "1 week"}
EPISODES: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("Alert", pinned=True),
    "state": st.column_config.TextColumn("State", help=told.FIRING),
    "started_at": st.column_config.DatetimeColumn("Since", format=WHEN),
    "about": st.column_config.TextColumn("About", help=told.ABOUT, width="medium"),
    "severity": st.column_config.TextColumn("Severity"),
    "metric": st.column_config.TextColumn("Metric"),
    "resolved_at": st.column_config.DatetimeColumn("Until", format=WHEN),
    "began": st.column_config.TextColumn("Began at", help="What its limit is held against"),
    "farthest": st.column_config.TextColumn("Came to"),
    "of": st.column_config.TextColumn("Of", help="This project, or Looplens itself"),
}
RULES: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("Rule", pinned=True),
    "state": st.column_config.TextColumn("State"),
    "now": st.column_config.TextColumn("Now", help="The figure of its window"),
    "severity": st.column_config.TextColumn("Severity"),
    "metric": st.column_config.TextColumn("Metric"),
    "episodes": st.column_config.NumberColumn("Fired, 30 days", format="localized"),
    "evaluated_until": st.column_config.DatetimeColumn("Looked at", format=WHEN),
    "of": st.column_config.TextColumn("Of", help="This project, or Looplens itself"),
}


def draw_episodes(episodes: pd.DataFrame, named: pd.DataFrame, filters: Filters) -> None:
    """When rules fired, and what to do about one of them; `named` are the errors they name."""
    about = filters.project_id
    table_card(
        listed(episodes, filters).assign(
            about=told.about(episodes, named),
            began=_levels(episodes, "value", about),
            farthest=_levels(episodes, "worst", about),
        ),
        title=told.firing(episodes),
        help=told.FIRING,
        name="episodes",
        columns=EPISODES,
        note=told.TARGETS,
        empty=told.QUIET,
        query=lambda: shown(episodes_sql(enter("operations"), about, clock())),
    )
    if not episodes.empty:
        _draw_episode(episodes, named, filters)


def draw_rules(rules: pd.DataFrame, filters: Filters) -> None:
    """What is looked at, and how it stands."""
    values = zip(rules["metric"], rules["value"], strict=True)
    project = filters.project_id
    table_card(
        listed(rules, filters).assign(now=[_figure(*each, project) for each in values]),
        title=told.watching(rules),
        help=told.RULES,
        name="rules",
        columns=RULES,
        empty=told.NO_RULES,
        query=lambda: shown(rules_sql(enter("operations"), filters.project_id, clock())),
    )


def _draw_episode(episodes: pd.DataFrame, named: pd.DataFrame, filters: Filters) -> None:
    names = {
        int(row["episode_id"]): f"{unlinked(row['name'])}, {row['started_at']:%-d %B %H:%M}"
        for row in listed(episodes, filters).to_dict("records")
    }
    with st.container(border=True, key="card_episode"):
        number = st.selectbox(
            "Alert", list(names), format_func=names.__getitem__, key="episode", width=420
        )
        chosen = episodes[episodes["episode_id"] == number].iloc[0]
        project = int(chosen["project_id"])
        _draw_errors(named[named["episode_id"] == number])
        draw_history(fetch(history, filters.project_id, number), filters)
        if may_run(enter("operations"), project):
            _draw_deeds(project, number, chosen)


def _draw_errors(named: pd.DataFrame) -> None:
    """The errors of an episode, each with the way to all about it."""
    for error in named.head(MOST_LINKED).to_dict("records"):
        st.page_link(
            ERRORS,
            label=plain(error["title"]),
            icon=":material/bug_report:",
            query_params={"error": name_of(error["fingerprint"])},
        )
    if len(named) > MOST_LINKED:
        st.caption(f"and {counted(len(named) - MOST_LINKED, 'more error')}")


def draw_history(frame: pd.DataFrame, filters: Filters) -> None:
    """How something went on, in words: a line each."""
    local = _local(frame, filters)
    what = local["act"].map(told.ACTS) if "act" in local else local["state"].str.capitalize()
    for row, said in zip(local.to_dict("records"), what, strict=True):
        who = f", {literal(row['who'])}" if row["who"] else ""
        st.markdown(f"{row['at']:%-d %b, %H:%M}: **{said}**{who}")
        plain_text(row["note"])


def _draw_deeds(project: int, number: int, chosen: "pd.Series[Any]") -> None:
    """The buttons of an episode; what is over can still be spoken of."""
    st.text_input("Note", key=changes.NOTE, max_chars=500, placeholder="What you found, or did")
    over = chosen["state"] == "resolved"
    with st.container(horizontal=True, gap="small"):
        place = project, number
        if not over:
            st.button("Acknowledge", icon=":material/front_hand:", key="acknowledge",
                      on_click=changes.acknowledge, args=place)  # fmt: skip
            for hours, name in SNOOZES.items():
                st.button(f"Snooze {name}", icon=":material/snooze:", key=f"snooze_{hours}",
                          on_click=changes.snooze, args=(*place, hours))  # fmt: skip
            st.button("Resolve", icon=":material/check:", key="resolve",
                      on_click=changes.resolve, args=place)  # fmt: skip
        st.button("Comment", icon=":material/comment:", key="comment",
                  on_click=changes.comment, args=place)  # fmt: skip
        if project != INSTALLATION and pd.isna(chosen["incident_id"]):
            st.button(
                "Open an incident",
                icon=":material/emergency:",
                key="make_incident",
                on_click=open_for,
                args=(*place, chosen["name"], chosen["severity"]),
            )


def listed(frame: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The frame by the project's clock, with states, metrics and owners in words."""
    local = _local(frame, filters)
    words = {name: local[name].str.capitalize() for name in ("state", "severity")}
    if "metric" in local:
        words["metric"] = local["metric"].map(_label)
        words["of"] = local["project_id"].map(partial(_owner, filters.project_id))
    return local.assign(**words)


def _local(frame: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The frame with its times by the project's clock."""
    times = {
        name: frame[name].dt.tz_localize("UTC").dt.tz_convert(filters.zone).dt.tz_localize(None)
        for name in TIMES
        if name in frame
    }
    return frame.assign(**times)


def _owner(project: int, number: int) -> str:
    return "This project" if number == project else "Looplens"


def _label(metric: str) -> str:
    return SIGNALS[metric].metric.label if metric in SIGNALS else metric


def _figure(metric: str, value: float, project: int) -> str:
    if metric not in SIGNALS:
        return ""
    signal = SIGNALS[metric]
    return figure(value, signal.metric.unit, currency_of(project, signal))


def _levels(episodes: pd.DataFrame, name: str, project: int) -> list[str]:
    """Levels as people read them: those of figures in their unit, others as numbers."""
    return [
        _figure(row["metric"], row[name], project)
        if row["kind"] in ("threshold", "no_data")
        else f"{row[name]:,.2f}"
        for row in episodes.to_dict("records")
    ]

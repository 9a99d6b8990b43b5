"""The list of experiments, each with its verdict, and the choice of one."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from analytics.experiments.statistics import Verdict
from db.experiments.kept import Experiment
from ui import words_experiments as told
from ui import words_verdicts
from ui.cards import foot, literal

CHOSEN = "experiment"
ALL = "All experiments"
ORDER = ("running", "draft", "stopped")
GROUPS = {"running": "Running", "draft": "Drafts", "stopped": "Ended"}


def choose_experiment(experiments: Sequence[Experiment]) -> Experiment | None:
    """Draw the choice of an experiment by its key, which is in the address; None for all."""
    by_key = {each.key: each for each in experiments}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        key = st.selectbox(
            "Experiment",
            list(by_key),
            index=None,
            key=CHOSEN,
            bind="query-params",
            placeholder=ALL,
            label_visibility="collapsed",
            width=280,
        )
        if key:
            st.button(ALL, icon=":material/arrow_back:", type="tertiary", on_click=_open)
    return by_key[key] if key else None


def experiment_list(experiments: Sequence[Experiment], verdicts: Mapping[str, Verdict]) -> None:
    """Every experiment: those that run, drafts, those that ended."""
    st.subheader(told.finding(experiments, verdicts), anchor=False, help=told.LIST)
    if not experiments:
        st.markdown(told.NONE_YET)
        return
    for state in ORDER:
        ours = [each for each in experiments if each.state == state]
        if ours:
            st.caption(f"{GROUPS[state]} ({len(ours)})")
        for each in ours:
            _card(each, verdicts.get(each.key))
    foot(_listed(experiments, verdicts), "experiments", "", None)


def badge(experiment: Experiment, verdict: Verdict | None) -> str:
    """The verdict in two words as Markdown, with its icon and colour."""
    kind = words_verdicts.kind_of(experiment, verdict)
    icon, colour = words_verdicts.ICONS[kind]
    label = words_verdicts.short(experiment, verdict)
    if experiment.decision:
        label = words_verdicts.DECIDED[experiment.decision].capitalize()
        icon, colour = "flag", "gray"
    return f":{colour}-badge[:material/{icon}: {label}]"


def _card(experiment: Experiment, verdict: Verdict | None) -> None:
    with (
        st.container(border=True, key=f"experiment_{experiment.id}"),
        st.container(horizontal=True, vertical_alignment="center", gap="small"),
    ):
        with st.container(width="stretch", gap="xxsmall"):
            st.markdown(f"**{literal(experiment.name)}** {badge(experiment, verdict)}")
            st.markdown(literal(words_verdicts.told(experiment, verdict)))
            st.caption(literal(f"{told.period(experiment)} \u00b7 {experiment.key}"))
        st.button(
            "Open",
            key=f"open_{experiment.id}",
            icon=":material/arrow_forward:",
            help=literal(f"Open {experiment.name}"),
            on_click=_open,
            args=(experiment.key,),
        )


def _open(key: str | None = None) -> None:
    st.session_state[CHOSEN] = key


def _listed(experiments: Sequence[Experiment], verdicts: Mapping[str, Verdict]) -> pd.DataFrame:
    """The list as a table, to take away."""
    return pd.DataFrame(
        [
            {
                "key": each.key,
                "name": each.name,
                "state": each.state,
                "verdict": words_verdicts.told(each, verdicts.get(each.key)),
                "decision": each.decision,
                "started_at": each.started_at,
                "stopped_at": each.stopped_at,
            }
            for each in experiments
        ]
    )

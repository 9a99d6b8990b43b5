"""What may be done with an experiment: start, stop, switch off, change its share, decide.

Each is behind a door that says what it does, so that nothing happens by a slip of the hand.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from analytics.experiments.asking import may_change
from analytics.filters import Filters
from analytics.scope import Viewer
from db.experiments.checking import draft_of
from db.experiments.kept import Experiment, Variant
from db.experiments.running import LONGEST_NOTE
from db.tables import BUCKETS, DECISIONS
from ui import experiments_changes as changes
from ui.words_verdicts import DECIDED

BUILDER = "pages/new_experiment.py"
LOOKING = "You may look; administrators and product managers start, stop and decide."


def draw_actions(viewer: Viewer, filters: Filters, experiment: Experiment) -> None:
    """The doors that this experiment has in its state, for who may go through them."""
    if not may_change(viewer, filters.project_id):
        st.caption(LOOKING)
        return
    with st.container(horizontal=True, gap="small", key="actions"):
        if experiment.state == "draft":
            _draft(experiment)
        if experiment.state != "draft":
            _decide(experiment)
        if experiment.state == "running":
            _stop(experiment)
            _shares(experiment)
            _switch(experiment)
        if experiment.kind == "import" or experiment.state == "draft":
            _delete(experiment)


def _draft(experiment: Experiment) -> None:
    key = experiment.key
    with _door("Start", "play_arrow", primary=True):
        st.markdown("People take part from now on. Metrics, plan and variants are fixed then.")
        _button("Start it", lambda: changes.start(experiment.project_id, key))
    st.page_link(BUILDER, label="Edit", icon=":material/edit:", query_params={"draft": key})


def _decide(experiment: Experiment) -> None:
    """What was decided: a form, whose note is for those who ask in a year."""
    others = [each.key for each in experiment.variants if each.key != experiment.control]
    with _door("Decide", "flag", primary=not experiment.decision):
        st.caption("It ends the experiment and is written into the roadmap. Who ships gets it all.")
        decision = st.segmented_control(
            "Decision",
            [each for each in DECISIONS if each],
            default=experiment.decision or "shipped",
            key="decision",
            required=True,
            format_func=lambda each: DECIDED[each].capitalize(),
        )
        variant = ""
        if decision == "shipped":
            variant = st.selectbox("Variant for everybody", others, key="decided_variant")
        note = st.text_area(
            "Why", experiment.decision_note, key="decision_note", max_chars=LONGEST_NOTE
        )
        about = (experiment.project_id, experiment.key)
        _button("Write it down", lambda: changes.decide(*about, decision, variant, note))


def _stop(experiment: Experiment) -> None:
    with _door("Stop", "stop_circle"):
        st.markdown("Everybody gets the control, and it can't be started again. Results stay.")
        _button("Stop it", lambda: changes.stop(experiment.project_id, experiment.key))


def _switch(experiment: Experiment) -> None:
    """The kill switch: quicker than to stop, and it can be taken back."""
    off = not experiment.killed
    about = (experiment.project_id, experiment.key)
    with _door("Kill switch" if off else "Switch on", "power_settings_new"):
        st.markdown(
            "Everybody gets the control within seconds, until it is switched on again."
            if off
            else "People get their variants again, each the same as before."
        )
        label = "Switch it off" if off else "Switch it on"
        _button(label, lambda: changes.switch(*about, off))


def _shares(experiment: Experiment) -> None:
    """Weights and share: changing them begins a new phase."""
    with _door("Shares", "tune"):
        st.caption("Another share or other weights begin a new phase: people never mix.")
        share = _percent("Share of people (%)", "share", experiment.share)
        weights = [
            _percent(f"{each.key} (%)", f"weight_{each.key}", each.weight)
            for each in experiment.variants
        ]
        _button("Begin a new phase", lambda: _reweigh(experiment, share, weights))


def _reweigh(experiment: Experiment, share: int, weights: list[int]) -> None:
    pairs = zip(experiment.variants, weights, strict=True)
    variants: tuple[Variant, ...] = tuple(replace(each, weight=weight) for each, weight in pairs)
    draft = replace(draft_of(experiment), share=share, variants=variants)
    changes.keep(experiment.project_id, draft, experiment.key)


def _delete(experiment: Experiment) -> None:
    with _door("Delete", "delete"):
        st.markdown("It is gone with all that was written down for it.")
        _button("Delete it", lambda: changes.delete(experiment.project_id, experiment.key))


def _percent(label: str, key: str, buckets: int) -> int:
    """A field of percents; what it holds, in buckets."""
    whole = BUCKETS / 100
    value = st.number_input(label, 0.0, 100.0, buckets / whole, 0.01, key=key, format="%g")
    return round(value * whole)


def _door(label: str, icon: str, *, primary: bool = False) -> Any:
    return st.popover(label, icon=f":material/{icon}:", type="primary" if primary else "secondary")


def _button(label: str, work: Callable[[], None]) -> None:
    """The button behind a door; it does the work in its callback and then draws the page anew."""
    st.button(label, type="primary", on_click=work)

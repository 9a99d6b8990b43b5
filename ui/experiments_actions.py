"""What may be done with an experiment: start, stop, switch off, change its share, decide.

Each is behind a door that says what it does, so that nothing happens by a slip of the hand.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import streamlit as st

from analytics.experiments.asking import may_change
from analytics.experiments.statistics import Verdict
from analytics.filters import Filters
from analytics.scope import Viewer
from db.experiments.checking import draft_of
from db.experiments.kept import Experiment
from db.experiments.running import LONGEST_NOTE
from db.tables import BUCKETS, DECISIONS
from ui import experiments_changes as changes
from ui.experiments_draft import EDIT
from ui.held import hold
from ui.words_verdicts import DECIDED

BUILDER = "pages/new_experiment.py"
PERCENT = BUCKETS / 100
SUGGESTED = {
    "better": "shipped",
    "worse": "rolled_back",
    "guardrail": "rolled_back",
    "level": "inconclusive",
    "split": "inconclusive",
}  # a decision by the kind of the verdict; for others the reader chooses one
LOOKING = "You may look; administrators and product managers start, stop and decide."


def draw_actions(
    viewer: Viewer, filters: Filters, experiment: Experiment, verdict: Verdict | None
) -> None:
    """The doors that this experiment has in its state, for who may go through them."""
    if not may_change(viewer, filters.project_id):
        st.caption(LOOKING)
        return
    hold(str(experiment.id), _stored(experiment, verdict))
    with st.container(horizontal=True, gap="small", key="actions"):
        if experiment.state == "draft":
            _draft(experiment)
        if experiment.state != "draft":
            _decide(experiment, verdict)
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
    st.page_link(BUILDER, label="Edit", icon=":material/edit:", query_params={EDIT: key})


def _decide(experiment: Experiment, verdict: Verdict | None) -> None:
    """What was decided: a form, whose note is for those who ask in a year."""
    with (
        _door("Decide", "flag", primary=not experiment.decision and _is_ready(verdict)),
        _form(experiment, "Write it down", _write_down),
    ):
        st.caption("It ends the experiment and stands in the roadmap, too.")
        st.radio(
            "Decision",
            [each for each in DECISIONS if each],
            index=None,
            key=_key("decision", experiment),
            format_func=lambda each: DECIDED[each].capitalize(),
        )
        st.selectbox(
            "If shipped, for everybody", _treatments(experiment), key=_key("decided", experiment)
        )
        st.text_area("Why", key=_key("note", experiment), max_chars=LONGEST_NOTE)


def _write_down(experiment: Experiment) -> None:
    decision, variant, note = (_now(name, experiment) for name in ("decision", "decided", "note"))
    if not decision:
        st.toast("Choose what was decided.", icon=":material/error:")
        return
    shipped = variant if decision == "shipped" else ""
    changes.decide(experiment.project_id, experiment.key, decision, shipped, note)


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
    with _door("Shares", "tune"), _form(experiment, "Begin a new phase", _reweigh):
        st.caption("Another share or other weights begin a new phase: people never mix.")
        _percent("Share of people (%)", "share", experiment)
        for each in experiment.variants:
            _percent(f"{each.key} (%)", f"weight_{each.key}", experiment)


def _reweigh(experiment: Experiment) -> None:
    variants = tuple(
        replace(each, weight=round(_now(f"weight_{each.key}", experiment) * PERCENT))
        for each in experiment.variants
    )
    share = round(_now("share", experiment) * PERCENT)
    draft = replace(draft_of(experiment), share=share, variants=variants)
    changes.keep(experiment.project_id, draft, experiment.key)


def _delete(experiment: Experiment) -> None:
    with _door("Delete", "delete"):
        st.markdown("It is gone with all that was written down for it.")
        _button("Delete it", lambda: changes.delete(experiment.project_id, experiment.key))


def _percent(label: str, name: str, experiment: Experiment) -> None:
    st.number_input(label, 0.0, 100.0, step=1.0, key=_key(name, experiment), format="%g")


@contextmanager
def _form(experiment: Experiment, label: str, work: Callable[[Experiment], None]) -> Iterator[None]:
    """A form of fields, and a button that does the work with what they hold then."""
    with st.form(f"{label}_{experiment.id}", border=False):
        yield
        st.form_submit_button(label, type="primary", on_click=work, args=(experiment,))


def _treatments(experiment: Experiment) -> list[str]:
    """What may be shipped: to keep the control is to roll back."""
    return [each.key for each in experiment.variants if each.key != experiment.control]


def _is_ready(verdict: Verdict | None) -> bool:
    """Whether its verdict speaks for a decision."""
    return verdict is not None and verdict.kind in SUGGESTED and verdict.kind != "split"


def _stored(experiment: Experiment, verdict: Verdict | None) -> dict[str, Any]:
    """What the fields of all forms show at first."""
    others = _treatments(experiment)
    decided = experiment.decided_variant or (verdict.variant if verdict else "")
    return {
        "decision": experiment.decision or SUGGESTED.get(verdict.kind if verdict else ""),
        "decided": decided if decided in others else others[0],
        "note": experiment.decision_note,
        "share": experiment.share / PERCENT,
        **{f"weight_{each.key}": each.weight / PERCENT for each in experiment.variants},
    }


def _key(name: str, experiment: Experiment) -> str:
    return f"{name}_{experiment.id}"


def _now(name: str, experiment: Experiment) -> Any:
    """What a field holds, in a callback."""
    return st.session_state[_key(name, experiment)]


def _door(label: str, icon: str, *, primary: bool = False) -> Any:
    return st.popover(label, icon=f":material/{icon}:", type="primary" if primary else "secondary")


def _button(label: str, work: Callable[[], None]) -> None:
    """The button behind a door; it does the work in its callback and then draws the page anew."""
    st.button(label, type="primary", on_click=work)

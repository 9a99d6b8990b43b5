"""The head of an experiment's page: the verdict as its largest text, what to do, how far it is."""

from collections.abc import Sequence

import streamlit as st

from analytics.experiments.results import Results, planned_units
from analytics.experiments.statistics import Verdict
from db.experiments.kept import Experiment, Phase
from ui import words, words_verdicts
from ui import words_experiments as told
from ui.cards import literal
from ui.frame import ASSETS, clock

STYLE = ASSETS / "verdict.css"
PHASE = "phase"


def choose_phase(experiment: Experiment, phases: Sequence[Phase]) -> int | None:
    """Draw the choice of a phase where there are several; None for the newest.

    Each experiment has its own choice, so that another one opens at its newest phase.
    """
    if len(phases) < 2:
        return None
    numbers = [str(phase.number) for phase in phases]
    chosen = st.segmented_control(
        "Phase",
        numbers,
        default=numbers[-1],
        key=f"{PHASE}_{experiment.id}",
        bind="query-params",
        required=True,
        help="Weights or share were changed between them; people of different phases don't mix.",
    )
    if chosen != numbers[-1]:
        st.caption(told.EARLIER_PHASE.format(number=chosen))
    return int(chosen)


def draw_verdict(experiment: Experiment, verdict: Verdict | None) -> None:
    """The verdict in one sentence with its icon, what to do, and what is believed."""
    icon, colour = words_verdicts.ICONS[words_verdicts.kind_of(experiment, verdict)]
    st.html(STYLE)
    with st.container(key="verdict", gap="xsmall"):
        st.header(
            f":{colour}[:material/{icon}:] "
            + literal(words_verdicts.sentence(experiment, verdict)),
            anchor=False,
        )
        st.text(words_verdicts.advice(experiment, verdict))
        said = [experiment.name, told.period(experiment), experiment.hypothesis]
        st.caption(literal(" \u00b7 ".join(part for part in said if part)))


def draw_facts(experiment: Experiment, results: Results) -> None:
    """How far it is: tiles of people, of who is counted, of the split, and of who is left out."""
    split, planned = results.reading.split, planned_units(experiment)
    mixed = int(split.frame["mixed"].sum())
    with st.grid(4, min_column_width=150, gap="xsmall"):
        _tile("People exposed", f"{results.people:,}", told.EXPOSED)
        label = f"Counted ({planned:,} planned)" if planned else "Counted"
        _tile(label, f"{results.counted:,}", told.COUNTED)
        _tile("Split", told.split_in_short(split), told.SPLIT)
        _tile("Left out", f"{mixed:,}", told.MIXED)
    if experiment.counted_at:
        st.caption(f"Counted {words.ago(experiment.counted_at, clock(1))}.")


def draw_waiting(experiment: Experiment) -> None:
    """What to do while nobody was exposed, in place of cards that would all be empty."""
    with st.container(border=True, key="card_waiting"):
        st.subheader("Waiting for the first person", anchor=False)
        st.markdown(told.WAITING)
        st.code(f"GET /api/v1/feature/{experiment.key}?user_id=...", language="http")


def _tile(label: str, value: str, help: str) -> None:
    st.metric(label, value, help=help, border=True)

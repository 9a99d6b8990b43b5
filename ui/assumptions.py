"""What a return is reckoned with, for readers to change: in the address, or for an organisation."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from analytics.community.assumptions import ASSUMPTIONS, Assumed, Range, assumed
from analytics.community.roi import Estimate
from ui import words, words_returns
from ui.cards import literal, table_card
from ui.held import hold
from ui.words_returns import CASES

LARGEST = 1e9
ESTIMATE = {
    "case": st.column_config.TextColumn("Case", pinned=True),
    "hours": st.column_config.NumberColumn("Hours saved", format="localized"),
    "value": st.column_config.NumberColumn("Value", format="dollar"),
    "cost": st.column_config.NumberColumn("Cost", format="dollar"),
    "benefit_per_cost": st.column_config.NumberColumn("Benefit / cost", format="%.1f"),
    "roi": st.column_config.NumberColumn(
        "ROI", format="%.1f", help="(value - cost) / cost: one less than benefit / cost"
    ),
}


def estimate_card(estimate: Estimate, title: str, note: str = "") -> None:
    """The return in its three cases."""
    table_card(
        words_returns.cases(estimate),
        title=title,
        help=words_returns.ESTIMATE,
        name="estimate",
        columns=ESTIMATE,
        note=note,
        empty="Nothing was run in these days.",
    )


def choose_assumed(keys: Sequence[str]) -> dict[str, Range]:
    """Draw a number for each assumption, which is in the address; one that is changed has no span.

    They stay on the page also when they are folded away: else the address would lose them.
    """
    usual = assumed({}, keys)
    with (
        st.expander("Assumptions", key="assumptions", type="compact"),
        st.grid("auto", min_column_width=150),
    ):
        chosen = {key: _choose(key, usual[key].likely) for key in keys}
    said = {key: value for key, value in chosen.items() if value != usual[key].likely}
    return assumed(said, keys)


def _choose(key: str, usual: float) -> float:
    known = ASSUMPTIONS[key]
    return st.number_input(
        literal(f"{known.label} ({known.unit})"),
        0.0,
        LARGEST,
        usual,
        key=key,
        bind="query-params",
        format="%g",
        help=known.definition,
    )


def draw_form(held: Assumed, tag: str, keep: Callable[[dict[str, Range]], Any]) -> None:
    """A form with the three cases of each assumption; `keep` is called with what was entered."""
    hold(tag, {f"{key}_{case}": getattr(held[key], case) for key in held for case in CASES})
    with st.form(tag, border=False):
        st.caption(f"Each: {words.listing([label.lower() for label in CASES.values()])}.")
        for key in held:
            _row(key, tag)
        st.form_submit_button(
            "Save", icon=":material/save:", on_click=lambda: keep(_entered(held, tag))
        )


def _row(key: str, tag: str) -> None:
    known = ASSUMPTIONS[key]
    st.markdown(literal(f"{known.label} ({known.unit})"), help=known.definition)
    with st.container(horizontal=True, gap="small"):
        for case, label in CASES.items():
            st.number_input(
                f"{known.label}, {label.lower()}",
                0.0,
                LARGEST,
                key=f"{key}_{case}_{tag}",
                format="%g",
                label_visibility="collapsed",
                width=120,
            )


def _entered(held: Assumed, tag: str) -> dict[str, Range]:
    return {
        key: Range(*(st.session_state[f"{key}_{case}_{tag}"] for case in CASES)) for key in held
    }

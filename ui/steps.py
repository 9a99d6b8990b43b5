"""The builder of funnels: steps by clicking.

What is built is held as text, in the widgets "As text" and so in the address: a link, a saved view
and a click on a journey fill the builder alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.product.funnels.definition import (
    BETWEEN_STEPS,
    MOST_STEPS,
    ORDERS,
    BadFunnel,
    Funnel,
    Order,
    Step,
    steps_of,
    window_of,
)
from db.views import View
from ui import words_funnels as words
from ui.drafts import controlled
from ui.errors import calm
from ui.step_conditions import STEPS, changed_at, conditions, propose

WITHOUT = "without"
WINDOWS = ("30m", "1h", "6h", "1d", "3d", "7d", "14d", "30d", "60d", "90d")
USUAL_WINDOW = "14d"
Steps = tuple[Step, ...]
LEAST_STEPS = 2
USUAL_STEPS = 3  # so many of the most used events, until others are chosen


@dataclass(frozen=True, slots=True)
class Terms:
    """What makes steps a funnel; the window is as an address has it."""

    order: Order
    window: str
    without: Steps


def choose_steps(filters: Filters, used: pd.DataFrame) -> tuple[Steps, Steps]:
    """Draw the steps; they and the exclusions. `used` is as `used_events` gives it.

    Until some are chosen, the steps are the most used events.
    """
    names = list(dict.fromkeys(used["name"]))
    shown = st.container(
        horizontal=True, vertical_alignment="center", gap="xsmall", key="steps_box"
    )
    chosen, without = _as_text()
    steps = chosen or tuple(Step(name) for name in names[:USUAL_STEPS])
    with shown:
        for place in range(len(steps)):
            _step(filters, used, steps, place)
        _add(steps, names)
    return steps, without


def choose_terms(without: Steps, used: pd.DataFrame) -> Terms:
    """Draw the choices of order, window and exclusions."""
    order = st.segmented_control(
        "Order",
        ORDERS,
        default="ordered",
        key="order",
        bind="query-params",
        required=True,
        help=words.ORDER,
    )
    window = st.selectbox(
        "Window",
        WINDOWS,
        index=WINDOWS.index(USUAL_WINDOW),
        key="window",
        bind="query-params",
        accept_new_options=True,
        width=110,
        help=words.WINDOW,
    )
    _exclusions(without, list(dict.fromkeys(used["name"])))
    return Terms(order, window or USUAL_WINDOW, without)


def funnel_of(steps: Steps, terms: Terms) -> Funnel:
    """The funnel of these steps; ends the run with a note while it is none."""
    if len(steps) < LEAST_STEPS:
        st.info(words.TEACHING)
        st.stop()
    with calm():
        return Funnel(steps, terms.order, window_of(terms.window), terms.without)


def _as_text() -> tuple[Steps, Steps]:
    """The steps and exclusions as text, to copy and to paste; what can't be read counts as none."""
    with st.expander("As text", key="funnel_as_text", type="compact"):
        texts = [
            st.text_input(label, key=key, bind="query-params", placeholder=hint)
            for label, key, hint in (
                ("Steps", STEPS, "sign_up~template_used!subject:eq:report"),
                ("Without", WITHOUT, "error"),
            )
        ]
        try:
            steps, without = (steps_of(text or "") for text in texts)
        except BadFunnel as error:
            st.warning(str(error))
            return (), ()
        return steps, without


def _step(filters: Filters, used: pd.DataFrame, steps: Steps, place: int) -> None:
    names = list(dict.fromkeys([*used["name"], steps[place].name]))
    with st.container(
        border=True,
        horizontal=True,
        vertical_alignment="center",
        gap="xsmall",
        width="content",
        key=f"step_{place}",
    ):
        controlled(
            st.selectbox,
            f"Step {place + 1}",
            f"step_name_{place}",
            steps[place].name,
            lambda name: propose(changed_at(steps, place, Step(name))),
            options=names,
            width=160,
        )
        conditions(filters, used, steps, place)
        st.button(
            "",
            key=f"remove_step_{place}",
            icon=":material/close:",
            help="Remove this step",
            type="tertiary",
            on_click=propose,
            args=(changed_at(steps, place),),
            disabled=len(steps) <= LEAST_STEPS,
        )


def _add(steps: Steps, names: Sequence[str]) -> None:
    """Add the most used event that is no step yet."""
    taken = {step.name for step in steps}
    name = next((name for name in names if name not in taken), names[0] if names else "")
    if name:
        st.button(
            "Add a step",
            key="add_step",
            icon=":material/add:",
            on_click=propose,
            args=((*steps, Step(name)),),
            disabled=len(steps) >= MOST_STEPS,
        )


def _exclusions(without: Steps, names: Sequence[str]) -> None:
    """The choice of what must not happen in between."""
    chosen = [step.text for step in without]
    controlled(
        st.multiselect,
        "Without",
        "without_names",
        chosen,
        _exclude,
        options=list(dict.fromkeys([*(Step(name).text for name in names), *chosen])),
        placeholder="Without \u2026",
        width=220,
    )


def _exclude(texts: Sequence[str]) -> None:
    st.session_state[WITHOUT] = BETWEEN_STEPS.join(texts)


def saved_funnels(views: Sequence[View]) -> tuple[tuple[str, Funnel], ...]:
    """The funnels of saved views with their names; views of the page's own choice have none."""
    found = []
    for view in views:
        try:
            found.append((view.name, Funnel.from_text(view.query)))
        except BadFunnel:
            continue
    return tuple(found)

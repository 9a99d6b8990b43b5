"""The draft of an experiment while it is built: held for the session, and filled from a kept one.

Its widgets show the draft and hand every change back to it, so that an address with ?edit=key, a
new metric and a reader's own words all fill the form alike.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from db.errors import BadExperiment
from db.experiments.checking import Draft, draft_of
from db.experiments.kept import Experiment, Variant
from db.tables import BUCKETS
from ui import words
from ui.drafts import controlled

DRAFT, LOADED, EDIT = "experiment_draft", "experiment_loaded", "edit"
FAULT = "experiment_fault"  # the field that something is wrong with, and what that is
FAR = 10**12  # a field takes any number, so that one that can't be is answered with a message
HALF = BUCKETS // 2
FRESH = Draft(
    "experiment", "", "", (Variant("control", HALF), Variant("treatment", HALF)), "control"
)
NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")


def choose_draft(experiments: Sequence[Experiment]) -> str | None:
    """Draw the choice of a kept draft to go on with; its key, or None for a new one."""
    drafts = {each.key: each for each in experiments if each.state == "draft"}
    key = st.selectbox(
        "Go on with a draft",
        list(drafts),
        index=None,
        key=EDIT,
        bind="query-params",
        placeholder="A new experiment",
        width=280,
    )
    if st.session_state.get(LOADED, "") != key:
        st.session_state[LOADED] = key
        st.session_state[DRAFT] = draft_of(drafts[key]) if key else FRESH
    return key


def held() -> Draft:
    """The draft as it is now."""
    draft: Draft = st.session_state.get(DRAFT, FRESH)
    return draft


def put(**changes: Any) -> None:
    """Change these fields of the draft: in a callback, or before the form is drawn."""
    st.session_state[DRAFT] = replace(held(), **changes)


def empty() -> None:
    """Begin anew, in a callback."""
    st.session_state[DRAFT] = FRESH
    st.session_state[LOADED] = st.session_state[EDIT] = None
    st.session_state.pop(FAULT, None)


def rename(name: str) -> None:
    """Take a name, and make a key of it while there is none that somebody has chosen or kept."""
    before = held()
    free = not st.session_state.get(LOADED) and before.key in ("", slug(before.name))
    put(name=name, key=slug(name) if free else before.key)


def slug(name: str) -> str:
    """A key that is made of a name: "Short checkout!" is short-checkout."""
    return NOT_IN_KEYS.sub("-", name.lower()).strip("-")[:100]


def field(
    widget: Callable[..., Any],
    label: str,
    name: str,
    value: Any,
    take: Callable[[Any], None] | None = None,
    **more: Any,
) -> None:
    """A widget with its label that shows a field of the draft and changes it."""
    controlled(
        widget,
        label,
        f"exp_{name}",
        value,
        partial(_taken, name, take or partial(_take, name)),
        label_visibility="visible",
        **more,
    )
    wrong, why = st.session_state.get(FAULT, ("", ""))
    if wrong == name:
        st.caption(f":red[{words.plain(why)}]")


def number(
    label: str,
    name: str,
    value: float,
    take: Callable[[Any], None],
    bounds: tuple[float, float],
    **more: Any,
) -> None:
    """A field of a number from the one to the other bound; another one is told and not taken."""
    low, high = bounds

    def checked(given: float | None) -> None:
        if given is None or not low <= given <= high:
            what = f"{label.removesuffix(' (%)')}: from {low:,g} to {high:,g}"
            raise BadExperiment(f"{what}. It is still {value:,g}.")
        take(given)

    far = type(value)(FAR)
    field(st.number_input, label, name, value, checked, min_value=-far, max_value=far, **more)


def refuse(name: str, why: str) -> None:
    """Say what is wrong with a field, at the field and in passing."""
    st.session_state[FAULT] = (name, why)
    st.toast(why, icon=":material/error:")


def refused() -> str:
    """What was wrong with the last change, which was not taken; told once."""
    _, why = st.session_state.pop(FAULT, ("", ""))
    return str(why)


def _taken(name: str, take: Callable[[Any], None], value: Any) -> None:
    st.session_state.pop(FAULT, None)
    try:
        take(value)
    except BadExperiment as error:
        st.session_state[FAULT] = (name, str(error))
        raise


def _take(name: str, value: Any) -> None:
    put(**{name: value})

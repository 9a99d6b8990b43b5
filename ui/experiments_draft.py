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

from db.experiments.checking import Draft, draft_of
from db.experiments.kept import Experiment, Variant
from db.tables import BUCKETS
from ui.drafts import controlled

DRAFT, LOADED, EDIT = "experiment_draft", "experiment_loaded", "edit"
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


def rename(name: str) -> None:
    """Take a name, and make a key of it while the key is not one of somebody's own."""
    before = held()
    key = slug(name) if before.key in ("", slug(before.name)) else before.key
    put(name=name, key=key)


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
        take or partial(_take, name),
        label_visibility="visible",
        **more,
    )


def _take(name: str, value: Any) -> None:
    put(**{name: value})

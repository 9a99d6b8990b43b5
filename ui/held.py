"""Fields of a form that show what is stored until a reader changes them.

A field keeps what it showed first. Where somebody else changed that meanwhile, it is shown anew,
so that saving a form changes only what its reader changed.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st


def hold(tag: str, stored: Mapping[str, Any]) -> None:
    """Let the fields with keys `{name}_{tag}`, drawn next, show what is stored by their names."""
    shown = f"stored_{tag}"
    keys = {name: f"{name}_{tag}" for name in stored}
    drawn = all(key in st.session_state for key in keys.values())
    if drawn and st.session_state.get(shown) == stored:
        return
    st.session_state[shown] = dict(stored)
    for name, key in keys.items():
        st.session_state[key] = stored[name]


def changed(tag: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields hold now, of those that no longer show what was stored; by their names."""
    now = {name: st.session_state[f"{name}_{tag}"] for name in stored}
    return {name: value for name, value in now.items() if value != stored[name]}

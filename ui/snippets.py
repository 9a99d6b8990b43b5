"""How to send a first event: snippets with the real address, and a key for who may make one."""

import os
from string import Template

import streamlit as st

from analytics.scope import Viewer
from db.access import create_key
from db.engine import engine
from ui.errors import calm
from ui.frame import ASSETS, enter

MAKERS = ("admin", "product")
NO_KEY = "YOUR_KEY"
GRANTS = {"event": '"usage", "features"', "error": '"performance"'}
LANGUAGES = {
    "curl": ("shell", "sh"),
    "Python": ("python", "py"),
    "JavaScript": ("javascript", "js"),
}


def snippets(project_id: int, consent: str) -> None:
    """Tabs with code to copy; a new key is shown within them once, in this session only."""
    viewer = enter()
    slot = f"new_key_{project_id}"
    if may_make_keys(viewer, project_id):
        st.button(
            "Make an ingest key", on_click=_make, args=(project_id, slot), icon=":material/key:"
        )
    key = st.session_state.get(slot, "")
    if key:
        st.success("This key is shown once and is in the code below. Copy it before you leave.")
    else:
        st.caption(f"Put your project's ingest key where it says `{NO_KEY}`.")
    for tab, (language, ending) in zip(st.tabs(list(LANGUAGES)), LANGUAGES.values(), strict=True):
        tab.code(snippet(ending, key or NO_KEY, consent), language=language)


def snippet(ending: str, key: str, consent: str, what: str = "event") -> str:
    """Code that sends one event or error; in an opt-in project with the grants that it needs."""
    text = (ASSETS / "snippets" / f"first_{what}.{ending}.txt").read_text()
    grants = f'"consent": [{GRANTS[what]}], ' if consent == "opt-in" else ""
    return Template(text).substitute(address=api_address(), key=key, consent=grants)


def api_address() -> str:
    """Where clients reach the ingest API."""
    port = os.environ.get("API_PORT", "8000")
    return os.environ.get("API_URL", f"http://127.0.0.1:{port}").rstrip("/")


def may_make_keys(viewer: Viewer, project_id: int) -> bool:
    """Whether this viewer may make keys of this project."""
    return viewer.role in MAKERS and project_id in viewer.projects


def _make(project_id: int, slot: str) -> None:
    """Make the key when the button is pressed; asks again who presses it."""
    if may_make_keys(enter(), project_id):
        with calm(), engine().begin() as conn:
            st.session_state[slot] = create_key(conn, project_id, "ingest")

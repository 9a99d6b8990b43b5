"""The address of what is shown: the page with everything that was chosen on it."""

from urllib.parse import urlencode

import streamlit as st

PROJECT = "project"


def chosen_query() -> dict[str, list[str]]:
    """What the address says now, with the project also where it is the viewer's usual one."""
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    project = st.session_state.get(PROJECT)
    return {PROJECT: [project]} | query if project else query


def address() -> str:
    """The full address of this view, for others who may see the project."""
    query = urlencode(chosen_query(), doseq=True)
    return f"{st.context.url or ''}{'?' if query else ''}{query}"

"""Changing a theme on the Feedback page: its name, its pin, and what is one with it."""

from typing import Any

import streamlit as st

from analytics.feedback.themes import Theme, merged_themes, theme_sizes, themes_of
from analytics.filters import Filters
from db.themes import LONGEST_NAME, merge_themes, part_theme, pin_theme, rename_theme
from ui.changes import change
from ui.frame import Ask, ask, fetch
from ui.words_feedback import distinct

OPEN = "theme"  # the key of the choice of a theme, which holds its name


def draw_changes(theme: Theme, names: dict[int, str], filters: Filters) -> None:
    """Rename, pin, merge and part, behind a door; `names` are those of its kind by their ids."""
    about = (filters.project_id, theme.id)
    stale = _stale(filters)
    with st.popover("Change", type="tertiary", icon=":material/edit:"):
        _rename(theme, names, about, stale)
        st.button(
            "No longer pin" if theme.is_pinned else "Pin",
            icon=":material/keep:",
            help="A pinned theme stays, whatever the next runs find.",
            on_click=_pin,
            args=(*about, not theme.is_pinned, stale),
        )
        _merge(names, about, stale)
        _part(theme, filters, stale)


def _rename(
    theme: Theme, names: dict[int, str], about: tuple[int, int], stale: tuple[Ask, ...]
) -> None:
    key = f"theme_name_{theme.id}"
    st.text_input("Name", theme.name, max_chars=LONGEST_NAME, key=key)
    st.button("Rename", on_click=_give_name, args=(*about, names, key, stale))


def _merge(names: dict[int, str], about: tuple[int, int], stale: tuple[Ask, ...]) -> None:
    key = f"theme_into_{about[1]}"
    others = {other: name for other, name in names.items() if other != about[1]}
    st.selectbox("Merge into", list(others), index=None, key=key, format_func=others.__getitem__)
    st.button("Merge", on_click=_merge_into, args=(*about, others, key, stale))


def _part(theme: Theme, filters: Filters, stale: tuple[Ask, ...]) -> None:
    """Draw what was merged into it, each with a button that parts it again."""
    for merged in fetch(merged_themes, filters.project_id):
        if merged.merged_into == theme.id:
            st.button(
                "Part again",
                key=f"part_{merged.id}",
                icon=":material/call_split:",
                help="Its comments come back with the next run, within the hour.",
                on_click=_part_again,
                args=(filters.project_id, merged.id, stale),
            )
            st.text(merged.name)


def _give_name(
    project_id: int, theme_id: int, names: dict[int, str], key: str, stale: tuple[Ask, ...]
) -> None:
    """Give it the name in the widget, and keep it open under that."""
    name = " ".join(str(st.session_state[key]).split())
    if change(project_id, lambda conn, _: rename_theme(conn, project_id, theme_id, name), *stale):
        st.session_state[OPEN] = distinct(names | {theme_id: name})[theme_id]


def _pin(project_id: int, theme_id: int, pinned: bool, stale: tuple[Ask, ...]) -> None:
    change(project_id, lambda conn, _: pin_theme(conn, project_id, theme_id, pinned), *stale)


def _merge_into(
    project_id: int, theme_id: int, others: dict[int, str], key: str, stale: tuple[Ask, ...]
) -> None:
    """Merge it into the one that the widget holds, and open that."""
    target: Any = st.session_state[key]
    if target is not None and change(
        project_id, lambda conn, _: merge_themes(conn, project_id, theme_id, target), *stale
    ):
        st.session_state[OPEN] = others[target]


def _part_again(project_id: int, theme_id: int, stale: tuple[Ask, ...]) -> None:
    change(project_id, lambda conn, _: part_theme(conn, project_id, theme_id), *stale)


def _stale(filters: Filters) -> tuple[Ask, ...]:
    """The answers that a changed theme makes wrong."""
    project_id = filters.project_id
    return (
        ask(theme_sizes, filters),
        ask(themes_of, project_id),
        ask(merged_themes, project_id),
    )

"""Themes on the Feedback page: a list by kind, and what is behind the one that is open."""

from functools import partial

import pandas as pd
import streamlit as st

from analytics.feedback.afterwards import afterwards, afterwards_sql
from analytics.feedback.comments import quotes
from analytics.feedback.themes import Theme, theme_sizes, theme_sizes_sql, themes_of
from analytics.filters import Filters
from analytics.showing import shown
from db.themes import LONGEST_NAME
from ui import charts, words_feedback
from ui.cards import chart_card, literal, table_card
from ui.feedback import AFTERWARDS, THEMES
from ui.feedback_changes import merge, pin, rename
from ui.frame import Ask, ask, enter, fetch_all

OPEN, KIND = "theme", "theme_kind"
ABOUT, REST = "Wrote about it", "Wrote about something else"


def draw_themes(sizes: pd.DataFrame, themes: list[Theme], filters: Filters) -> None:
    """The themes of a kind, and the one that is open; `sizes` as `theme_sizes` gives them."""
    labels = {label: kind for kind, label in words_feedback.KINDS.items()}
    chosen = st.segmented_control(
        "Themes", list(labels), default="Pain points", key=KIND, bind="query-params", required=True
    )
    kind = labels[chosen]
    listed = sizes[sizes["kind"] == kind].reset_index(drop=True)
    table_card(
        listed,
        title=words_feedback.themes_finding(listed, kind),
        help=words_feedback.THEMES,
        name="themes",
        columns=THEMES,
        note="Click on a row to open a theme.",
        query=lambda: shown(theme_sizes_sql(enter("feedback"), filters)),
        empty=words_feedback.NO_THEMES,
        pick=partial(_open, listed["name"].tolist()),
    )
    named = {theme.name: theme for theme in themes if theme.kind == kind}
    name = st.selectbox(
        "Open a theme",
        list(named),
        index=None,
        key=OPEN,
        bind="query-params",
        placeholder="None is open",
        width=380,
    )
    if name:
        _theme(named[name], list(named.values()), filters)


def _open(names: list[str], row: int | None) -> None:
    st.session_state[OPEN] = None if row is None else names[row]


def _theme(theme: Theme, siblings: list[Theme], filters: Filters) -> None:
    """What people say of it, what they did next, and what can be changed."""
    said, weeks = fetch_all(ask(quotes, filters, theme.id), ask(afterwards, filters, theme.id))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(theme.name)}**", width="stretch")
        _changes(theme, siblings, filters)
    left, right = st.columns([2, 3])
    with left, st.container(border=True, height="stretch"):
        st.caption(f"Most typical of {words_feedback.found(said)} in this range")
        for comment in said.to_dict("records"):
            st.text(comment["comment"])
            st.caption(words_feedback.about(comment))
    with right:
        _afterwards(theme, weeks, filters)


def _afterwards(theme: Theme, weeks: pd.DataFrame, filters: Filters) -> None:
    def query() -> str:
        return shown(afterwards_sql(enter("feedback"), filters, theme.id))

    curves = _curves(weeks)
    chart_card(
        charts.curves(curves, curves, grain="week", order=(ABOUT, REST)),
        weeks,
        title=words_feedback.afterwards_finding(weeks),
        help=words_feedback.AFTERWARDS,
        name="afterwards",
        note=words_feedback.NOT_A_CAUSE,
        query=query,
        empty="No week is over yet for anybody who wrote about it.",
    )
    table_card(
        weeks,
        title="Week by week",
        help=f"{words_feedback.AFTERWARDS} {words_feedback.NOT_A_CAUSE}",
        name="weeks",
        columns=AFTERWARDS,
        query=query,
    )


def _curves(weeks: pd.DataFrame) -> pd.DataFrame:
    """Both groups as the chart of curves takes them."""
    parts = [
        pd.DataFrame(
            {
                "series": name,
                "interval": weeks["week"],
                "share": weeks[f"{prefix}share"],
                "actors": weeks[f"{prefix}active"],
                "size": weeks[f"{prefix}people"],
            }
        )
        for name, prefix in ((ABOUT, ""), (REST, "rest_"))
    ]
    return pd.concat(parts, ignore_index=True)


def _changes(theme: Theme, siblings: list[Theme], filters: Filters) -> None:
    """Rename, pin and merge, behind a door."""
    stale = _stale(filters)
    with st.popover("Change", type="tertiary", icon=":material/edit:"):
        name, into = f"theme_name_{theme.id}", f"theme_into_{theme.id}"
        st.text_input("Name", theme.name, max_chars=LONGEST_NAME, key=name)
        st.button(
            "Rename", on_click=rename, args=(filters.project_id, theme.id, name, OPEN, *stale)
        )
        st.button(
            "No longer pin" if theme.is_pinned else "Pin",
            icon=":material/keep:",
            help="A pinned theme stays, whatever the next runs find.",
            on_click=pin,
            args=(filters.project_id, theme.id, not theme.is_pinned, *stale),
        )
        others = {other.id: other.name for other in siblings if other.id != theme.id}
        st.selectbox(
            "Merge into",
            list(others),
            index=None,
            key=into,
            format_func=lambda other: others[other],
        )
        st.button(
            "Merge",
            on_click=merge,
            args=(filters.project_id, theme.id, others, into, OPEN, *stale),
        )


def _stale(filters: Filters) -> tuple[Ask, ...]:
    """The answers that a changed theme makes wrong."""
    return ask(theme_sizes, filters), ask(themes_of, filters.project_id)

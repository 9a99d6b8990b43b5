"""Themes on the Feedback page: a list by kind, and what is behind the one that is open."""

from functools import partial

import pandas as pd
import streamlit as st

from analytics.feedback.afterwards import afterwards, afterwards_sql
from analytics.feedback.comments import quotes
from analytics.feedback.themes import Theme, theme_sizes_sql
from analytics.filters import Filters
from analytics.showing import shown
from ui import charts, words_feedback
from ui.cards import chart_card, literal, table_card
from ui.feedback import AFTERWARDS, THEMES, in_points
from ui.frame import ask, enter, fetch_all
from ui.theme_changes import OPEN, draw_changes
from ui.words_feedback import distinct

KIND = "theme_kind"
ABOUT, REST = "Wrote about it", "Wrote about something else"


def draw_themes(sizes: pd.DataFrame, themes: list[Theme], filters: Filters) -> None:
    """The themes of a kind, and the one that is open; `sizes` as `theme_sizes` gives them."""
    kind = _choose_kind()
    listed = sizes[sizes["kind"] == kind].reset_index(drop=True)
    of_kind = {theme.id: theme for theme in themes if theme.kind == kind}
    names = distinct({theme.id: theme.name for theme in of_kind.values()})
    table_card(
        listed,
        title=words_feedback.themes_finding(listed, kind),
        help=words_feedback.THEMES,
        name="themes",
        columns=THEMES,
        note="Click on a row to open a theme.",
        query=lambda: shown(theme_sizes_sql(enter("feedback"), filters)),
        empty=words_feedback.NO_THEMES,
        pick=partial(_open, [names.get(number) for number in listed["theme_id"].tolist()]),
    )
    opened = _choose_theme(names)
    if opened is not None:
        _theme(of_kind[opened], names, filters)


def _choose_kind() -> str:
    labels = {label: kind for kind, label in words_feedback.KINDS.items()}
    chosen = st.segmented_control(
        "Themes", list(labels), default="Pain points", key=KIND, bind="query-params", required=True
    )
    return labels[chosen]


def _choose_theme(names: dict[int, str]) -> int | None:
    """Draw the choice of a theme by its name, which the address carries; its id."""
    numbers = {name: number for number, name in names.items()}
    name = st.selectbox(
        "Open a theme",
        list(numbers),
        index=None,
        key=OPEN,
        bind="query-params",
        placeholder="None is open",
        width=380,
    )
    return numbers[name] if name else None


def _open(names: list[str | None], row: int | None) -> None:
    st.session_state[OPEN] = None if row is None else names[row]


def _theme(theme: Theme, names: dict[int, str], filters: Filters) -> None:
    """What people say of it, what they did next, and what can be changed."""
    said, weeks = fetch_all(ask(quotes, filters, theme.id), ask(afterwards, filters, theme.id))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(names[theme.id])}**", width="stretch")
        draw_changes(theme, names, filters)
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
        charts.curves(
            curves, curves, grain="week", order=(ABOUT, REST), start="the comment", back="Active"
        ),
        weeks,
        title=words_feedback.afterwards_finding(weeks),
        help=words_feedback.AFTERWARDS,
        name="afterwards",
        note=words_feedback.NOT_A_CAUSE,
        query=query,
        empty="No week is over yet for anybody who wrote about it.",
    )
    table_card(
        in_points(weeks),
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

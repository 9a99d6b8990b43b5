"""Who uses an author's package and what they say of it, on the author's page."""

from functools import partial

import pandas as pd
import streamlit as st

from analytics.community.author.audience import also_used_sql, errors, places
from analytics.community.author.comments import PAGE, comments, comments_sql
from analytics.community.author.parts import cells_sql
from analytics.community.author.portrait import Portrait
from analytics.scope import Viewer
from analytics.showing import shown
from ui import packages_columns as columns
from ui import words_insights as told
from ui.cards import Query, foot, literal, table_card
from ui.frame import ask, enter, fetch_all
from ui.words_packages import named, success


def draw_audience(portrait: Portrait, also: pd.DataFrame, viewer: Viewer, days: int) -> None:
    """Which errors people meet, where they are, what it runs on, and what else they use."""
    number = portrait.package.id
    left, right = st.columns(2)
    with left:
        _draw_errors(portrait, _cells(viewer, days, number, "error_type"))
        _draw_places(portrait, "platform", _cells(viewer, days, number, "platform"))
    with right:
        _draw_places(portrait, "country", _cells(viewer, days, number, "country"))
        table_card(
            also[list(columns.ALSO)],
            title=told.also_finding(also),
            help=told.ALSO,
            name="also",
            columns=columns.ALSO,
            query=lambda: shown(also_used_sql(viewer, number, days)),
            empty=told.NO_OTHER,
        )


def _cells(viewer: Viewer, days: int, package_id: int, cut: str) -> Query:
    return lambda: shown(cells_sql(viewer, days, package_id, [("runs", cut)]))


def _draw_errors(portrait: Portrait, query: Query) -> None:
    found = errors(portrait.parts.of("runs", "error_type"))
    table_card(
        found.assign(error_type=named(found["error_type"], told.NOT_TOLD)),
        title=told.errors_finding(found),
        help=told.ERRORS,
        name="errors",
        columns=columns.ERRORS,
        query=query,
        empty=told.NO_ERROR,
    )


def _draw_places(portrait: Portrait, dimension: str, query: Query) -> None:
    found = places(portrait.parts.of("runs", dimension))
    label = told.DIMENSIONS[dimension]
    table_card(
        found.assign(value=named(found["value"], told.NOT_TOLD), success_told=success(found)),
        title=told.most_finding(found, "value", "runs", label),
        help=told.PLACES,
        name=dimension,
        columns=columns.places(label),
        query=query,
    )


@st.fragment
def draw_comments(package_id: int) -> None:
    """The released comments, a page at a time; a part of its own, so that it runs alone."""
    viewer = enter("packages")
    key = f"said_of_{package_id}"
    page = st.session_state.get(key, 1)
    (rows,) = fetch_all(ask(comments, package_id, page))
    with st.container(border=True, key="card_comments", gap="xsmall"):
        st.subheader(literal(told.comments_finding(rows)), anchor=False, help=told.COMMENTS)
        if rows.empty:
            st.caption(told.NO_COMMENTS)
            return
        for comment in rows.itertuples():
            st.text(comment.comment)
            st.caption(told.said(comment.said_on, comment.version))
        pages = -(-int(rows["found"].iloc[0]) // PAGE)
        if pages > 1:
            st.pagination(pages, key=key)
        query = partial(comments_sql, viewer, package_id, page)
        foot(rows, "comments", "", lambda: shown(query()))

"""Comments on the Feedback page: a search, a list to read, and what is done about each."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from analytics.feedback.comments import (
    NOBODY,
    PAGE,
    Search,
    colleagues,
    comments,
    comments_sql,
)
from analytics.feedback.themes import Theme
from analytics.filters import Filters
from analytics.showing import shown
from db.tables import FEEDBACK_KINDS, FEEDBACK_STATES, SENTIMENTS
from ui import words_feedback
from ui.cards import foot
from ui.changes import may_release
from ui.feedback_changes import UNTOLD, correct, give, move, show_to_public
from ui.frame import Ask, ask, enter, fetch_all
from ui.popovers import popover
from ui.words_feedback import distinct

ANY = "Any"
FREE = "Nobody"
SHOWN = 700  # characters in the list; the whole is behind the door of a comment


@st.fragment
def draw_comments(themes: list[Theme], filters: Filters) -> None:
    """The newest comments that a search finds; a part of its own, so that it runs alone."""
    with st.container(border=True, key="card_comments", gap="xsmall"):
        head = st.container()
        (people,) = fetch_all(ask(colleagues, filters.project_id))
        search = _choose_search(themes, people)
        number_key = f"comments_{abs(hash((search, filters.start, filters.end)))}"
        number = st.session_state.get(number_key, 1)
        asked = ask(comments, filters, search, number)
        (rows,) = fetch_all(asked)
        head.subheader(words_feedback.found(rows), anchor=False, help=words_feedback.COMMENTS)
        if rows.empty:
            st.caption("No comment is like that in this range.")
            return
        for comment in rows.to_dict("records"):
            _comment(comment, people, filters.project_id, asked)
        pages = -(-int(rows["found"].iloc[0]) // PAGE)
        if pages > 1:
            st.pagination(pages, key=number_key)
        foot(rows, "comments", "", partial(_query, filters, search, number))


def _choose_search(themes: list[Theme], people: dict[int, str]) -> Search:
    """Draw the search and its filters."""
    names = distinct({theme.id: theme.name for theme in themes})
    about = {name: theme for theme, name in names.items()}
    whose = {FREE: NOBODY} | {email: person for person, email in people.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        found = st.text_input(
            "Search",
            key="search",
            bind="query-params",
            max_chars=200,
            placeholder='slow export, "exact words", -without',
            icon=":material/search:",
        )
        return Search(
            words=found,
            sentiment=_choose("Sentiment", SENTIMENTS, "mood", words_feedback.answer),
            kind=_choose("With", FEEDBACK_KINDS, "said", words_feedback.answer),
            state=_choose("State", FEEDBACK_STATES, "stands", str.capitalize),
            theme_id=about.get(_choose("About", tuple(about), "about", str)),
            assignee_id=whose.get(_choose_person(tuple(whose))),
        )


def _choose(label: str, options: tuple[str, ...], key: str, told: Callable[[str], str]) -> str:
    """Draw a filter whose options are `told` in words; "" for any."""
    return st.selectbox(
        label,
        ["", *options],
        format_func=lambda option: told(option) if option else ANY,
        key=key,
        bind="query-params",
        width=130,
    )


def _choose_person(options: tuple[str, ...]) -> str:
    """Draw the choice of who has it; not in the address, where it would name a colleague."""
    return st.selectbox("Given to", [ANY, *options], key="whose", width=130)


def _comment(
    comment: Mapping[str, Any], people: dict[int, str], project_id: int, stale: Ask
) -> None:
    """One comment as it was written, what is known of it, and a door to act on it."""
    text = str(comment["comment"])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            st.text(text if len(text) <= SHOWN else f"{text[:SHOWN]} …", width="stretch")
            st.caption(words_feedback.about(comment))
        st.caption(words_feedback.handling(comment), width="content")
        behind = partial(_behind, comment, people, project_id, stale)
        popover("Act", f"act_{comment['id']}", behind)


def _behind(
    comment: Mapping[str, Any], people: dict[int, str], project_id: int, stale: Ask
) -> None:
    """What may be done with a comment, and all of a long one."""
    text = str(comment["comment"])
    _actions(comment, people, project_id, stale)
    if len(text) > SHOWN:
        st.container(height=240).text(text)


def _actions(
    comment: Mapping[str, Any], people: dict[int, str], project_id: int, stale: Ask
) -> None:
    """State, assignee, sentiment, and for moderators whether the public may read it."""
    about = (project_id, int(comment["id"]))
    _choose_state(comment, about, stale)
    _choose_assignee(comment, people, about, stale)
    _choose_sentiment(comment, about, stale)
    if may_release(enter("feedback")):
        _choose_release(comment, about, stale)


def _choose_state(comment: Mapping[str, Any], about: tuple[int, int], stale: Ask) -> None:
    key = f"move_{comment['id']}"
    st.segmented_control(
        "State",
        FEEDBACK_STATES,
        default=str(comment["state"]),
        format_func=str.capitalize,
        required=True,
        key=key,
        on_change=move,
        args=(*about, key, stale),
    )


def _choose_assignee(
    comment: Mapping[str, Any], people: dict[int, str], about: tuple[int, int], stale: Ask
) -> None:
    key = f"give_{comment['id']}"
    ids = [NOBODY, *people]
    whose = comment["assignee_id"]
    st.selectbox(
        "Given to",
        ids,
        index=ids.index(whose) if whose in people else 0,
        format_func=lambda person: people.get(person, FREE),
        key=key,
        on_change=give,
        args=(*about, key, stale),
    )


def _choose_sentiment(comment: Mapping[str, Any], about: tuple[int, int], stale: Ask) -> None:
    key = f"label_{comment['id']}"
    st.segmented_control(
        "Its sentiment",
        (UNTOLD, *SENTIMENTS[:3]),
        default=str(comment["sentiment"]) if comment["corrected"] else UNTOLD,
        format_func=str.capitalize,
        required=True,
        key=key,
        on_change=correct,
        args=(*about, key, stale),
    )


def _choose_release(comment: Mapping[str, Any], about: tuple[int, int], stale: Ask) -> None:
    key = f"release_{comment['id']}"
    st.toggle(
        "The public may read it",
        bool(comment["released"]),
        key=key,
        on_change=show_to_public,
        args=(*about, str(comment["comment"]), key, stale),
    )


def _query(filters: Filters, search: Search, number: int) -> str:
    return shown(comments_sql(enter("feedback"), filters, search, number))

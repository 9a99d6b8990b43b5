"""Personal access tokens: making one, which is shown once, and ending one."""

from collections.abc import Sequence

import streamlit as st
from sqlalchemy import Connection

from analytics.community.tokens import my_tokens
from analytics.scope import Viewer
from db.errors import LooplensError
from db.tables import TOKEN_SCOPES
from db.tokens import LASTS_DAYS, LONGEST_DAYS, LONGEST_NAME, Token, create_token, revoke_token
from ui import words_my_tokens as told
from ui.cards import literal
from ui.changes import do
from ui.frame import ask

FIELD = "own"
NAME, SCOPE, DAYS, MADE = "token_name", "token_scope", "token_days", "token_made"


def draw_tokens(tokens: Sequence[Token]) -> None:
    """The tokens that still work, each with its end, and a form for another."""
    with st.container(border=True, key="card_tokens", gap="small"):
        st.subheader(told.finding(tokens), anchor=False, help=told.HELP)
        _show_made()
        for each in tokens:
            _token(each)
        with st.popover("Make a token", icon=":material/key:"):
            _form()


def _show_made() -> None:
    """A token that was just made, this once: the next run has forgotten it."""
    made = st.session_state.pop(MADE, "")
    if made:
        st.success(told.COPY)
        st.code(made, language=None)


def _token(token: Token) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{literal(token.name)}** `{token.hint}…`", width="stretch")
        st.caption(told.about(token), width="content")
        st.button(
            "Revoke",
            key=f"revoke_{token.id}",
            type="tertiary",
            icon=":material/block:",
            on_click=_revoke,
            args=(token.id,),
        )


def _form() -> None:
    with st.form("make_token", border=False, clear_on_submit=True):
        st.text_input("Name", key=NAME, max_chars=LONGEST_NAME, placeholder="laptop")
        st.segmented_control(
            "It may",
            TOKEN_SCOPES,
            default=TOKEN_SCOPES[0],
            key=SCOPE,
            required=True,
            format_func=told.SCOPES.__getitem__,
        )
        st.number_input("Days", 1, LONGEST_DAYS, LASTS_DAYS, key=DAYS)
        st.form_submit_button("Make it", type="primary", on_click=_make)


def _make() -> None:
    """Make a token in the form's callback, for the next run to show."""
    name, scope, days = (st.session_state[key] for key in (NAME, SCOPE, DAYS))
    made: list[str] = []

    def make(conn: Connection, viewer: Viewer) -> None:
        made.append(create_token(conn, _person(viewer), name, scope, days))

    if do(make, ask(my_tokens), field=FIELD):
        st.session_state[MADE] = made[0]


def _revoke(token_id: int) -> None:
    done = do(
        lambda conn, viewer: revoke_token(conn, _person(viewer), token_id),
        ask(my_tokens),
        field=FIELD,
    )
    if done:
        st.toast(told.REVOKED)


def _person(viewer: Viewer) -> int:
    """The person who looks; raises LooplensError for a stranger."""
    if viewer.person_id is None:
        raise LooplensError(told.NOBODY)
    return viewer.person_id

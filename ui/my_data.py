"""What is held of whoever looks: taking it along, and having it erased."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import orjson
import streamlit as st
from sqlalchemy import Connection

from analytics.community.own_data import my_data
from analytics.scope import Viewer, viewer_of
from db.erasures import Erasure, ask_erasure, find_erasure
from db.errors import LooplensError
from ui import words_my_data as told
from ui.changes import do
from ui.doors import COOKIE
from ui.errors import calm
from ui.frame import enter, reading

FIELD = "own"
MOST_ROWS = 20_000  # of a table, which are all in memory
ASKED = "erasures_asked"  # of this session: (project, erasure) each
CONFIRM = "erase_confirm"


def draw_data(viewer: Viewer) -> None:
    """The doors to what is held, for who is known somewhere, and the receipts of erasures."""
    if viewer.actors:
        with st.container(border=True, key="card_data", gap="small"):
            st.subheader("What is held of me", anchor=False, help=told.HELD)
            with st.container(horizontal=True, gap="small"):
                _download()
                _erase(viewer)
    if st.session_state.get(ASKED):
        _receipts()


def everything(token: str) -> bytes:
    """What is held of the person who holds this sign-in, as JSON; nothing once it has ended."""
    with reading() as conn:
        data = my_data(conn, viewer_of(conn, token), MOST_ROWS)
    counts = {name: {table: len(rows) for table, rows in of.items()} for name, of in data.items()}
    most = max((number for of in counts.values() for number in of.values()), default=0)
    told = {"exported_at": datetime.now(UTC), "complete": most < MOST_ROWS, "counts": counts}
    return orjson.dumps(told | {"projects": data}, option=orjson.OPT_INDENT_2)


def _download() -> None:
    """The file is made when it is asked for, by whoever holds the sign-in then."""
    st.download_button(
        "Download my data",
        partial(everything, st.context.cookies.get(COOKIE, "")),
        "my-data.json",
        "application/json",
        key="download_data",
        on_click="ignore",
        icon=":material/download:",
        help=told.DOWNLOAD,
    )


def _erase(viewer: Viewer) -> None:
    with st.popover("Erase my data", icon=":material/delete_forever:"):
        st.markdown(told.ERASE)
        st.text_input("Your e-mail address, to confirm", key=CONFIRM, placeholder=viewer.email)
        st.button("Erase all of it", type="primary", on_click=_ask_erasures)


def _ask_erasures() -> None:
    """Have the worker erase whoever looks, in every project that knows them."""
    said: str = st.session_state.get(CONFIRM, "")
    asked: list[tuple[int, int]] = []

    def ask(conn: Connection, viewer: Viewer) -> None:
        if said.strip().lower() != viewer.email.lower():
            raise LooplensError(told.UNCONFIRMED)
        asked.extend(
            (project, ask_erasure(conn, project, key).id) for project, key in viewer.actors
        )

    if do(ask, field=FIELD):
        st.session_state[ASKED] = [*st.session_state.get(ASKED, []), *asked]
        st.session_state[CONFIRM] = ""


def _receipts() -> None:
    """What became of the erasures that were asked for here, looked after while one waits."""
    asked = st.session_state[ASKED]
    found = _found(asked)
    waiting = any(each.receipt is None for each in found)

    @st.fragment(run_every="3s" if waiting else None)
    def look() -> None:
        enter(FIELD)
        if waiting and all(each.receipt is not None for each in _found(asked)):
            st.rerun()
        for each in found:
            (st.caption if each.receipt is None else st.success)(told.receipt(each.receipt))

    look()


def _found(asked: Sequence[tuple[int, int]]) -> list[Erasure]:
    """The erasures of these projects and numbers, as they are now."""
    with calm(), reading() as conn:
        return [find_erasure(conn, *each) for each in asked]

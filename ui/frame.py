"""Who looks at a page, and the one way from a page to the data."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st
from sqlalchemy import Connection

from analytics.scope import PUBLIC, Viewer, viewer_of
from db.engine import engine
from ui import doors
from ui.errors import calm

ASSETS = Path(__file__).parent / "assets"
START = "pages/home.py"
FRESH = 60  # seconds that an answer is shown again before it is asked for anew
THREADS = ThreadPoolExecutor(max_workers=8, thread_name_prefix="ask")

P = ParamSpec("P")
R = TypeVar("R")
Question = Callable[Concatenate[Connection, Viewer, P], R]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question of analytics with everything but the connection and the viewer."""

    question: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def name(self) -> str:
        """What the question is called, for the cache."""
        return f"{self.question.__module__}.{self.question.__qualname__}"


def enter(field: str = "") -> Viewer:
    """Who looks at this page; ends its run for strangers and for roles that may not see the field.

    Every page starts with it: an address can be opened without going through app.py.
    """
    viewer = current_viewer()
    if viewer == PUBLIC:
        st.info("Sign in to see this page.")
        st.stop()
    if field and not viewer.may(field):
        st.info("Your role does not include this page. An administrator can change that.")
        st.page_link(START, label="Go to the start", icon=":material/home:")
        st.stop()
    return viewer


def current_viewer() -> Viewer:
    """The viewer whom this browser's cookie names now: read anew on every run."""
    token = st.context.cookies.get(doors.COOKIE)
    if not token:
        return PUBLIC
    with calm(), reading() as conn:
        return viewer_of(conn, token)


def fetch(question: Question[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The answer to a question of analytics for whoever looks, at most FRESH seconds old."""
    answer: R = fetch_all(ask(question, *args, **kwargs))[0]
    return answer


def fetch_all(*asked: Ask) -> list[Any]:
    """The answers to several questions, asked side by side."""
    viewer = enter()
    with calm():
        if len(asked) == 1:
            return [_ask(viewer, asked[0])]
        return list(THREADS.map(partial(_ask, viewer), asked))


def ask(question: Question[P, R], *args: P.args, **kwargs: P.kwargs) -> Ask:
    """A question for fetch_all."""
    return Ask(question, args, kwargs)


def reading() -> Connection:
    """A connection for reading, without the round trips that begin and end a transaction."""
    return engine().execution_options(isolation_level="AUTOCOMMIT").connect()


def clock(step: int = 60) -> datetime:
    """Now, cut to a number of seconds, so that equal questions within it are asked once."""
    seconds = datetime.now(UTC).timestamp()
    return datetime.fromtimestamp(seconds - seconds % step, UTC)


def _ask(viewer: Viewer, asked: Ask) -> Any:
    return _answer(viewer, asked.name, asked.args, asked.kwargs, asked.question)


# The one cache. It is shared by everybody, so viewer and arguments are in its key, and nothing but
# the function, which `name` stands for, is kept out of it by an underscore.
@st.cache_data(ttl=FRESH, max_entries=2_000, show_spinner=False)
def _answer(
    viewer: Viewer,
    name: str,  # noqa: ARG001 - part of the key
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    _question: Callable[..., Any],
) -> Any:
    with reading() as conn:
        return _question(conn, viewer, *args, **kwargs)

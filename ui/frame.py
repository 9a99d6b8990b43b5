"""Who looks at a page, and the one way from a page to the data."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.scope import PUBLIC, Viewer, viewer_of
from db.audit import act_as
from db.engine import engine
from ui import doors
from ui.errors import calm
from ui.turns import aside

ASSETS = Path(__file__).parent / "assets"
START = "pages/home.py"
FRESH = 5  # seconds that an answer is shown again
KEPT = 120  # the same for an answer that is costly; none is shown after twice that
SOON = 20  # the same for one about what people say and decide, who look for what they just did
CHANGING = (
    "analytics.feedback.",
    "analytics.experiments.asking.",
    "analytics.experiments.results.",
)
OF_ALL = (  # what is the same for all who have the same rights; all else is asked for each by name
    "analytics.annotations.",
    "analytics.business.",
    "analytics.choices.",
    "analytics.feedback.scores.",
    "analytics.measures.",
    "analytics.operations.",
    "analytics.product.",
)
CURRENT = "analytics.operations.intake.freshness"  # what tells of the first event may not be old
COSTLY_SECONDS = 0.03
MOMENT = 0.01  # seconds in which what is in a cache is there
NO_TIME = datetime.min.replace(tzinfo=UTC)
FORGETTING = 0.95  # how much of a former cost still counts, so that one quick answer changes little
THREADS = ThreadPoolExecutor(max_workers=12, thread_name_prefix="ask")

_numbers = count()
_seconds: dict[tuple[str, int], float] = {}  # what each question took last
_viewing: ContextVar[Viewer | None] = ContextVar("viewing", default=None)
_answered: ContextVar[dict[tuple[Any, ...], Any] | None] = ContextVar("answered", default=None)

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

    @property
    def timeless(self) -> tuple[Any, ...]:
        """The arguments without the present moment: how old an answer may be, the caches decide."""
        return tuple(_timeless(value) for value in self.args)

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells it apart from the other questions of a run."""
        return self.name, self.timeless, tuple(sorted(self.kwargs.items()))

    @property
    def cost_key(self) -> tuple[str, int]:
        """What its cost depends on most: the question, and how large the project is."""
        about = self.args[0] if self.args else 0
        return self.name, about if isinstance(about, int) else getattr(about, "project_id", 0)


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


@contextmanager
def viewing(viewer: Viewer) -> Iterator[None]:
    """Within this block, a part of one run, nobody asks again who looks, or anything twice."""
    before, answered = _viewing.set(viewer), _answered.set({})
    try:
        yield
    finally:
        _viewing.reset(before)
        _answered.reset(answered)


def current_viewer() -> Viewer:
    """The viewer whom this browser's cookie names now: read anew on every run.

    What this run changes is theirs, as the audit log tells it.
    """
    known = _viewing.get()
    if known is not None:
        return known
    viewer, token = PUBLIC, st.context.cookies.get(doors.COOKIE)
    if token:
        with calm(), reading() as conn:
            viewer = viewer_of(conn, token)
    act_as("dashboard", viewer.person_id)
    return viewer


def fetch(question: Question[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The answer to a question of analytics for whoever looks, which may be a moment old."""
    answer: R = fetch_all(ask(question, *args, **kwargs))[0]
    return answer


def fetch_all(*asked: Ask, openly: bool = False) -> list[Any]:
    """The answers to several questions, asked side by side.

    `openly` is for public pages: there a stranger asks as the public, to whom the doors of
    analytics show what is public and nothing else.
    """
    viewer = current_viewer() if openly else enter()
    known = _answered.get()
    answers = {} if known is None else known
    new = {each.key: each for each in asked if each.key not in answers}
    with calm():
        answers.update(zip(new, _ask_all(viewer, list(new.values())), strict=True))
    return [answers[each.key] for each in asked]


def ask(question: Question[P, R], *args: P.args, **kwargs: P.kwargs) -> Ask:
    """A question for fetch_all."""
    return Ask(question, args, kwargs)


def forget() -> None:
    """Show nobody an answer from before now that is quick, or about what people say and decide.

    For when something was changed here.
    """
    _fresh.clear()
    _changing.clear()


def renew(*asked: Ask) -> None:
    """Forget the answers that whoever looks has just changed, so that they see what they did."""
    viewer = enter()
    for each in asked:
        for cached in (_fresh, _changing, _kept):
            cached.clear(**_place(viewer, each))


def reading() -> Connection:
    """A connection for reading, without the round trips that begin and end a transaction."""
    return engine().execution_options(isolation_level="AUTOCOMMIT").connect()


def clock(step: int = 60) -> datetime:
    """Now, cut to a number of seconds, so that equal questions within it are asked once."""
    seconds = datetime.now(UTC).timestamp()
    return datetime.fromtimestamp(seconds - seconds % step, UTC)


def _ask_all(viewer: Viewer, asked: Sequence[Ask]) -> list[Any]:
    """Side by side; others draw meanwhile, unless all of it is in a cache.

    By threads also where it is one: whoever makes an answer may not wait for a turn, since others
    who have theirs wait for the same answer.
    """
    asking = [THREADS.submit(_ask, viewer, each) for each in asked]
    if wait(asking, MOMENT).not_done:
        with aside():
            wait(asking)
    return [each.result() for each in asking]


def _ask(viewer: Viewer, asked: Ask) -> Any:
    """From the cache that suits what the question cost when it was last asked of this project."""
    costly = _seconds.get(asked.cost_key, 0.0) > COSTLY_SECONDS and asked.name != CURRENT
    lasting = _changing if asked.name.startswith(CHANGING) else _kept
    answer = lasting if costly else _fresh
    return answer(**_place(viewer, asked))


def _place(viewer: Viewer, asked: Ask) -> dict[str, Any]:
    """The arguments of a cache, by name: for others Streamlit reads the signature each time."""
    asking = viewer.unnamed() if asked.name.startswith(OF_ALL) else viewer
    return {"number": _number(asking, asked.key), "_viewer": asking, "_asked": asked}


@lru_cache(maxsize=10_000)
def _number(_viewer: Viewer, _key: tuple[Any, ...]) -> int:
    """The number of what this viewer asks: a cache would walk through copies of all of it."""
    return next(_numbers)


def _timeless(value: Any) -> Any:
    if isinstance(value, Filters):
        return replace(value, now=NO_TIME)
    return None if isinstance(value, datetime) else value


# The caches are shared by everybody. Their key is the number alone, and who asks has a part in it:
# by name, or by their rights alone. Then the question is asked without the name, so that an answer
# that several get can hold nothing of any one of them.
@st.cache_resource(ttl=FRESH, max_entries=1_000, show_spinner=False)
def _fresh(number: int, _viewer: Viewer, _asked: Ask) -> Any:  # noqa: ARG001 - the key
    return _answer(_viewer, _asked)


@st.cache_resource(ttl=SOON, max_entries=500, show_spinner=False)
def _changing(number: int, _viewer: Viewer, _asked: Ask) -> Any:  # noqa: ARG001
    return _answer(_viewer, _asked)


# An answer that is older than KEPT is shown once more while a thread asks anew.
@st.cache_resource(ttl=KEPT, max_entries=1_000, show_spinner=False, refresh_mode="background")
def _kept(number: int, _viewer: Viewer, _asked: Ask) -> Any:  # noqa: ARG001
    return _answer(_viewer, _asked)


def _answer(viewer: Viewer, asked: Ask) -> Any:
    started = time.perf_counter()
    with reading() as conn:
        answer = asked.question(conn, viewer, *asked.args, **asked.kwargs)
    before = _seconds.get(asked.cost_key, 0.0)
    _seconds[asked.cost_key] = max(time.perf_counter() - started, before * FORGETTING)
    return answer

"""One answer for all who look at the same project at the same moment.

A page that asks anew every two seconds would ask the database as often as there are people who
look. Here one of them asks, the others wait and get the same; and in the same turn it is asked who
of all of them may still see it, which is one statement for however many.
"""

import time
from collections import defaultdict
from datetime import datetime
from threading import Lock
from typing import Any

import streamlit as st

from analytics.filters import Filters
from analytics.scope import ROLE_FIELDS, Viewer
from db.identity import token_hash
from db.watchers import roles_of
from ui import doors
from ui.errors import calm
from ui.frame import Ask, clock, enter, reading

SECONDS = 2  # that an answer is for
WATCHING_SECONDS = 60.0  # after which who asked for nothing more looks no more


class Watchers:
    """Who looks at which project, by their sign-ins."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[int, dict[str, float]] = defaultdict(dict)

    def see(self, project_id: int, token: str) -> None:
        """Somebody looks; who has not for a while is forgotten."""
        now = time.monotonic()
        with self._lock:
            known = self._seen[project_id] | {token: now}
            recent = {who: at for who, at in known.items() if now - at < WATCHING_SECONDS}
            self._seen[project_id] = recent

    def of(self, project_id: int) -> tuple[str, ...]:
        """The sign-ins of those who look at a project now."""
        with self._lock:
            return tuple(self._seen[project_id])


WATCHERS = Watchers()


def fetch_shared(viewer: Viewer, project_id: int, asked: Ask, field: str) -> Any:
    """The answer to a question about a project, which is the same for all who may ask it.

    `viewer` is who looked when the page was drawn. Ends the run for who may not see it any more.
    """
    if not viewer.sees(project_id, field):
        _stop(field)
    token = st.context.cookies.get(doors.COOKIE) or ""
    WATCHERS.see(project_id, token)
    with calm():
        place = (asked.name, asked.timeless, project_id, clock(SECONDS))
        roles, answer = _shared(*place, _viewer=viewer, _asked=asked)
    role = roles.get(token_hash(token), "")
    if field not in ROLE_FIELDS.get(role, ()) and not enter(field).sees(project_id, field):
        _stop(field)
    return answer


def _stop(field: str) -> None:
    """End the run: with what `enter` says, or as of a project that is not theirs any more."""
    enter(field)
    st.info("This project is not one of yours any more.")
    st.stop()


# The viewer is not in the key: what one may see here is the same for all whom `fetch_shared` lets
# in. Streamlit lets one of those who miss an answer ask, and has the others wait for it.
@st.cache_resource(ttl=5 * SECONDS, max_entries=200, show_spinner=False, hash_funcs={Filters: repr})
def _shared(
    name: str,  # noqa: ARG001 - part of the key
    args: tuple[Any, ...],  # noqa: ARG001
    project_id: int,
    moment: datetime,  # noqa: ARG001
    _viewer: Viewer,
    _asked: Ask,
) -> tuple[dict[bytes, str], Any]:
    """Who of those who look may see it, and the answer."""
    with reading() as conn:
        roles = roles_of(conn, WATCHERS.of(project_id), project_id)
        return roles, _asked.question(conn, _viewer, *_asked.args, **_asked.kwargs)

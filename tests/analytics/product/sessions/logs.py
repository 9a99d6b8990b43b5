"""Logs for tests: from events as tuples, and random ones that are full of ties and edges."""

import numpy as np
from hypothesis import strategies as st

from analytics.measures.packs import Log
from tests.analytics.product.sessions.reference import MINUTE, PAUSE, Event

SESSIONLESS = {3}
GAPS = (0, 1, MINUTE, PAUSE - 1, PAUSE, PAUSE + 1, 29 * MINUTE, 29 * MINUTE, 300 * MINUTE)


def log_of(events: list[Event]) -> Log:
    """The events as questions read them: by actor, then time, then kind."""
    keys = np.array(sorted({event.actor for event in events}), np.int64)
    rows = np.array(sorted(events, key=lambda e: (e.actor, e.at, e.kind)), np.int64).reshape(-1, 5)
    actor, at, kind, cell, session = rows.T
    small = np.empty(0, np.int16)
    return Log(
        keys=keys,
        actor=np.searchsorted(keys, actor),
        at=at,
        day=np.empty(0, np.int32),
        kind=kind.astype(np.int32),
        cell=cell.astype(np.int32),
        session=session,
        bin=small,
        failed=small,
    )


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Some people's events at telling distances; 0 is nobody, cell 3 a server."""
    events = []
    for actor in draw(st.sets(st.integers(0, 3))):
        at = draw(st.integers(0, 10)) * MINUTE
        for gap in draw(st.lists(st.sampled_from(GAPS), max_size=70)):
            at += gap
            kind, cell = draw(st.integers(1, 4)), draw(st.sampled_from((1, 1, 1, 2, 3)))
            session = draw(st.sampled_from((0, 0, 0, 7, 8 + actor)))
            events.append(Event(actor, at, kind, cell, session))
    return events

"""What sessions are, in loops over lists, straight from the definitions."""

from itertools import groupby
from statistics import mean, median
from typing import NamedTuple

MINUTE = 60_000_000  # microseconds
PAUSE, LONGEST = 30 * MINUTE, 24 * 60 * MINUTE


class Event(NamedTuple):
    """One event; `at` in microseconds, `session` 0 where the client told none."""

    actor: int
    at: int
    kind: int
    cell: int
    session: int


def in_order(event: Event) -> tuple[int, int, int]:
    """Time; what has none of its own goes by kind, then cell."""
    return event.at, event.kind, event.cell


def sessions(events: list[Event], sessionless: set[int]) -> list[list[Event]]:
    """Every session as its events in order."""
    told: dict[int, list[Event]] = {}
    alone: dict[int, list[Event]] = {}
    for event in sorted(events, key=in_order):
        if event.session:
            told.setdefault(event.session, []).append(event)
        elif event.actor and event.cell not in sessionless:
            alone.setdefault(event.actor, []).append(event)
    return [*told.values(), *(cut for own in alone.values() for cut in by_pauses(own))]


def by_pauses(events: list[Event]) -> list[list[Event]]:
    """One person's events, cut at gaps of half an hour and every 24 hours."""
    found: list[list[Event]] = []
    before, start = None, 0
    for event in events:
        if before is None or event.at - before >= PAUSE:
            start = event.at
            found.append([])
        elif event.at - start >= LONGEST:
            while event.at - start >= LONGEST:
                start += LONGEST
            found.append([])
        found[-1].append(event)
        before = event.at
    return found


def minutes(session: list[Event]) -> float:
    """From the first event to the last."""
    return (session[-1].at - session[0].at) / MINUTE


def figures(found: list[list[Event]]) -> dict[str, float]:
    """Each metric of some sessions."""
    lasting = [minutes(session) for session in found]
    return {
        "count": len(found),
        "median": median(lasting),
        "mean": mean(lasting),
        "depth": mean(len(session) for session in found),
        "bounce_rate": mean(len(session) == 1 for session in found),
    }


def collapsed(nodes: list[str]) -> list[str]:
    """Without repeats in a row."""
    return [node for node, _ in groupby(nodes)]

"""The moments of each actor, with all events of a moment taken together.

Events of one instant have no order, so what counts is how far they can take a chain as a whole:
how many of the next steps can each have an event of their own, which is a matching of steps with
events (Kuhn, 1955). Almost all instants hold one event; of the others, those that hold the same
are looked at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.product.funnels.definition import Order

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Bits = NDArray[np.uint8]
Places = NDArray[np.int32]
FOREVER = np.iinfo(np.int64).max  # later than any moment


@dataclass(frozen=True, slots=True)
class Marked:
    """Events by actor, then time, one entry each, with the steps that each may serve.

    `keys` are the actors' (int64) and `actor` an index into them (int64); `at` is in microseconds
    since 1970 in UTC (int64); `steps` has a bit for each step (uint8); `excluded` marks exclusions
    (bool); `label` is an index into `values`, those of the breakdown in alphabetical order (int32).
    """

    keys: Ints
    actor: Ints
    at: Ints
    steps: Bits
    excluded: Flags
    label: NDArray[np.int32]
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Instants:
    """The different moments of each actor, in order.

    `first` is the place of a moment's first event and `size` the number of its events. A chain
    that has come to step k gets to step `reach[k]` with them. `limit` is the moment of the actor's
    next exclusion, FOREVER without one. Of steps in order, `onward[k]` holds for each place, and
    the one after the last, the first from there on that takes a chain at step k further (int32).
    """

    actor: Ints
    at: Ints
    first: Ints
    size: Ints
    reach: Bits
    limit: Ints
    onward: tuple[Places, ...] = ()


def instants_of(events: Marked, count: int, order: Order) -> Instants:
    """The moments of these events, for a funnel of so many steps."""
    first = np.flatnonzero(changes(events.actor, events.at))
    size = np.diff(first, append=len(events.at))
    actor, at = events.actor[first], events.at[first]
    limit = _next_exclusion(events.excluded, first, actor, at)
    reach = _reaches(events.steps, first, size, count)
    onward = (following(reach[k] > k) for k in range(count)) if order == "ordered" else ()
    return Instants(actor, at, first, size, reach, limit, tuple(onward))


def changes(*columns: Ints) -> Flags:
    """Where any of the columns differs from the row before; the first row does."""
    changed = np.zeros(len(columns[0]), np.bool_)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed


def following(wanted: Flags) -> Places:
    """For each place, and the one after the last, the first wanted one from there on."""
    count = len(wanted)
    places = np.full(count + 1, count, np.int32)
    found = np.flatnonzero(wanted)
    places[found] = found
    return np.minimum.accumulate(places[::-1])[::-1]


def _next_exclusion(excluded: Flags, first: Ints, actor: Ints, at: Ints) -> Ints:
    limit = np.full(len(at), FOREVER)
    if not excluded.any():
        return limit
    later = following(np.logical_or.reduceat(excluded, first))[1:]
    found = np.flatnonzero(later < len(at))
    found = found[actor[later[found]] == actor[found]]
    limit[found] = at[later[found]]
    return limit


def _reaches(steps: Bits, first: Ints, size: Ints, count: int) -> Bits:
    """For each number of steps done before, how many are done after each moment."""
    alone = steps[first]
    reach = np.stack([done + (alone >> done & 1) for done in range(count)]).astype(np.uint8)
    shared = np.flatnonzero(size > 1)
    if len(shared):
        reach[:, shared] = _shared_reaches(steps, first[shared], size[shared], count)
    return reach


def _shared_reaches(steps: Bits, first: Ints, size: Ints, count: int) -> Bits:
    """The same for moments of several events; equal bags of events are looked at once."""
    moment = np.repeat(np.arange(len(size)), size)
    place = np.repeat(first - np.cumsum(size) + size, size) + np.arange(size.sum())
    kinds, kind = np.unique(steps[place], return_inverse=True)
    held = np.bincount(moment * len(kinds) + kind, minlength=len(size) * len(kinds))
    bags = np.minimum(held.reshape(len(size), len(kinds)), count)
    different, which = np.unique(bags, axis=0, return_inverse=True)
    found = [_reach(np.repeat(kinds, bag).tolist(), count) for bag in different]
    return np.array(found, np.uint8).T[:, which.ravel()]


def _reach(bag: Sequence[int], count: int) -> list[int]:
    """How far the events of one instant, each a set of steps as bits, take each chain."""
    found = []
    for done in range(count):
        server: dict[int, int] = {}
        step = done
        while step < count and _serve(step, bag, server, set()):
            step += 1
        found.append(step)
    return found


def _serve(step: int, bag: Sequence[int], server: dict[int, int], tried: set[int]) -> bool:
    """Find an event for a step, moving other steps to other events where that makes room."""
    for event, serves in enumerate(bag):
        if serves >> step & 1 and event not in tried:
            tried.add(event)
            if event not in server or _serve(server[event], bag, server, tried):
                server[event] = step
                return True
    return False

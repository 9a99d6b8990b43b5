"""What became of each actor: the furthest chain, and whether it is open, lost or left out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from analytics.periods import instants
from analytics.product.funnels.chains import arrivals, can_enter, furthest
from analytics.product.funnels.definition import Funnel, Order
from analytics.product.funnels.instants import (
    Flags,
    Instants,
    Ints,
    Marked,
    changes,
    instants_of,
)

ONE_US = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Entries:
    """Every entry in the range, by actor, then time.

    `actor` is an index into the keys, `place` one into the moments, `at` the moment itself, in
    microseconds; `steps` is how many steps the entry leads to, `unspoilt` how many without an
    exclusion in between, and `limit` until when (all int64).
    """

    actor: Ints
    place: Ints
    at: Ints
    steps: Ints
    unspoilt: Ints
    limit: Ints


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The chain that counts of each actor, or of each actor in each group.

    `row` is its entry's place in the Entries, `steps` how many steps it has (int64); `open` says
    that it may still get further, `left_out` that the actor got further past an exclusion (bool).
    """

    row: Ints
    steps: Ints
    open: Flags
    left_out: Flags


def entries_of(events: Marked, funnel: Funnel, end: datetime) -> tuple[Instants, Entries]:
    """The moments of these events, and the entries before the end of the range among them."""
    moments = instants_of(events, len(funnel.steps), funnel.order)
    entered = can_enter(events, moments, funnel.order) & (moments.at < microseconds(end))
    place = np.flatnonzero(entered)
    at = moments.at[place]
    window = at + funnel.window // ONE_US
    limit = np.minimum(window, moments.limit[place])
    steps = furthest(events, moments, place, funnel.order, window)
    unspoilt = steps
    if events.excluded.any():
        unspoilt = furthest(events, moments, place, funnel.order, limit)
    return moments, Entries(moments.actor[place], place, at, steps, unspoilt, limit)


def times_of(events: Marked, moments: Instants, entries: Entries, rows: Ints, order: Order) -> Ints:
    """When each step of the chains of some entries was done: a row each, a column a step."""
    return arrivals(events, moments, entries.place[rows], order, entries.limit[rows])


def outcomes_of(
    entries: Entries, funnel: Funnel, now: datetime, group: Ints | None = None
) -> Outcomes:
    """The chain of each actor that counts: the furthest; of several the one that begins last.

    With a `group` of each entry, those of each group are counted on their own.
    """
    columns = [entries.actor] if group is None else [entries.actor, group]
    begins = np.flatnonzero(changes(*columns))
    count = max(len(entries.actor), 1)
    ranked = entries.unspoilt * count + np.arange(len(entries.actor))
    best = np.maximum.reduceat(ranked, begins) if len(begins) else begins
    row, steps = best % count, best // count
    most = np.maximum.reduceat(entries.steps, begins) if len(begins) else begins
    ends = entries.at[row] + funnel.window // ONE_US
    open_ = (steps < len(funnel.steps)) & (ends > microseconds(now))
    return Outcomes(row, steps, open_, steps < most)


def microseconds(moment: datetime) -> int:
    """A moment in microseconds since 1970 in UTC."""
    return int(instants([moment]).astype(np.int64)[0])


def labels_of(events: Marked, moments: Instants, places: Ints, order: Order) -> NDArray[np.int32]:
    """The first label, alphabetically, of the events with which a chain can begin there."""
    first = events.steps > 0 if order == "any" else events.steps & 1 > 0
    label = np.where(first, events.label, np.int32(len(events.values)))
    if not len(label):
        return label
    least: NDArray[np.int32] = np.minimum.reduceat(label, moments.first)[places]
    return least

"""How far each entry gets, and when: one row an entry, all of them looked at together.

Taking each next step at the earliest moment is never worse than waiting, so that one chain an entry
is enough. Moments are in microseconds; FOREVER stands for what does not happen in time.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from analytics.product.funnels.definition import Order
from analytics.product.funnels.instants import FOREVER, Flags, Instants, Ints, Marked

Moves = Iterator[tuple[Ints, int, Ints, Ints]]  # rows, from which step, to which, at which moment


def can_enter(events: Marked, moments: Instants, order: Order) -> Flags:
    """At which moments a chain can begin."""
    if order == "any":
        return np.logical_or.reduceat(events.steps > 0, moments.first)
    entered: Flags = moments.reach[0] > 0
    return entered


def furthest(events: Marked, moments: Instants, entries: Ints, order: Order, latest: Ints) -> Ints:
    """How many steps each entry (a place in `moments`) leads to until its latest moment (int64)."""
    if order == "any":
        done = arrivals(events, moments, entries, order, latest)
        reached: Ints = np.count_nonzero(done != FOREVER, axis=1)
        return reached
    steps = np.zeros(len(entries), np.int64)
    for rows, _, to, _ in _moves(moments, entries, order, latest):
        steps[rows] = np.maximum(steps[rows], to)
    return steps


def arrivals(events: Marked, moments: Instants, entries: Ints, order: Order, latest: Ints) -> Ints:
    """When each step is done until the latest moment: a row an entry, a column a step (int64)."""
    if order == "any":
        done = _any(events, moments, entries)
        done[done > latest[:, None]] = FOREVER
        return done
    done = np.full((len(entries), len(moments.reach)), FOREVER)
    for rows, step, to, there in _moves(moments, entries, order, latest):
        for column in range(step, done.shape[1]):
            here = rows[to > column]
            done[here, column] = np.minimum(done[here, column], moments.at[there[to > column]])
    return done


def _moves(moments: Instants, entries: Ints, order: Order, latest: Ints) -> Moves:
    yield np.arange(len(entries)), 0, moments.reach[0, entries].astype(np.int64), entries
    yield from (_strict if order == "strict" else _ordered)(moments, entries, latest)


def _ordered(moments: Instants, entries: Ints, latest: Ints) -> Moves:
    """Go on to the next moment that has the next step, until there is none in time."""
    step, place = moments.reach[0, entries].astype(np.int64), entries.copy()
    for coming in range(1, len(moments.reach)):
        rows = np.flatnonzero(step == coming)
        onward = moments.onward[coming][place[rows] + 1].astype(np.int64)
        rows, there = _in_time(moments, entries, latest, rows, onward)
        to = moments.reach[coming, there].astype(np.int64)
        step[rows], place[rows] = to, there
        yield rows, coming, to, there


def _strict(moments: Instants, entries: Ints, latest: Ints) -> Moves:
    """Go on from moment to moment; a chain passes one only if it uses all of its events.

    `stands` says at which steps the chains of each entry may stand: more than one, since events of
    an instant that a chain does not need may come before its entry, or after its last step.
    """
    count, rows = len(moments.reach), np.arange(len(entries))
    stands = np.arange(count + 1) <= moments.reach[0, entries][:, None]
    stands[:, 0] = False
    for ahead in range(1, count):
        moving = rows[stands[rows].any(axis=1)]
        rows, there = _in_time(moments, entries, latest, moving, entries[moving] + ahead)
        before, stands[rows] = stands[rows], False
        for step in range(1, count):
            here = np.flatnonzero(before[:, step])
            goes, at = rows[here], there[here]
            to = moments.reach[step, at].astype(np.int64)
            yield goes, step, to, at
            passed = to == step + moments.size[at]
            stands[goes[passed], to[passed]] = True


def _any(events: Marked, moments: Instants, entries: Ints) -> Ints:
    """When so many steps have an event of their own, whichever these are.

    By the theorem of Hall (1935), k of m steps have, once each set T of them is served by at least
    k - m + |T| events. Steps that share no event are independent of each other.
    """
    count = len(moments.reach)
    kinds = np.flatnonzero(np.bincount(events.steps, minlength=1)).tolist()
    done = np.concatenate(
        [_matched(events, moments, entries, steps) for steps in _linked(kinds, count)], axis=1
    )
    done.sort(axis=1)
    return done


def _matched(events: Marked, moments: Instants, entries: Ints, steps: Sequence[int]) -> Ints:
    """When 1, 2, ... of these steps have an event of their own from each entry on."""
    done = np.zeros((len(entries), len(steps)), np.int64)
    for size in range(1, len(steps) + 1):
        for chosen in combinations(steps, size):
            serving = events.steps & sum(1 << step for step in chosen) > 0
            times = _nth_times(events, serving, moments, entries, size)
            for column, time in enumerate(times, start=len(steps) - size):
                np.maximum(done[:, column], time, out=done[:, column])
    return done


def _nth_times(
    events: Marked, serving: Flags, moments: Instants, entries: Ints, count: int
) -> Iterator[Ints]:
    """When the first, second, ... of these events of the entry's actor happens from it on."""
    places = np.append(np.flatnonzero(serving), np.full(count, len(serving)))
    before = np.append(0, np.cumsum(serving))[moments.first[entries]]
    actor, at = np.append(events.actor, -1), np.append(events.at, FOREVER)
    for nth in range(count):
        place = places[before + nth]
        yield np.where(actor[place] == moments.actor[entries], at[place], FOREVER)


def _linked(kinds: Sequence[int], count: int) -> list[list[int]]:
    """The steps in groups that share no event; `kinds` are the sets of steps that events serve."""
    groups = [1 << step for step in range(count)]
    for kind in kinds:
        shared = [group for group in groups if group & kind]
        groups = [group for group in groups if not group & kind]
        groups += [sum(shared)] if shared else []
    return [[step for step in range(count) if group >> step & 1] for group in groups]


def _in_time(
    moments: Instants, entries: Ints, latest: Ints, rows: Ints, there: Ints
) -> tuple[Ints, Ints]:
    """The rows whose next moment is one of the same actor and in time, with that moment."""
    exists = there < len(moments.at)
    rows, there = rows[exists], there[exists]
    same = moments.actor[there] == moments.actor[entries[rows]]
    kept = same & (moments.at[there] <= latest[rows])
    return rows[kept], there[kept]

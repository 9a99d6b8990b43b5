"""What a session is, and how events are cut into sessions.

The events that a client gave one session id are one session, whatever lies between them. All else
that a person does belongs together while the gaps are under half an hour, and is cut every 24
hours from its first event on. Servers and command lines without a session id have none, and where
people have no ids, neither have their pauses. Sessions are made of the events of the range that
the filters keep: what lies outside is cut off, so that one range always has one answer.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from analytics.filters import Filters
from analytics.measures.cells import load_cells
from analytics.measures.packs import Log, load_log
from analytics.measures.unpacking import among
from analytics.scope import Viewer, within

PAUSE = 30 * 60 * 1_000_000  # microseconds: a gap that ends a session, as in most analytics
LONGEST = 24 * 3_600 * 1_000_000  # microseconds
SESSIONLESS = frozenset({"api", "backend", "cli", "cron", "lambda", "server", "terminal", "worker"})
COLUMNS = ("actor", "at", "kind", "cell", "session")

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions and their events, which stand session by session in order of time.

    Events at one instant go by kind, then cell. One entry an event: `kind` (int32). One entry a
    session: `first`, where it begins among the events (int64), `begin` (int64, microseconds since
    1970 in UTC), `duration` (int64, microseconds from its first event to its last), `cell` (int32,
    of its first event). The first `told` sessions are those that clients told apart.
    """

    kind: NDArray[np.int32]
    first: Places
    begin: NDArray[np.int64]
    duration: NDArray[np.int64]
    cell: NDArray[np.int32]
    told: int

    def __len__(self) -> int:
        """How many sessions there are."""
        return len(self.first)

    @property
    def depth(self) -> NDArray[np.int64]:
        """How many events each session has."""
        return np.diff(self.first, append=len(self.kind))

    @property
    def entry(self) -> NDArray[np.int32]:
        """The kind of each session's first event."""
        kind: NDArray[np.int32] = self.kind[self.first]
        return kind

    @property
    def exit(self) -> NDArray[np.int32]:
        """The kind of each session's last event."""
        kind: NDArray[np.int32] = self.kind[self.first + self.depth - 1]
        return kind


def load_visits(conn: Connection, viewer: Viewer, filters: Filters) -> Sessions:
    """The sessions of a range; none for who may not see them. Raises TooWide."""
    viewer = within(viewer, "product")
    log = load_log(conn, viewer, filters, columns=COLUMNS)
    platforms = load_cells(conn, viewer, filters.project_id).by("platform")
    servers = [ids for name, ids in platforms.items() if name.lower() in SESSIONLESS]
    return sessions_of(log, np.concatenate([np.empty(0, np.int64), *servers]))


def sessions_of(log: Log, sessionless: NDArray[np.int64]) -> Sessions:
    """The sessions of an ordered log; `sessionless` are the cells of servers and command lines."""
    place, number, told = _numbered(log, sessionless)
    at, kind, cell = log.at[place], log.kind[place], log.cell[place]
    order = _in_order(number, at, kind, cell)
    number, at = number[order], at[order]
    first = np.flatnonzero(np.diff(number, prepend=-1))
    last = np.append(first[1:], len(number))[: len(first)] - 1
    return Sessions(
        kind=kind[order],
        first=first,
        begin=at[first],
        duration=at[last] - at[first],
        cell=cell[order][first],
        told=told,
    )


def _numbered(log: Log, sessionless: NDArray[np.int64]) -> tuple[Places, Places, int]:
    """The events that are in a session, the number of each one's, and how many clients told."""
    by_client = log.session != 0
    numbers, keys = pd.factorize(log.session[by_client])
    alone = np.flatnonzero(~by_client)
    known = (log.keys != 0)[log.actor[alone]]
    alone = alone[known & ~among(log.cell[alone], sessionless)]
    place = np.concatenate([np.flatnonzero(by_client), alone])
    cut = len(keys) + _cut(log.actor[alone], log.at[alone])
    return place, np.concatenate([numbers, cut]), len(keys)


def _cut(actor: NDArray[np.int64], at: NDArray[np.int64]) -> Places:
    """The number of each event's session, by actor, pauses and length."""
    opens = _changes(actor) | (np.diff(at, prepend=0) >= PAUSE)
    opened = np.flatnonzero(opens)
    run = np.cumsum(opens) - 1
    day = (at - at[opened][run]) // LONGEST
    return np.cumsum(opens | _changes(day)) - 1


def _changes(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a value differs from the one before; the first one does."""
    return np.append(np.ones(min(len(values), 1), np.bool_), values[1:] != values[:-1])


def _in_order(
    number: Places, at: NDArray[np.int64], kind: NDArray[np.int32], cell: NDArray[np.int32]
) -> Places:
    """By session, then time, kind and cell.

    A log in order has nearly all of this; only what is not in order yet, such as a session that
    two people share, is sorted by all four.
    """
    order = np.argsort(number, kind="stable")
    number, at, kind, cell = number[order], at[order], kind[order], cell[order]
    wrong = _lower(cell)
    wrong = _lower(kind) | (_same(kind) & wrong)
    wrong = _same(number) & (_lower(at) | (_same(at) & wrong))
    if wrong.any():
        mixed = np.flatnonzero(np.isin(number, number[1:][wrong]))
        by_all = np.lexsort((cell[mixed], kind[mixed], at[mixed], number[mixed]))
        order[mixed] = order[mixed[by_all]]
    return order


def _same(values: NDArray[np.integer]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = values[1:] == values[:-1]
    return same


def _lower(values: NDArray[np.integer]) -> NDArray[np.bool_]:
    lower: NDArray[np.bool_] = values[1:] < values[:-1]
    return lower

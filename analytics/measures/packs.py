"""Events and keys by the million: the packs of the days asked for, as arrays.

Postgres hands over what the worker has packed (see `jobs.packing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, Subquery, func, select

from analytics.filters import BadFilters, Filters
from analytics.measures.cutting import read
from analytics.measures.unpacking import (
    Column,
    are_members,
    arrays_of,
    arrays_once,
    kept_entries,
    taken,
)
from analytics.scope import (
    Viewer,
    visible_event_packs,
    visible_kinds,
    visible_rollup_packs,
)
from db.errors import TooWide

MOST_EVENTS = 15_000_000  # 40 bytes each when all columns are read
EPOCH_US = 946_684_800_000_000  # 2000-01-01, from where Postgres counts, in microseconds of Unix
EVENT_COLUMNS = {
    "actor": ("actors", np.int64),
    "at": ("moments", np.int64),
    "kind": ("kinds", np.int32),
    "cell": ("cells", np.int32),
    "session": ("sessions", np.int64),
    "bin": ("bins", np.int16),
    "failed": ("failed", np.int16),
}
KEY_COLUMNS = {
    "key": ("keys", np.int64),
    "owner": ("owners", np.int64),
    "cell": ("cells", np.int32),
    "kind": ("kinds", np.int32),
}
What = Literal["actor", "session", "actor_event"]


@dataclass(frozen=True, slots=True)
class Log:
    """Events, one entry each in every array; what was not asked for is empty.

    `keys` holds the different actors (int64), `actor` an index into it (int64); `at` is in
    microseconds since 1970 in UTC (int64), `day` counts from the first day asked for (int32),
    `kind` and `cell` are ids of the dictionaries (int32), `session` is 0 where there is none
    (int64), `bin` the duration's or NO_BIN (int16), `failed` 0 or 1 (int16). In order, they go by
    actor, then time, then kind.
    """

    keys: NDArray[np.int64]
    actor: NDArray[np.int64]
    at: NDArray[np.int64]
    day: NDArray[np.int32]
    kind: NDArray[np.int32]
    cell: NDArray[np.int32]
    session: NDArray[np.int64]
    bin: NDArray[np.int16]
    failed: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of each day, one entry each in every array; what was not asked for is empty.

    `day` counts from the first day asked for (int32), `key` is an actor's or session's (int64),
    `cell` and `kind` are ids of the dictionaries (int32; `kind` is empty unless asked by event).
    While a day's packs are several, what they share is there as often.
    """

    day: NDArray[np.int32]
    key: NDArray[np.int64]
    cell: NDArray[np.int32]
    kind: NDArray[np.int32]


def load_log(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    names: Sequence[str] = (),
    columns: Sequence[str] = ("actor", "at", "kind"),
    *,
    ordered: bool = True,
) -> Log:
    """The events that the filters keep, of these names or of all, with the columns asked for.

    Raises TooWide when there are more than MOST_EVENTS in the range. Columns that filters or the
    order need are read as well.
    """
    packs = visible_event_packs(viewer, filters, names)
    _refuse_too_many(conn, packs)
    wanted = [*columns, *_needed(filters), *(("actor", "at") if ordered else ())]
    arrays = arrays_of(conn, filters, packs, EVENT_COLUMNS, wanted)
    arrays["at"] += EPOCH_US
    arrays = taken(arrays, kept_entries(conn, viewer, filters, arrays))
    actor, keys = pd.factorize(arrays["actor"])
    log = Log(**{**arrays, "actor": actor.astype(np.int64), "keys": keys})
    if filters.segment is not None:
        log = _only(log, are_members(conn, viewer, filters, log.keys))
    return _ordered(log) if ordered else log


def load_keys(
    conn: Connection,
    viewer: Viewer,
    filters: Filters,
    what: What,
    names: Sequence[str] = (),
    columns: Sequence[str] = ("key", "cell", "kind"),
) -> Keys:
    """The keys that the filters keep, of events of these names or of all.

    Sessions and actors of whole days are of all events: raises BadFilters where one is asked for.
    Columns that filters need are read as well.
    """
    if what != "actor_event" and (filters.event or names):
        raise BadFilters("These keys are of all events together.")
    packs = visible_rollup_packs(viewer, filters, what, names)
    person = "owner" if what == "session" else "key"
    wanted = [
        "day",
        *columns,
        *_needed(filters),
        *([person] if filters.segment is not None else []),
    ]
    arrays = arrays_once(conn, filters, packs, KEY_COLUMNS, wanted)
    kept = kept_entries(conn, viewer, filters, arrays, person)
    arrays.pop("owner")
    return Keys(**taken(arrays, kept))


def kinds_of(conn: Connection, viewer: Viewer, project_id: int) -> pd.DataFrame:
    """The pairs of name and subject by id. Columns: id (int64), name (str), subject (str)."""
    k = visible_kinds(viewer, project_id)
    rows = read(conn, select(k.c.id, k.c.name, k.c.subject).order_by(k.c.id))
    return rows.astype({"id": "int64", "name": "str", "subject": "str"})


def _refuse_too_many(conn: Connection, packs: Subquery) -> None:
    counted = select(func.coalesce(func.sum(packs.c.n), 0).cast(BigInteger))
    total = conn.execute(counted).scalar_one()
    if total > MOST_EVENTS:
        raise TooWide(
            f"This reads every event, and there are {total:,} in the range; at most "
            f"{MOST_EVENTS:,} are read at once. Choose fewer days."
        )


def _needed(filters: Filters) -> list[str]:
    by_filter = {
        "cell": bool(filters.dimensions),
        "kind": filters.subject is not None,
        "actor": filters.segment is not None,
    }
    return [name for name, needed in by_filter.items() if needed]


def _only(log: Log, staying: NDArray[np.bool_]) -> Log:
    """The events of some of the actors, whose indexes have no gap."""
    kept = staying[log.actor]
    places = np.cumsum(staying) - 1
    arrays = taken(_columns(log), kept)
    return Log(**{**arrays, "actor": places[arrays["actor"]], "keys": log.keys[staying]})


def _ordered(log: Log) -> Log:
    """By actor, then time, then kind."""
    order = _order(log)
    return replace(log, **taken(_columns(log), order))


def _columns(log: Log) -> dict[str, Column]:
    return {name: getattr(log, name) for name in ("day", *EVENT_COLUMNS)}


def _order(log: Log) -> NDArray[np.int64]:
    """One sort of actor and time in one integer, where they fit: half the time of two sorts."""
    if not len(log.at):
        return np.empty(0, np.int64)
    since = log.at - log.at.min()
    bits = int(since.max()).bit_length()
    kind = log.kind if len(log.kind) else np.zeros(len(log.at), np.int32)
    if bits + len(log.keys).bit_length() > 63:
        return np.lexsort((kind, log.at, log.actor))
    both = (log.actor << bits) | since
    order = np.argsort(both, kind="stable")  # packs come in runs, which this sort merges
    return _ties_by_kind(order, both[order], kind)


def _ties_by_kind(
    order: NDArray[np.int64], both: NDArray[np.int64], kind: NDArray[np.int32]
) -> NDArray[np.int64]:
    tied = np.zeros(len(order), np.bool_)
    same = both[1:] == both[:-1]
    tied[1:] |= same
    tied[:-1] |= same
    places = order[tied]
    order[tied] = places[np.lexsort((kind[places], both[tied]))]
    return order

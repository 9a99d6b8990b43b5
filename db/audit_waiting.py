"""The acts of a transaction until it commits: only then are they written to the audit log.

The end of the log is locked to be written. Were it locked earlier, two transactions that lock rows
in opposite order would wait for each other there; so it is the last lock that any of them takes.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, event, func, insert, select, update

from db.audit_chain import Entry, hash_of
from db.tables import audit_head, audit_log


@dataclass(frozen=True, slots=True)
class Noted:
    """An act but for its place in the log: `details` are as they come back from the database."""

    person_id: int | None
    place: str
    act: str
    project_id: int | None
    about: str
    details: dict[str, Any]


class Waiting:
    """The acts of one connection that are not written; those of a savepoint go with it."""

    def __init__(self) -> None:
        self._acts: list[Noted] = []
        self._before: list[int] = []  # how many waited as each open savepoint was made

    def add(self, act: Noted) -> None:
        """Keep an act until the commit."""
        self._acts.append(act)

    def write(self, conn: Connection) -> None:
        """Write all that waits to the end of the log, which stays locked until the commit."""
        acts, self._acts = self._acts, []
        self._before = [0] * len(self._before)
        if not acts:
            return
        last_id, last_hash, at = conn.execute(_end()).one()
        entries = [Entry(last_id + place, at, **asdict(act)) for place, act in enumerate(acts, 1)]
        rows = list(_chained(entries, last_hash))
        conn.execute(insert(audit_log), rows)
        conn.execute(update(audit_head).values(last_id=rows[-1]["id"], hash=rows[-1]["hash"]))

    def forget(self, _conn: Connection) -> None:
        """Nothing of it was done."""
        self._acts, self._before = [], []

    def begin(self, _conn: Connection, _name: str) -> None:
        """A savepoint is made."""
        self._before.append(len(self._acts))

    def take_back(self, _conn: Connection, _name: str, _context: None) -> None:
        """What was done since the last savepoint was not."""
        del self._acts[self._end_savepoint() :]

    def release(self, _conn: Connection, _name: str, _context: None) -> None:
        """What was done since the last savepoint is part of what was done before it."""
        self._end_savepoint()

    def _end_savepoint(self) -> int:
        """How many acts are older than it; one that is older than all of them is not on record."""
        return self._before.pop() if self._before else 0


_waiting: WeakKeyDictionary[Connection, Waiting] = WeakKeyDictionary()


def waiting_of(conn: Connection) -> Waiting:
    """The acts of a connection, which are written or forgotten with its transaction."""
    if conn not in _waiting:
        made = _waiting[conn] = Waiting()
        event.listen(conn, "commit", made.write)
        event.listen(conn, "rollback", made.forget)
        event.listen(conn, "savepoint", made.begin)
        event.listen(conn, "rollback_savepoint", made.take_back)
        event.listen(conn, "release_savepoint", made.release)
    return _waiting[conn]


def _end() -> Any:
    """The end of the log, locked; the database's clock is the same for all who write."""
    h = audit_head.c
    return select(h.last_id, h.hash, func.clock_timestamp()).with_for_update()


def _chained(entries: list[Entry], last_hash: bytes) -> Iterator[dict[str, Any]]:
    """The rows of the log, each with the hash over itself and the one before."""
    for entry in entries:
        last_hash = hash_of(entry, last_hash)
        yield entry.columns | {"hash": last_hash}

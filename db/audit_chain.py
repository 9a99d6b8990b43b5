"""The chain of the audit log: each row's hash is over the row and the hash before it.

An edited row no longer fits its hash, a removed one leaves a gap in the numbers, a moved one fits
neither, and where the end was cut off the head of the log knows of more. Who may write the tables
could make the whole chain anew; a mark that was noted elsewhere shows that, too.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from db.errors import BadMark
from db.tables import audit_head, audit_log

NOTHING = b""  # the hash before the first row
MARK = re.compile(r"0:|[1-9]\d{0,18}:[0-9a-f]{64}", re.ASCII)
ROWS_AT_A_TIME = 5_000
MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the log but for its hash; `at` is aware, `details` holds no fractions."""

    id: int
    at: datetime
    person_id: int | None
    place: str
    act: str
    project_id: int | None
    about: str
    details: dict[str, Any]

    @property
    def columns(self) -> dict[str, Any]:
        """Its values by the names of the table's columns."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not fit, at which number of the log."""

    id: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many rows were looked at, the mark of the last one, and what does not fit."""

    rows: int
    mark: str
    faults: tuple[Fault, ...]


COLUMNS = tuple(audit_log.c[field.name] for field in fields(Entry))


def hash_of(entry: Entry, before: bytes) -> bytes:
    """SHA-256 over the hash before and the row as canonical JSON (sorted names, no blanks)."""
    values = entry.columns | {"at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}
    row = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(before + row.encode()).digest()


def mark_of(last_id: int, last_hash: bytes) -> str:
    """What to note elsewhere of the log's end: its number and its hash."""
    return f"{last_id}:{last_hash.hex()}"


def read_mark(mark: str) -> tuple[int, bytes]:
    """The number and the hash of a mark; raises BadMark."""
    if not MARK.fullmatch(mark.strip()):
        raise BadMark()
    number, _, digest = mark.strip().partition(":")
    return int(number), bytes.fromhex(digest)


def verify(conn: Connection, mark: str = "") -> Verdict:
    """Look through the whole log, and whether it still holds the row of a mark; raises BadMark."""
    marked = read_mark(mark) if mark else None
    end: Any = conn.execute(select(audit_head.c.last_id, audit_head.c.hash)).one_or_none()
    faults: list[Fault] = []
    rows, last, found = 0, (0, NOTHING), marked in (None, (0, NOTHING))
    for row in _rows(conn):
        entry, stored, end = Entry(*row[:-3]), row[-3], row[-2:]
        faults += _faults_of(entry, stored, *last)
        rows, last = rows + 1, (entry.id, stored)
        found = found or last == marked
    if end != last:
        faults.append(Fault(last[0], "the log does not end where its head says"))
    if marked and not found:
        faults.append(Fault(marked[0], "the row of the mark is missing, or another"))
    return Verdict(rows, mark_of(*last), tuple(faults[:MOST_FAULTS]))


def _rows(conn: Connection) -> Iterable[Any]:
    """The rows in order, each with the head as it is in the same instant: others may write on."""
    head = audit_head.c
    ends = [select(column).scalar_subquery() for column in (head.last_id, head.hash)]
    query = select(*COLUMNS, audit_log.c.hash, *ends).order_by(audit_log.c.id)
    return conn.execute(query.execution_options(yield_per=ROWS_AT_A_TIME))


def _faults_of(entry: Entry, stored: bytes, last_id: int, before: bytes) -> list[Fault]:
    if entry.id != last_id + 1:
        return [Fault(last_id + 1, f"rows are missing before {entry.id}")]
    if hash_of(entry, before) != stored:
        return [Fault(entry.id, "the row does not fit its hash: it was edited or moved")]
    return []

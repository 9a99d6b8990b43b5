"""From the items of a request to what is on record, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from ingest_api.event import Reject, Sender
from ingest_api.intake import Answer
from ingest_api.revenue.kinds import Kind


@dataclass(slots=True)
class Read:
    """The rows among some items, and what is wrong with the others, by their place."""

    rows: list[Any] = field(default_factory=list)
    rejected: list[tuple[int, Reject]] = field(default_factory=list)


def take(engine: Engine, sender: Sender, kind: Kind, items: Sequence[Any]) -> Answer:
    """Read and record the items; what is told in `Answer` is committed."""
    now = datetime.now(UTC)
    read = read_all(kind, items, sender.secret, now)
    with engine.begin() as conn:
        accepted = kind.keep(conn, sender, read.rows, now) if read.rows else 0
    duplicates = len(read.rows) - accepted
    return Answer(accepted=accepted, duplicates=duplicates, rejected=read.rejected)


def read_all(kind: Kind, items: Sequence[Any], secret: bytes, now: datetime) -> Read:
    """The items as they are kept."""
    read = Read()
    for index, item in enumerate(items):
        verdict = kind.read(item, secret, now)
        if isinstance(verdict, Reject):
            read.rejected.append((index, verdict))
        else:
            read.rows.append(verdict)
    return read

"""A file's rows through the format and the steps, some thousands at a time."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from ingest_api import steps
from ingest_api.event import Circumstances, Drop, Event, Reject, Sender, Verdict
from ingest_api.importing.mapping import Mapping
from ingest_api.importing.rejects import RejectsFile
from ingest_api.importing.row_ids import RowIds
from ingest_api.importing.rows import Row, Rows
from ingest_api.intake import oldest_kept, oldest_run_kept

ROWS_A_BATCH = 5_000


def circumstances(sender: Sender) -> Circumstances:
    """As those of a request: a file says nothing of a browser, an address or a clock."""
    now = datetime.now(UTC)
    months = sender.retention_months
    oldest, oldest_run = oldest_kept(months, now), oldest_run_kept(months, now)
    return Circumstances(sender, now, oldest=oldest, oldest_run=oldest_run)


@dataclass(slots=True)
class Batch:
    """Some rows of the file: the events among them, and what became of the others."""

    last_line: int = 0
    rows: int = 0
    events: list[Event] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    position: tuple[int, int] = (0, 0)


class Reader:
    """Reads a file's rows through the steps."""

    def __init__(self, rows: Rows, sender: Sender, mapping: Mapping, listed: RejectsFile) -> None:
        self.sender = sender
        self._rows, self._mapping, self._listed = rows, mapping, listed
        self._ids = RowIds(sender.secret, _columns_of_ids(sender, mapping))
        self._read = 0

    def next_batch(self) -> Batch:
        """The next rows; a batch without rows is the end."""
        batch, seen = Batch(), circumstances(self.sender)
        for batch.last_line, row in islice(self._rows.numbered, ROWS_A_BATCH):
            batch.rows += 1
            verdict = row if isinstance(row, Reject) else self._verdict(row, seen)
            if isinstance(verdict, Event):
                batch.events.append(verdict)
            elif isinstance(verdict, Drop):
                batch.dropped[verdict.reason] += 1
            else:
                batch.rejected[verdict.reason] += 1
                self._listed.add(batch.last_line, verdict, self._mapping.told(verdict))
        self._read += batch.rows
        batch.position = self._rows.position(self._read)
        return batch

    def _verdict(self, row: Row, seen: Circumstances) -> Verdict:
        item = self._mapping.item(row)
        if "event_id" not in item:
            try:
                item["event_id"] = str(self._ids.of(row))
            except TypeError:
                return Reject("invalid", "the row is nested too deeply")
        event = self._mapping.event(item)
        return steps.run(event, seen) if isinstance(event, Event) else event


def _columns_of_ids(sender: Sender, mapping: Mapping) -> frozenset[str] | None:
    """In an anonymous project nothing of a person's id is kept, not even in the id of an event."""
    if sender.consent != "anonymous":
        return None
    return frozenset(
        column for name, column in mapping.column_of.items() if name not in ("actor", "session")
    )

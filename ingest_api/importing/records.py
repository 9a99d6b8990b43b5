"""Files of what servers tell, one record a row: revenue and tickets, through the API's own formats.

A column that is called like a field is that field, unless the mapping says otherwise.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from db.access import find_project, project_secret
from db.engine import make_engine
from db.errors import BadImport
from ingest_api.event import Reject, Sender
from ingest_api.importing.loading import Progress
from ingest_api.importing.outcome import Imported
from ingest_api.importing.reading import opened
from ingest_api.importing.rejects import RejectsFile
from ingest_api.importing.rows import Row, Rows
from ingest_api.revenue.kinds import KINDS, Kind
from ingest_api.support.kinds import TICKETS

RECORDS: Mapping[str, Kind] = KINDS | {TICKETS.called: TICKETS}
ROWS_A_BATCH = 5_000
TIME = "occurred_at"  # a server may leave it out, a file of the past may not


@dataclass(slots=True)
class Batch:
    """Some rows of the file as they are kept, and how many were read."""

    rows: list[Any] = field(default_factory=list)
    read: int = 0
    last_line: int = 0


def import_records(
    url: URL,
    file: Path,
    project_name: str,
    mapping: str,
    rejects: Path | None,
    progress: Progress,
    of: str,
) -> Imported:
    """Record what the rows of a file are, some thousands a transaction; repeating adds nothing.

    `of` is one of RECORDS. Raises BadImport, and UnknownProject.
    """
    listed = RejectsFile(file, rejects)
    with _engine(url) as engine, opened(file) as rows, listed:
        sender, kind = sender_of(engine, project_name), RECORDS[of]
        reader = Reader(rows, columns_of(mapping, rows.columns, kind), kind, sender, listed)
        result = Imported(project_name, noun="row")
        while (batch := reader.next_batch()).read:
            _count(result, batch, _kept(engine, sender, kind, batch))
            progress(*rows.position(result.rows))
        result.rejects = listed.made
    return result


def preview_records(
    url: URL, file: Path, project_name: str, mapping: str, of: str, count: int = 5
) -> list[dict[str, Any]]:
    """The first rows as they would be told to the API, each with its line and what is wrong."""
    with _engine(url) as engine, opened(file) as rows:
        sender, kind = sender_of(engine, project_name), RECORDS[of]
        columns = columns_of(mapping, rows.columns, kind)
        first = list(islice(rows.numbered, count))
        return [_shown(line, row, columns, kind, sender) for line, row in first]


def columns_of(text: str, columns: tuple[str, ...], kind: Kind) -> dict[str, str]:
    """Which column each field is in, by name or as `field=column,...` says; raises BadImport."""
    chosen = {name: name for name in kind.fields if name in columns}
    for pair in filter(str.strip, text.split(",")):
        name, equals, column = (part.strip() for part in pair.partition("="))
        if not equals or not column:
            raise BadImport(f"--map is field=column,...; '{name}' has no column.")
        if name not in kind.fields:
            raise BadImport(
                f"--map: no field is named '{name}'; there are {', '.join(kind.fields)}."
            )
        chosen[name] = column
    _check(chosen, columns, kind)
    return chosen


def _check(chosen: Mapping[str, str], columns: tuple[str, ...], kind: Kind) -> None:
    there = f"The file's columns are {', '.join(columns[:50]) or 'none'}."
    for column in chosen.values():
        if columns.count(column) != 1:
            raise BadImport(f"The file has {columns.count(column)} columns '{column}'. {there}")
    for name in (*kind.needed, *(each for each in kind.fields if each == TIME)):
        if name not in chosen:
            raise BadImport(f"A column '{name}' is needed, or --map {name}=column. {there}")


class Reader:
    """Reads a file's rows as they are kept, and lists those that can't be."""

    def __init__(
        self,
        rows: Rows,
        columns: Mapping[str, str],
        kind: Kind,
        sender: Sender,
        listed: RejectsFile,
    ) -> None:
        self._rows, self._columns, self._kind = rows, columns, kind
        self._sender, self._listed = sender, listed

    def next_batch(self) -> Batch:
        """The next rows; a batch of which none was read is the end."""
        batch, now = Batch(), datetime.now(UTC)
        for batch.last_line, row in islice(self._rows.numbered, ROWS_A_BATCH):
            batch.read += 1
            verdict = _verdict(row, self._columns, self._kind, self._sender, now)
            if isinstance(verdict, Reject):
                self._listed.add(batch.last_line, verdict, verdict.message)
            else:
                batch.rows.append(verdict)
        return batch


def sender_of(engine: Engine, project_name: str) -> Sender:
    """The project as the API knows whoever holds its key; raises UnknownProject."""
    with engine.connect() as conn:
        project = find_project(conn, project_name)
        secret = project_secret(conn, project.id)
    return Sender(project.id, project.consent, secret, project.retention_months)


def _verdict(
    row: Row | Reject, columns: Mapping[str, str], kind: Kind, sender: Sender, now: datetime
) -> Any:
    """The row as it is kept, or what is wrong with it."""
    if isinstance(row, Reject):
        return row
    return kind.read(_item(row, columns), sender.secret, now)


def _item(row: Row, columns: Mapping[str, str]) -> dict[str, Any]:
    """The row as the API would be sent it; empty cells are left out."""
    cells = {name: row.get(column) for name, column in columns.items()}
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in cells.items()
        if value is not None and value != "" and value == value  # NaN is not itself
    }


def _shown(
    line: int, row: Row | Reject, columns: Mapping[str, str], kind: Kind, sender: Sender
) -> dict[str, Any]:
    verdict = _verdict(row, columns, kind, sender, datetime.now(UTC))
    told = {} if isinstance(row, Reject) else _item(row, columns)
    wrong = {"rejected": verdict.message} if isinstance(verdict, Reject) else {}
    return {"line": line} | told | wrong


def _kept(engine: Engine, sender: Sender, kind: Kind, batch: Batch) -> int:
    """How many rows were new or changed; raises BadImport where the database does not answer."""
    if not batch.rows:
        return 0
    try:
        with engine.begin() as conn:
            return kind.keep(conn, sender, batch.rows, datetime.now(UTC))
    except (OperationalError, InterfaceError):
        raise BadImport(
            f"The database did not confirm the {batch.read:,} rows up to line {batch.last_line:,}."
            " Those before are stored, and are recognised when the import is repeated."
        ) from None


def _count(result: Imported, batch: Batch, accepted: int) -> None:
    result.rows += batch.read
    result.accepted += accepted
    result.duplicates += len(batch.rows) - accepted
    if wrong := batch.read - len(batch.rows):
        result.rejected["invalid"] = result.rejected.get("invalid", 0) + wrong


@contextmanager
def _engine(url: URL) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()

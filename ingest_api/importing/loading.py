"""From a file to the writer, in batches: one is read while the one before it is stored."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from db.access import find_project, project_secret
from db.engine import conninfo, make_engine
from db.errors import BadImport
from db.partitions import month_maker
from ingest_api import steps
from ingest_api.event import Event, Reject, Sender, Verdict
from ingest_api.importing import consent as consents
from ingest_api.importing.batches import Batch, Reader, circumstances
from ingest_api.importing.kinds import Kind, kind_of
from ingest_api.importing.mapping import Mapping, parse_mapping
from ingest_api.importing.outcome import Imported, add
from ingest_api.importing.reading import opened
from ingest_api.importing.rejects import RejectsFile
from ingest_api.importing.rows import Row
from ingest_api.submission import Stored, Submission
from ingest_api.writer import StorageDown, Unstorable, Writer

Progress = Callable[[int, int], None]  # what is done, of how much


def import_events(
    url: URL,
    file: Path,
    project_name: str,
    mapping: str,
    rejects: Path | None,
    progress: Progress,
    consent: str = "all",
    of: str = "events",
) -> Imported:
    """Store what the rows of a file are; repeating it adds nothing.

    Rejected lines go to `rejects`, else to a file in the working directory that is named after
    this one. `consent` is what ingest_api.importing.consent says, `of` is events, runs or downloads
    (organisations are kept for who is a member now). Raises BadImport, and UnknownProject.
    """
    sender, kind = _sender(url, project_name, of)
    granted = consents.stated(consent, sender.consent)
    listed = RejectsFile(file, rejects)
    with opened(file) as rows, listed:
        chosen = parse_mapping(mapping, rows.columns, sender.consent, kind)
        reader = Reader(rows, sender, chosen, listed)
        result = Imported(project_name)
        asyncio.run(_load(url, reader, granted, result, progress))
        result.rejects = listed.made
    return result


def preview(
    url: URL, file: Path, project_name: str, mapping: str, of: str = "events", count: int = 5
) -> list[dict[str, Any]]:
    """The first rows as they would be imported, each with its line, and why it is rejected."""
    sender, kind = _sender(url, project_name, of)
    with opened(file) as rows:
        chosen = parse_mapping(mapping, rows.columns, sender.consent, kind)
        return [_shown(line, row, chosen, sender) for line, row in islice(rows.numbered, count)]


def _shown(line: int, row: Row | Reject, mapping: Mapping, sender: Sender) -> dict[str, Any]:
    shown: dict[str, Any] = {"line": line}
    verdict: Verdict = row if isinstance(row, Reject) else mapping.event(mapping.item(row))
    if isinstance(verdict, Event):
        shown |= mapping.shown(verdict)
        verdict = steps.run(verdict, circumstances(sender))
    return shown | ({"rejected": mapping.told(verdict)} if isinstance(verdict, Reject) else {})


def _sender(url: URL, project_name: str, of: str) -> tuple[Sender, Kind]:
    """The project, and what the rows are in it."""
    engine = make_engine(url)
    try:
        with engine.connect() as conn:
            project = find_project(conn, project_name)
            secret = project_secret(conn, project.id)
        kind = kind_of(engine, project.id, of)
    finally:
        engine.dispose()
    return Sender(project.id, project.consent, secret, project.retention_months), kind


async def _load(
    url: URL, reader: Reader, granted: int | None, result: Imported, progress: Progress
) -> None:
    async with _storage(url) as writer:
        batch = await asyncio.to_thread(reader.next_batch)
        while batch.rows:
            following = asyncio.create_task(asyncio.to_thread(reader.next_batch))
            with _told_of(batch):
                stored = await writer.submit(_submission(reader.sender, batch, granted))
            _count(result, batch, stored)
            progress(*batch.position)
            batch = await following


@contextlib.asynccontextmanager
async def _storage(url: URL) -> AsyncIterator[Writer]:
    """A writer at work."""
    engine = make_engine(url)
    writer = Writer(conninfo(url), month_maker(engine))
    writing = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writing
        engine.dispose()


def _submission(sender: Sender, batch: Batch, granted: int | None) -> Submission:
    outcomes = batch.dropped + batch.rejected
    now = datetime.now(UTC)
    return Submission(sender, batch.events, now, outcomes, granted, grants_source="import")


@contextlib.contextmanager
def _told_of(batch: Batch) -> Iterator[None]:
    """What the database did not take, as BadImport with its place in the file."""
    try:
        yield
        return
    except StorageDown:
        problem = "The database did not confirm"
    except Unstorable:
        problem = "The database refused a value of"
    raise BadImport(
        f"{problem} the {batch.rows:,} rows up to line {batch.last_line:,}. Those before are"
        " stored, and are recognised when the import is repeated."
    )


def _count(result: Imported, batch: Batch, stored: Stored) -> None:
    result.rows += batch.rows
    result.accepted += stored.accepted
    result.duplicates += stored.duplicates
    result.people_granted += stored.people_granted
    add(result.dropped, batch.dropped + stored.dropped)
    add(result.rejected, batch.rejected)

"""Files row by row: of events and runs by the steps and writer of the API, of records as told."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL

from ingest_api.importing.loading import Progress, import_events, preview
from ingest_api.importing.outcome import Imported
from ingest_api.importing.records import RECORDS, import_records, preview_records

__all__ = ["Imported", "import_events", "import_file", "preview", "preview_file"]


def import_file(
    url: URL,
    file: Path,
    project_name: str,
    mapping: str,
    rejects: Path | None,
    progress: Progress,
    consent: str,
    of: str,
) -> Imported:
    """Store what the rows of a file are, by their kind; raises BadImport, and UnknownProject."""
    if of in RECORDS:
        return import_records(url, file, project_name, mapping, rejects, progress, of)
    return import_events(url, file, project_name, mapping, rejects, progress, consent, of)


def preview_file(
    url: URL, file: Path, project_name: str, mapping: str, of: str
) -> list[dict[str, Any]]:
    """The first rows as they would be imported, each with its line, and why it is rejected."""
    if of in RECORDS:
        return preview_records(url, file, project_name, mapping, of)
    return preview(url, file, project_name, mapping, of)

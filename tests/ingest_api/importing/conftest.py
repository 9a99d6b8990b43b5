"""Importing into a project of the test's own, on the database that the API's tests share."""

import csv
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, select

from db.tables import consents
from ingest_api.importing import Imported, import_events, preview

MAPPING = "name=event,actor=user,occurred_at=time"


@dataclass(frozen=True)
class Importer:
    """A project, and the files that are imported into it."""

    door: Any
    url: URL
    folder: Path

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    def take(self, path: Path, mapping: str = MAPPING, consent: str = "all") -> Imported:
        rejects = self.folder / "rejects.csv"
        steps: list[tuple[int, int]] = []
        name = self.door.project.name
        result = import_events(
            self.url, path, name, mapping, rejects, lambda *step: steps.append(step), consent
        )
        assert not steps or steps[-1][0] == steps[-1][1]
        return result

    def csv(self, *lines: str, mapping: str = MAPPING, consent: str = "all") -> Imported:
        """Import a file of user,event,time and whatever the first line names besides."""
        return self.take(self.file("file.csv", "\n".join(lines) + "\n"), mapping, consent)

    def preview(self, path: Path, mapping: str = MAPPING) -> list[dict[str, Any]]:
        return preview(self.url, path, self.door.project.name, mapping)

    def rejects(self) -> list[tuple[str, ...]]:
        with (self.folder / "rejects.csv").open(newline="") as file:
            return [tuple(row) for row in csv.reader(file)]

    def grants(self) -> set[tuple[str, bool, str]]:
        """Purpose, whether granted, and source of what is on record."""
        chosen = select(consents.c.purpose, consents.c.granted, consents.c.source)
        with self.door.engine.connect() as conn:
            rows = conn.execute(chosen.where(consents.c.project_id == self.door.project.id))
            return {tuple(row) for row in rows}


@pytest.fixture
def open_importer(
    open_door: Callable[..., Any], ingest_url: URL, tmp_path: Path
) -> Callable[..., Importer]:
    def make(consent: str = "opt-out", **settings: Any) -> Importer:
        return Importer(open_door(consent, **settings), ingest_url, tmp_path)

    return make


@pytest.fixture
def importer(open_importer: Callable[..., Importer]) -> Importer:
    return open_importer()

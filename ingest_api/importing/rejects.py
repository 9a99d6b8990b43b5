"""The file that lists the lines that could not be imported."""

import csv
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from db.errors import BadImport
from ingest_api.event import Reject


class RejectsFile:
    """A CSV file of rejected lines (line, reason, message), made when there is a first one.

    It holds nothing of the lines themselves, so that it is no second copy of personal data.
    """

    def __init__(self, file: Path, path: Path | None) -> None:
        """`path` is by default in the working directory, named after the file that is read."""
        self._path = path or Path(f"{file.name}.rejects.csv")
        if self._path.exists() and file.exists() and self._path.samefile(file):
            raise BadImport(f"'{path}' is the file that is read; name another with --rejects.")
        self._file: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> "RejectsFile":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()

    @property
    def made(self) -> str | None:
        """Where it is, if there were any."""
        return str(self._path) if self._file else None

    def add(self, line: int, reject: Reject, message: str) -> None:
        """Write a line down; raises BadImport."""
        if self._file is None:
            self._open()
        self._writer.writerow((line, reject.reason, message))

    def _open(self) -> None:
        try:
            self._file = self._path.open("w", newline="", encoding="utf-8")
        except OSError as error:
            raise BadImport(
                f"Rejected lines can't be written to '{self._path}': {error.strerror};"
                " name another file with --rejects."
            ) from None
        self._writer = csv.writer(self._file)
        self._writer.writerow(("line", "reason", "message"))

"""Any file as rows: CSV, JSONL or Parquet, plain or gzipped, known by its bytes and its name."""

import gzip
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO

from db.errors import BadImport
from ingest_api.importing.parquet import parquet
from ingest_api.importing.rows import Rows
from ingest_api.importing.text import delimited, objects

GZIP = b"\x1f\x8b"
PARQUET = b"PAR1"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
BOM = b"\xef\xbb\xbf"
JSONL_NAMES = {".jsonl", ".ndjson", ".json"}
CSV_NAMES = {".csv", ".tsv", ".txt"}


@contextmanager
def opened(path: Path) -> Iterator[Rows]:
    """The rows of a file; raises BadImport, also for what goes wrong while they are read."""
    with ExitStack() as files:
        try:
            yield _rows(path, files)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise BadImport(
                f"'{path.name}' is damaged or breaks off; repeat the import with a whole one:"
                " what is stored is recognised."
            ) from None


def _rows(path: Path, files: ExitStack) -> Rows:
    try:
        raw = files.enter_context(path.open("rb"))
        size = path.stat().st_size
    except OSError as error:
        raise BadImport(f"'{path}' can't be read: {error.strerror}.") from None
    plain = _inflated(raw, files) if _head(raw).startswith(GZIP) else raw
    head = _head(plain)
    if head.startswith(PARQUET):
        return parquet(raw if plain is raw else _seekable(plain, files))
    _check_text(path, head)
    columns, numbered = (objects if _is_jsonl(path, head) else delimited)(plain)

    def position(_: int) -> tuple[int, int]:
        return raw.tell(), size

    return Rows(columns, numbered, position)


def _inflated(raw: BufferedReader, files: ExitStack) -> BufferedReader:
    stream = files.enter_context(gzip.GzipFile(fileobj=raw))
    return files.enter_context(BufferedReader(stream, 1 << 18))


def _head(file: BufferedReader) -> bytes:
    """The first bytes, which are read again later."""
    return file.peek(4096)[:4096]


def _seekable(file: BufferedReader, files: ExitStack) -> IO[bytes]:
    """The content in a temporary file: Parquet is read from its end."""
    copy = files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 the stack closes it
    shutil.copyfileobj(file, copy)
    copy.seek(0)
    return copy


def _check_text(path: Path, head: bytes) -> None:
    if not head.strip():
        raise BadImport(f"'{path.name}' is empty.")
    if head.startswith(UTF_16):
        raise BadImport(f"'{path.name}' is UTF-16; save it as UTF-8.")
    if _suffix(path) not in CSV_NAMES and head.removeprefix(BOM).lstrip().startswith(b"["):
        raise BadImport(f"'{path.name}' is one JSON array; JSONL has one object a line.")


def _is_jsonl(path: Path, head: bytes) -> bool:
    suffix = _suffix(path)
    if suffix in JSONL_NAMES or suffix in CSV_NAMES:
        return suffix in JSONL_NAMES
    return head.removeprefix(BOM).lstrip().startswith(b"{")


def _suffix(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix

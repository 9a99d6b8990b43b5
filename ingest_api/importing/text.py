"""Rows of CSV and JSONL files, one line in memory at a time."""

import csv
from collections.abc import Iterator
from io import BufferedReader
from itertools import chain, islice

import orjson

from db.errors import BadImport
from ingest_api.importing.rows import Numbered, unreadable

MAX_LINE = 1 << 20  # bytes
DELIMITERS = ",;\t|"
SAMPLE = 10_000  # lines of JSONL that tell which members there are


class LineError(Exception):
    """A line that can't be read; the next one can."""


class Lines:
    """The lines of a UTF-8 file as text; `number` is that of the last one read."""

    def __init__(self, file: BufferedReader) -> None:
        self._file = file
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line; raises LineError, and goes on behind it when asked again."""
        line = self._file.readline(MAX_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            self._skip_rest()
            raise LineError(f"the line is longer than {MAX_LINE:,} bytes")
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise LineError("the line is not UTF-8") from None
        return text.removeprefix("\ufeff") if self.number == 1 else text

    def _skip_rest(self) -> None:
        while (part := self._file.readline(MAX_LINE)) and not part.endswith(b"\n"):
            pass


def delimited(file: BufferedReader) -> tuple[tuple[str, ...], Iterator[Numbered]]:
    """Columns and rows of a CSV file; its header tells the delimiter. Raises BadImport."""
    lines = Lines(file)
    try:
        header = next(lines, "").rstrip("\r\n")
    except LineError as error:
        raise BadImport(f"The file has no header that can be read: {error}.") from None
    delimiter = max(DELIMITERS, key=header.count)
    columns = tuple(name.strip() for name in next(csv.reader([header], delimiter=delimiter), ()))
    return columns, _records(lines, columns, delimiter)


def _records(lines: Lines, columns: tuple[str, ...], delimiter: str) -> Iterator[Numbered]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        number = lines.number + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (csv.Error, LineError) as error:
            yield number, unreadable(f"{error}{_reach(number, lines)}")
            continue
        if len(fields) == len(columns):
            yield number, dict(zip(columns, fields, strict=True))
        elif fields:
            told = f"{len(fields)} fields where the header has {len(columns)}"
            yield number, unreadable(f"{told}{_reach(number, lines)}")


def _reach(number: int, lines: Lines) -> str:
    """How far a quote that isn't closed where it should be has swallowed the lines after it."""
    return f" (a quoted field reaches to line {lines.number})" if lines.number > number else ""


def objects(file: BufferedReader) -> tuple[tuple[str, ...], Iterator[Numbered]]:
    """Members and rows of a JSONL file; the members are those of its first lines."""
    numbered = _parsed(Lines(file))
    sample = list(islice(numbered, SAMPLE))
    columns = dict.fromkeys(name for _, row in sample if isinstance(row, dict) for name in row)
    return tuple(columns), chain(sample, numbered)


def _parsed(lines: Lines) -> Iterator[Numbered]:
    while True:
        try:
            line = next(lines)
            row = orjson.loads(line) if line.strip() else None
        except StopIteration:
            return
        except (LineError, orjson.JSONDecodeError) as error:
            told = str(error) if isinstance(error, LineError) else "the line is not valid JSON"
            yield lines.number, unreadable(told)
            continue
        if isinstance(row, dict):
            yield lines.number, row
        elif line.strip():
            yield lines.number, unreadable("the line is not a JSON object")

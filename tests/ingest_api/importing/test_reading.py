"""Rows of files of every kind, and of files that are broken in every way."""

import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from db.errors import BadImport
from ingest_api.event import Reject
from ingest_api.importing.reading import opened
from ingest_api.importing.text import MAX_LINE

CSV = b"user,event\nu1,open\nu2,close\n"
JSONL = b'{"user": "u1", "event": "open"}\n{"user": "u2", "event": "close"}\n'
BOTH = [{"user": "u1", "event": "open"}, {"user": "u2", "event": "close"}]


def parquet_bytes(columns: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


@pytest.fixture
def read(tmp_path: Path):
    """Rows of a file of this content: line and values, or line and what is wrong."""

    def reading(content: bytes, name: str = "file.csv") -> list[tuple[int, object]]:
        path = tmp_path / name
        path.write_bytes(content)
        with opened(path) as rows:
            return [
                (line, row.message if isinstance(row, Reject) else row)
                for line, row in rows.numbered
            ]

    return reading


PARQUET = parquet_bytes({"user": ["u1", "u2"], "event": ["open", "close"]})


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    ("content", "name", "first_line"),
    [
        (CSV, "events.csv", 2),
        (CSV, "no_ending", 2),
        (CSV.replace(b",", b";"), "semicolons.csv", 2),
        (CSV.replace(b",", b"\t"), "tabs.tsv", 2),
        (CSV.replace(b"\n", b"\r\n"), "windows.csv", 2),
        (b"\xef\xbb\xbf" + CSV, "marked.csv", 2),
        (JSONL, "events.jsonl", 1),
        (JSONL, "no_ending", 1),
        (PARQUET, "events.parquet", 1),
        (PARQUET, "wrong_ending.csv", 1),
    ],
)
def test_every_kind_of_file_gives_the_same_rows(read, content, name, first_line, zipped):
    if zipped:
        content, name = gzip.compress(content), f"{name}.gz"
    assert read(content, name) == list(enumerate(BOTH, start=first_line))


def test_a_gzip_is_known_without_its_ending(read):
    assert [row for _, row in read(gzip.compress(JSONL), "events.jsonl")] == BOTH


def test_bad_lines_of_a_csv_are_told_with_their_number_and_the_others_are_read(read):
    content = (
        b"user,event\n"
        b"u1,open\n"
        b"u2\n"
        b"\n"
        b"u3,caf\xe9\n"
        b"u4," + b"x" * (MAX_LINE + 10) + b"\n"
        b'u5,"two\nlines"\n'
        b"u6,open,3\n"
        b"u7,open"
    )
    assert read(content) == [
        (2, {"user": "u1", "event": "open"}),
        (3, "1 fields where the header has 2"),
        (5, "the line is not UTF-8"),
        (6, "the line is longer than 1,048,576 bytes"),
        (7, {"user": "u5", "event": "two\nlines"}),
        (9, "3 fields where the header has 2"),
        (10, {"user": "u7", "event": "open"}),
    ]


def test_a_quote_that_is_never_closed_costs_a_limited_stretch_of_the_file(read):
    lines = [b"user,event", b'u1,"open'] + [b"u2,open"] * 30_000
    rows = read(b"\n".join(lines))
    (line, told), *others = rows
    assert line == 2
    assert "a quoted field reaches to line " in told
    assert len(others) > 10_000
    assert {str(row) for _, row in others[:-1]} == {"{'user': 'u2', 'event': 'open'}"}


def test_bad_lines_of_a_jsonl_are_told_with_their_number_and_the_others_are_read(read):
    content = (
        b'{"user": 1}\n\n{"user": \n[1]\nnull\n{"user": NaN}\n\xff\n{"user": "\\ud800"}\n'
        + b'{"a":' * 2_000
        + b"1"
        + b"}" * 2_000
        + b'\n{"user": 2}'
    )
    not_json, no_object = "the line is not valid JSON", "the line is not a JSON object"
    assert read(content, "events.jsonl") == [
        (1, {"user": 1}),
        (3, not_json),
        (4, no_object),
        (5, no_object),
        (6, not_json),
        (7, "the line is not UTF-8"),
        (8, not_json),
        (9, not_json),
        (10, {"user": 2}),
    ]


def test_times_of_parquet_are_read_in_microseconds_and_those_out_of_range_are_told(read):
    nanoseconds = pa.array([1_700_000_000_123_456_789], pa.timestamp("ns", "UTC"))
    ((_, row),) = read(parquet_bytes({"at": nanoseconds}))
    assert row == {"at": datetime(2023, 11, 14, 22, 13, 20, 123_456, UTC)}
    far = pa.array([0, 2**62], pa.timestamp("us", "UTC"))
    assert read(parquet_bytes({"at": far})) == [
        (1, {"at": datetime(1970, 1, 1, tzinfo=UTC)}),
        (2, "a value of the row is out of range or not UTF-8"),
    ]


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "file.csv", "is empty"),
        (b"\n \n", "file.csv", "is empty"),
        (gzip.compress(b"", mtime=0), "file.csv.gz", "is empty"),
        (CSV.decode().encode("utf-16"), "file.csv", "is UTF-16"),
        (b'[{"user": 1}]', "file.json", "one JSON array"),
        (b"\xff,b\n", "file.csv", "no header that can be read"),
        (b"PAR1 and then nothing of the kind", "file.parquet", "no Parquet file"),
        (gzip.compress(CSV * 9_000, mtime=0)[:-30], "file.csv.gz", "is damaged or breaks off"),
        (b"\x1f\x8b and then nothing of the kind", "file.csv.gz", "is damaged or breaks off"),
        (gzip.compress(CSV, mtime=0)[:-8] + b"12345678", "file.csv.gz", "is damaged or breaks off"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(read, content, name, told):
    with pytest.raises(BadImport, match=told):
        read(content, name)


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path):
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(BadImport, match="can't be read"), opened(path):
            pass


def test_progress_counts_the_bytes_of_the_file_as_it_lies_there(tmp_path):
    path = tmp_path / "file.csv.gz"
    path.write_bytes(gzip.compress(CSV))
    with opened(path) as rows:
        assert len(list(rows.numbered)) == 2
        assert rows.position(2) == (path.stat().st_size, path.stat().st_size)

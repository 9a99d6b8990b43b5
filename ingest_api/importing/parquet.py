"""Rows of Parquet files, one batch of columns in memory at a time."""

from collections.abc import Iterator
from io import BufferedReader
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from db.errors import BadImport
from ingest_api.event import Reject
from ingest_api.importing.rows import Row, Rows, unreadable

ROWS_A_BATCH = 2_000


def parquet(file: BufferedReader | IO[bytes]) -> Rows:
    """The rows of a Parquet file, numbered from 1; raises BadImport."""
    try:
        source = pq.ParquetFile(file)
    except (pa.ArrowException, OSError):
        raise BadImport("The file is no Parquet file that can be read.") from None
    total: int = source.metadata.num_rows
    names = tuple(source.schema_arrow.names)
    return Rows(names, enumerate(_rows(source), start=1), lambda read: (read, total))


def _rows(source: Any) -> Iterator[Row | Reject]:
    try:
        for batch in source.iter_batches(batch_size=ROWS_A_BATCH):
            yield from _in_python(batch.cast(_in_microseconds(batch.schema), safe=False))
    except (pa.ArrowException, OSError):
        raise BadImport(
            "The Parquet file is damaged; repeat the import with a whole one: what is stored is"
            " recognised."
        ) from None


def _in_microseconds(schema: Any) -> Any:
    """The schema without nanoseconds, which Python's times don't have."""
    return pa.schema(
        field.with_type(pa.timestamp("us", field.type.tz))
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns"
        else field
        for field in schema
    )


def _in_python(batch: Any) -> list[Row | Reject]:
    """The rows; where a value can't be had in Python, each row on its own."""
    try:
        return list(batch.to_pylist())
    except (ValueError, OverflowError):
        return [_one(batch.slice(place, 1)) for place in range(batch.num_rows)]


def _one(batch: Any) -> Row | Reject:
    try:
        row: Row = batch.to_pylist()[0]
    except (ValueError, OverflowError):
        return unreadable("a value of the row is out of range or not UTF-8")
    return row

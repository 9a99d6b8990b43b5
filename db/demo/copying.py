"""COPY Arrow tables into tables of Postgres."""

from collections.abc import Mapping
from io import BytesIO
from typing import cast

import pyarrow as pa
from psycopg import Connection as PsycopgConnection
from psycopg import sql
from pyarrow import csv
from sqlalchemy import Connection, Table

SLICE = 25_000  # rows that are encoded at once, while Postgres works on those before


def copy_rows(conn: Connection, table: Table, constant: Mapping[str, int], rows: pa.Table) -> None:
    """COPY rows that have the names of the table's columns; the constants are the same in all.

    Where a column takes no null, a missing text becomes an empty one.
    """
    columns = [*constant, *rows.column_names]
    texts = [c for c in columns if str(table.c[c].type) == "TEXT" and not table.c[c].nullable]
    forced = sql.SQL(", FORCE_NOT_NULL ({})").format(_names(texts)) if texts else sql.SQL("")
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv{})").format(
        sql.Identifier(table.name), _names(columns), forced
    )
    driver = cast(PsycopgConnection, conn.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(rows), SLICE):
            copy.write(_as_csv(rows.slice(start, SLICE), constant))


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in columns)


def _as_csv(rows: pa.Table, constant: Mapping[str, int]) -> memoryview:
    columns = {name: pa.repeat(value, len(rows)) for name, value in constant.items()}
    for name in rows.column_names:
        column = rows[name]
        columns[name] = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    out = BytesIO()
    csv.write_csv(pa.table(columns), out, csv.WriteOptions(include_header=False))
    return out.getbuffer()

"""Many rows to write as one array a column: thousands of parameters take six times as long."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Column, Select, Table, Text, column, func, literal, select
from sqlalchemy.dialects.postgresql import Insert, insert


def inserting(table: Table, told: Select[Any]) -> Insert:
    """The statement that adds rows to a table, which may say what to do with those it has."""
    return insert(table).from_select(told.selected_columns.keys(), told)


def rows_of(
    table: Table, project_id: int, rows: Sequence[Any], now: datetime | None = None
) -> Select[Any]:
    """The rows, at least one, as a select of arrays, one a column that the table has too."""
    names = [column.name for column in table.c if hasattr(rows[0], column.name)]
    columns = [table.c[name] for name in names]
    arrays = [
        literal([_stored(getattr(row, each.name), each) for row in rows], ARRAY(each.type))
        for each in columns
    ]
    each = func.unnest(*arrays).table_valued(*(column(c.name, c.type) for c in columns))
    fixed = {"project_id": project_id} | ({"received_at": now} if now else {})
    placed = [literal(value, table.c[name].type).label(name) for name, value in fixed.items()]
    return select(*placed, *each.render_derived(name="told").c)


def _stored(value: Any, column: Column[Any]) -> Any:
    """Texts that were not told are empty."""
    return "" if value is None and isinstance(column.type, Text) else value

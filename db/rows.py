"""Many rows to write as one document of JSON; an array a column takes three times as long."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import JSON, Column, Select, Table, Text, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import Insert, insert


def inserting(table: Table, told: Select[Any]) -> Insert:
    """The statement that adds rows to a table, which may say what to do with those it has."""
    return insert(table).from_select(told.selected_columns.keys(), told)


def rows_of(
    table: Table, project_id: int, rows: Sequence[Any], now: datetime | None = None
) -> Select[Any]:
    """The rows, at least one, as a select in their order, with the columns that the table has too.

    There are at least two of these. Texts that were not told are empty.
    """
    columns = [each for each in table.c if hasattr(rows[0], each.name)]
    names = [str(each.name) for each in columns]  # orjson takes no class of its own for a name
    values = attrgetter(*names)
    document = orjson.dumps([dict(zip(names, values(row), strict=True)) for row in rows]).decode()
    typed = (column(each.name, each.type) for each in columns)
    told = func.json_to_recordset(cast(literal(document, Text), JSON)).table_valued(*typed)
    fixed = {"project_id": project_id} | ({"received_at": now} if now else {})
    placed = [literal(value, table.c[name].type).label(name) for name, value in fixed.items()]
    given = told.render_derived(name="told", with_types=True).c
    return select(*placed, *(_stored(given[each.name], each) for each in columns))


def _stored(value: Any, column: Column[Any]) -> Any:
    if isinstance(column.type, Text) and not column.nullable:
        return func.coalesce(value, "").label(column.name)
    return value

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import DateTime, String, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.showing import shown
from db.tables import events

HOSTILE = ["it's", "100%", "a\\b", "; DROP TABLE events; --", ":name", "%(x)s", "ü\n", '"', "$1"]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_reads_back_as_it_was_written(conn, value):
    text = shown(select(literal(value)))
    assert conn.connection.cursor().execute(text).fetchone() == (value,)


def test_times_days_lists_and_arrays_are_written_out(conn):
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    query = select(
        literal(at, DateTime(timezone=True)) == at,
        literal(date(2026, 3, 29)) == func.date("2026-03-29"),
        literal("b").in_(["a", "b"]),
        func.width_bucket(at, literal([at, at], ARRAY(DateTime(timezone=True)))),
        cast(literal("x"), String),
    )
    (row,) = conn.connection.cursor().execute(shown(query)).fetchall()
    assert row == (True, True, True, 2, "x")


def test_a_statement_holds_its_values_and_ends(conn):
    text = shown(select(events.c.name).where(events.c.project_id == 7))
    assert "project_id = 7" in text
    assert text.endswith(";\n")

"""Events are looked up in the dictionaries by hash, whatever Postgres expects to find."""

from sqlalchemy import func, insert, literal, select, text

from db.tables import DIMENSIONS, cells, events
from jobs.rolling import _keyed, joined_by_hash


def plan(conn):
    """How Postgres would look a batch up, of which its statistics know nothing."""
    query = _keyed(events.c.batch_id == 10**9).compile(conn)
    return "\n".join(conn.exec_driver_sql(f"EXPLAIN {query}", query.params).scalars())


def test_a_dictionary_is_never_compared_row_by_row_with_each_event(conn, project, add_events):
    add_events(project, *(f"u{n} open 2026-03-02T10:00Z plan=p{n}" for n in range(50)))
    number = func.generate_series(1, 5_000).column_valued("n")
    many = select(literal(project.id), func.concat("v", number), *[literal("")] * 4)
    conn.execute(insert(cells).from_select(["project_id", *DIMENSIONS], many))
    conn.execute(text("ANALYZE cells"))
    conn.execute(text("ANALYZE events"))
    assert "Hash" not in plan(conn)
    with joined_by_hash(conn):
        chosen = plan(conn)
    assert "Merge" not in chosen
    assert "Nested Loop" not in chosen
    assert "Hash" not in plan(conn)

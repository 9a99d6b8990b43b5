"""Events are looked up in the dictionaries by hash; who adds to these does so alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, insert, literal, select, text

from db.locks import LEARNING_LOCK, wait_at_most
from db.tables import DIMENSIONS, cells, events
from jobs.rolling import _keyed, joined_by_hash
from tests.written import add_events


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


WAITING = """
    SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
    WHERE datname = current_database() AND objid = :lock AND NOT granted
"""


@pytest.fixture
def roll_one(own_engine, shop):
    """Store an event and roll it up, in a transaction that waits for no lock for long."""

    def roll(told):
        with own_engine.begin() as conn:
            wait_at_most(conn, "30s")
            add_events(conn, shop, f"u1 open 2026-03-02T10:00Z {told}")

    return roll


@pytest.fixture
def learning(own_engine):
    """Another worker, which has begun to learn."""
    with own_engine.connect() as conn:
        conn.execute(select(func.pg_advisory_xact_lock(LEARNING_LOCK)))
        yield conn


def test_who_learns_cells_gives_ids_after_those_of_who_has_begun(learning, shop, roll_one):
    with ThreadPoolExecutor(1) as other:
        rolled = other.submit(roll_one, "plan=second")
        while not learning.execute(text(WAITING), {"lock": LEARNING_LOCK}).scalar_one():
            assert not rolled.done()
        row = dict.fromkeys(DIMENSIONS, "") | {"project_id": shop.id, "plan": "first"}
        learning.execute(insert(cells).values(row))
        learning.commit()
        rolled.result()
    in_order = learning.execute(select(cells.c.plan).order_by(cells.c.id)).scalars().all()
    assert in_order == ["first", "second"]


def test_who_learns_no_cells_waits_for_nobody(learning, roll_one):
    learning.commit()
    roll_one("plan=pro")
    learning.execute(select(func.pg_advisory_xact_lock(LEARNING_LOCK)))
    roll_one("plan=pro")
    roll_one("plan=pro subject=new")

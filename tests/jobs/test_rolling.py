"""Events are looked up in the dictionaries by hash; who adds to these does so alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, insert, literal, select, text

from db.access import create_project
from db.locks import LEARNING_LOCK
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


@pytest.fixture
def roll_one(own_engine):
    """Store an event of a plan and roll it up, in a transaction."""
    with own_engine.begin() as conn:
        shop = create_project(conn, "shop")

    def roll(plan):
        with own_engine.begin() as conn:
            add_events(conn, shop, f"u1 open 2026-03-02T10:00Z plan={plan}")

    return roll


def test_one_worker_at_a_time_learns_so_that_ids_are_seen_in_their_order(own_engine, roll_one):
    with own_engine.begin() as learning, ThreadPoolExecutor(1) as other:
        learning.execute(select(func.pg_advisory_xact_lock(LEARNING_LOCK)))
        rolled = other.submit(roll_one, "pro")
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        while not learning.execute(waiting).scalar_one():
            assert not rolled.done()
        learning.commit()
        rolled.result()


def test_who_learns_nothing_waits_for_nobody(own_engine, roll_one):
    roll_one("pro")
    with own_engine.begin() as learning:
        learning.execute(select(func.pg_advisory_xact_lock(LEARNING_LOCK)))
        roll_one("pro")

"""What is noted of an act: who, where, what, in the act's own transaction."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from db.access import create_project, ensure_person, list_projects
from db.audit import act_as, acting, as_one_act, note
from db.audit_chain import verify
from db.tables import audit_head, audit_log, projects
from tests.noted import acts, write_notes


@pytest.fixture(autouse=True)
def nobody():
    """What a test says of who acts ends with it."""
    with acting("command"):
        yield


def last(conn):
    write_notes(conn)
    return conn.execute(select(audit_log).order_by(audit_log.c.id.desc()).limit(1)).one()


def how_many(conn):
    write_notes(conn)
    return conn.execute(select(audit_head.c.last_id)).scalar_one()


def test_an_act_is_kept_with_who_did_it_where_and_to_what(conn, project):
    person = ensure_person(conn, "ann@example.com", "admin")
    before = datetime.now(UTC)
    with acting("dashboard", person):
        note(conn, "key.create", "lli_abcde", project.id, scope="ingest")
    row = last(conn)
    assert (row.person_id, row.place) == (person, "dashboard")
    assert (row.act, row.about, row.project_id) == ("key.create", "lli_abcde", project.id)
    assert row.details == {"scope": "ingest"}
    assert abs((row.at - before).total_seconds()) < 60


def test_without_anybody_it_is_a_commands_and_afterwards_it_is_again_whose_it_was(conn):
    note(conn, "a.b")
    assert (last(conn).place, last(conn).person_id) == ("command", None)
    with acting("worker"):
        act_as("api", 7)
        note(conn, "a.b")
        assert (last(conn).place, last(conn).person_id) == ("api", 7)
    note(conn, "a.b")
    assert last(conn).place == "command"


def test_what_json_writes_in_several_ways_is_kept_as_text_and_so_fits_its_hash(conn):
    uid = UUID(int=5)
    note(conn, "a.b", "", None, share=0.1, huge=1e22, n=10**18, nan=float("nan"), id=uid, yes=True)
    assert last(conn).details == {
        "share": "0.1",
        "huge": "1e+22",
        "n": 10**18,
        "nan": "NaN",
        "id": str(uid),
        "yes": True,
    }
    assert verify(conn).faults == ()


def test_texts_are_short_and_hold_nothing_unseen(conn):
    note(conn, "a.b", "x\x00y\ud800\u202ez" + "w" * 1_000, names=["a\x00b"] * 90)
    assert last(conn).about == "xyz" + "w" * 197
    assert last(conn).details["names"] == ["ab"] * 50
    assert verify(conn).faults == ()


def test_many_things_at_once_are_one_act(conn):
    before = how_many(conn)
    with as_one_act(conn, "demo.create", "demo", packages=2):
        note(conn, "package.create", "one")
        note(conn, "package.create", "two")
    assert how_many(conn) == before + 1
    assert (last(conn).act, last(conn).details) == ("demo.create", {"packages": 2})


def test_an_act_that_is_taken_back_was_none(conn):
    note(conn, "a.b")
    before = how_many(conn)
    savepoint = conn.begin_nested()
    note(conn, "c.d")
    savepoint.rollback()
    note(conn, "e.f")
    assert how_many(conn) == before + 1
    assert verify(conn).faults == ()


def test_acts_of_savepoints_that_are_kept_stay_in_their_order(conn):
    before = how_many(conn)
    note(conn, "a.a")
    with conn.begin_nested():
        note(conn, "b.b")
        with suppress(ZeroDivisionError), conn.begin_nested():
            note(conn, "c.c")
            raise ZeroDivisionError
        note(conn, "d.d")
    with suppress(ZeroDivisionError), conn.begin_nested():
        with conn.begin_nested():
            note(conn, "e.e")
        raise ZeroDivisionError
    assert how_many(conn) == before + 3
    assert [row.act for row in acts(conn)[-3:]] == ["a.a", "b.b", "d.d"]
    assert verify(conn).faults == ()


def test_a_savepoint_of_before_the_first_act_takes_all_back(conn):
    before = how_many(conn)
    fresh = conn.engine.connect()
    with fresh, fresh.begin():
        savepoint = fresh.begin_nested()
        note(fresh, "a.b")
        savepoint.rollback()
        assert how_many(fresh) == before


def test_an_act_is_written_as_it_is_committed_and_else_never(own_engine):
    with own_engine.connect() as conn:
        note(conn, "a.b")
        assert conn.execute(select(audit_log)).all() == []
        conn.commit()
        note(conn, "c.d")
        conn.rollback()
        conn.commit()
        note(conn, "e.f")
    with own_engine.connect() as conn:
        assert [row.act for row in acts(conn)] == ["a.b"]
        assert verify(conn).faults == ()


def test_what_can_not_be_noted_is_not_done(own_engine):
    def act():
        with own_engine.begin() as conn:
            create_project(conn, "shop")
            note(conn, "a.b", "", 2**40)  # no number that a project can have

    with pytest.raises(DBAPIError):
        act()
    with own_engine.connect() as conn:
        assert (list_projects(conn), acts(conn)) == ([], [])


def test_acts_on_rows_that_are_locked_in_opposite_order_wait_and_both_are_done(own_engine):
    """One has noted its act and waits for a row of the other, who has yet to note theirs."""
    with own_engine.begin() as conn:
        rows = [create_project(conn, name).id for name in ("first", "second")]
    locks = [select(projects).where(projects.c.id == row).with_for_update() for row in rows]
    with own_engine.connect() as one, own_engine.connect() as other, ThreadPoolExecutor(1) as pool:
        for conn, lock in zip((one, other), locks, strict=True):
            conn.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
            conn.execute(lock)
        note(one, "one.first")
        waits = pool.submit(one.execute, locks[1])
        note(other, "other.second")
        other.commit()
        waits.result(5)
        one.commit()
    with own_engine.connect() as conn:
        assert [row.act for row in acts(conn)[-2:]] == ["other.second", "one.first"]
        assert verify(conn).faults == ()


def test_acts_that_come_together_are_numbered_without_gaps(own_engine):
    def act(number):
        with suppress(ZeroDivisionError), own_engine.begin() as conn:
            note(conn, "a.b", str(number))
            1 // (number % 3)  # every third is rolled back

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(24)))
    with own_engine.connect() as conn:
        verdict = verify(conn)
        ids = conn.execute(select(audit_log.c.id).order_by(audit_log.c.id)).scalars().all()
    assert (verdict.rows, verdict.faults) == (16, ())
    assert ids == list(range(1, 17))


@pytest.mark.parametrize(
    "statement",
    [
        update(audit_log).values(act="other"),
        delete(audit_log),
        text("TRUNCATE audit_log"),
        delete(audit_head),
        text("TRUNCATE audit_head"),
    ],
    ids=["edit", "remove", "empty", "remove the head", "empty the head"],
)
def test_the_database_refuses_to_change_what_is_noted(conn, statement):
    note(conn, "a.b")
    write_notes(conn)
    with pytest.raises(DBAPIError, match="never changed"), conn.begin_nested():
        conn.execute(statement)
    assert last(conn).act == "a.b"

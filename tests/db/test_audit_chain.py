"""The chain shows what was done to the log by somebody who may do anything to its table."""

import pytest
from sqlalchemy import delete, insert, select, text, update

from db.audit import note
from db.audit_chain import Fault, hash_of, mark_of, read_mark, verify
from db.errors import BadMark
from db.tables import audit_head, audit_log
from tests.noted import write_notes


@pytest.fixture
def log(conn):
    """Five acts on top of what was there, in a log that nobody protects; the number before."""
    conn.execute(text("ALTER TABLE audit_log DISABLE TRIGGER USER"))
    conn.execute(text("ALTER TABLE audit_head DISABLE TRIGGER USER"))
    before = conn.execute(select(audit_head.c.last_id)).scalar_one()
    for number in range(1, 6):
        note(conn, "key.create", f"key {number}", scope="ingest", number=number)
    write_notes(conn)
    return before


def change(conn, number, **values):
    conn.execute(update(audit_log).where(audit_log.c.id == number).values(values))


def where(verdict):
    return [fault.id for fault in verdict.faults]


def test_a_log_that_nobody_touched_has_no_fault(conn, log):
    verdict = verify(conn)
    assert (verdict.rows, verdict.faults) == (log + 5, ())
    assert read_mark(verdict.mark)[0] == log + 5


@pytest.mark.parametrize(
    "values",
    [
        {"act": "key.revoke"},
        {"about": "key 9"},
        {"person_id": 1},
        {"place": "worker"},
        {"project_id": 1},
        {"details": {"scope": "ingest", "number": 4}},
        {"at": text("at + interval '1 microsecond'")},
        {"hash": b"\x01" * 32},
    ],
    ids=["act", "about", "person", "place", "project", "details", "time", "hash"],
)
def test_an_edited_row_is_found(conn, log, values):
    change(conn, log + 3, **values)
    assert where(verify(conn))[0] == log + 3


def test_a_removed_row_is_found(conn, log):
    conn.execute(delete(audit_log).where(audit_log.c.id == log + 3))
    assert where(verify(conn)) == [log + 3]


def test_reordered_rows_are_found(conn, log):
    change(conn, log + 3, id=log + 99)
    change(conn, log + 4, id=log + 3)
    change(conn, log + 99, id=log + 4)
    assert where(verify(conn))[:2] == [log + 3, log + 4]


def test_an_end_that_was_cut_off_is_found(conn, log):
    conn.execute(delete(audit_log).where(audit_log.c.id > log + 3))
    assert where(verify(conn)) == [log + 3]


def test_a_head_that_is_gone_is_found(conn, log):
    conn.execute(delete(audit_head))
    assert where(verify(conn)) == [log + 5]


def test_a_row_that_was_put_in_behind_the_head_is_found(conn, log):
    row = conn.execute(select(audit_log).where(audit_log.c.id == log + 5)).one()
    conn.execute(insert(audit_log).values(row._asdict() | {"id": log + 6}))
    assert log + 6 in where(verify(conn))


def test_who_makes_the_whole_chain_anew_is_found_by_a_mark_from_before(conn, log):
    mark = verify(conn).mark
    conn.execute(delete(audit_log).where(audit_log.c.id == log + 5))
    kept = conn.execute(select(audit_log.c.hash).where(audit_log.c.id == log + 4)).scalar_one()
    conn.execute(update(audit_head).values(last_id=log + 4, hash=kept))
    note(conn, "key.create", "something else")
    write_notes(conn)
    assert verify(conn).faults == ()
    assert verify(conn, mark).faults == (
        Fault(log + 5, "the row of the mark is missing, or another"),
    )


def test_a_mark_fits_however_much_was_added_since(conn, log):
    mark = verify(conn).mark
    note(conn, "a.b")
    write_notes(conn)
    assert verify(conn, mark).faults == ()


@pytest.mark.parametrize("mark", ["x", "1", "x:ab", "1:xyz", ":"])
def test_what_is_no_mark_is_told(conn, mark):
    with pytest.raises(BadMark):
        verify(conn, mark)


def test_an_empty_log_is_whole(own_engine):
    with own_engine.connect() as conn:
        assert verify(conn).mark == mark_of(0, b"")
        assert verify(conn, "0:").faults == ()


def test_the_hash_depends_on_the_hash_before(conn, log):
    entry = next(iter_entries(conn))
    assert hash_of(entry, b"a") != hash_of(entry, b"b")


def iter_entries(conn):
    from db.audit_chain import COLUMNS, Entry

    return (Entry(*row) for row in conn.execute(select(*COLUMNS)))

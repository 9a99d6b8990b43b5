"""What is counted in memory is written by hour, added to what is there, and never lost midway."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.engine import make_engine
from db.security import Tally, add_counts, forget_counts
from db.tables import security_hours

NOON = datetime(2026, 3, 2, 12, 34, tzinfo=UTC)


@pytest.fixture
def tally():
    return Tally()


def hours(conn):
    h = security_hours.c
    rows = conn.execute(select(h.project_id, h.hour, h.kind, h.n).order_by(h.hour, h.kind))
    return [(row.project_id, row.hour.hour, row.kind, row.n) for row in rows]


def test_what_is_counted_is_added_up_by_hour(conn, tally):
    for minutes in (0, 5, 30):
        tally.count("unknown_key", 7, now=NOON + timedelta(minutes=minutes))
    add_counts(conn, tally.take())
    tally.count("unknown_key", 7, n=4, now=NOON)
    add_counts(conn, tally.take())
    add_counts(conn, tally.take())
    assert hours(conn) == [(7, 12, "unknown_key", 6), (7, 13, "unknown_key", 1)]


def test_what_the_database_does_not_take_waits(own_engine, tally):
    tally.count("failed_sign_in", now=NOON)
    nowhere = make_engine(own_engine.url.set(database="nowhere"))
    with pytest.raises(Exception, match="nowhere"):
        tally.write(nowhere)
    nowhere.dispose()
    tally.write(own_engine)
    tally.write(own_engine)
    with own_engine.connect() as conn:
        assert hours(conn) == [(0, 12, "failed_sign_in", 1)]


def test_hours_are_kept_for_a_time(conn, tally):
    tally.count("unknown_key", 7, now=NOON)
    tally.count("unknown_key", 7, now=NOON + timedelta(hours=2))
    add_counts(conn, tally.take())
    forget_counts(conn, NOON + timedelta(hours=1))
    assert hours(conn) == [(7, 14, "unknown_key", 1)]

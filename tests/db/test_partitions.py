"""Months of events come and go without disturbing each other."""

import threading
from datetime import date, datetime

import pytest
from sqlalchemy import inspect, text

from db.migrate import months_ahead
from db.partitions import drop_month, ensure_months, existing_months, month_of, next_month
from db.tables import events

APRIL, MAY = date(2011, 4, 1), date(2011, 5, 1)


@pytest.mark.parametrize(
    ("day", "month", "following"),
    [
        (date(2026, 1, 31), date(2026, 1, 1), date(2026, 2, 1)),
        (date(2024, 2, 29), date(2024, 2, 1), date(2024, 3, 1)),
        (date(2026, 12, 1), date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_a_day_has_a_month_and_a_month_after(day, month, following):
    assert (month_of(day), next_month(month)) == (month, following)


def test_this_month_and_the_next_two_are_made_ahead():
    assert months_ahead(datetime(2026, 11, 30)) == [  # noqa: DTZ001 any zone will do
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]


def test_months_are_made_once_and_hold_what_happened_in_them(conn, project, add_events):
    ensure_months(conn, [date(2011, 4, 17), APRIL, MAY])
    ensure_months(conn, [APRIL])
    assert {APRIL, MAY} <= existing_months(conn)
    add_events(project, "u1 open 2011-04-30T23:59:59.999999Z", "u1 open 2011-05-01T00:00Z")
    for name in ("events_2011_04", "events_2011_05"):
        assert conn.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() == 1


def test_a_partition_has_the_indexes_of_its_table(conn):
    ensure_months(conn, [APRIL])

    def indexed(name: str) -> set[tuple[str, ...]]:
        return {tuple(each["column_names"]) for each in inspect(conn).get_indexes(name)}

    assert indexed("events_2011_04") == indexed(events.name)
    assert inspect(conn).get_pk_constraint("events_2011_04")["constrained_columns"] == [
        column.name for column in events.primary_key
    ]


def test_dropping_a_month_leaves_the_others(conn, project, add_events):
    add_events(project, "u1 open 2011-04-30T12:00Z", "u1 open 2011-05-01T12:00Z")
    drop_month(conn, APRIL)
    drop_month(conn, APRIL)
    assert APRIL not in existing_months(conn)
    assert conn.execute(text("SELECT count(*) FROM events")).scalar_one() == 1


def test_processes_that_want_the_same_months_at_once_all_get_them(own_engine):
    months = [date(2012, month, 1) for month in range(1, 7)]
    failed = []

    def want(chosen):
        try:
            with own_engine.begin() as conn:
                ensure_months(conn, chosen)
        except Exception as error:  # noqa: BLE001 told below
            failed.append(error)

    wanting = [threading.Thread(target=want, args=(months[::step],)) for step in (1, -1, 2, -2)]
    for each in wanting:
        each.start()
    for each in wanting:
        each.join()
    assert failed == []
    with own_engine.connect() as conn:
        assert set(months) <= existing_months(conn)

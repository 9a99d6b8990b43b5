"""The sums of revenue are those of the definitions, whatever comes when and is counted how."""

import itertools
import threading
from contextlib import contextmanager
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.access import create_project
from db.revenue import Customer, record_changes, record_customers
from db.tables import customers, mrr_months
from jobs.revenue import count_customers, count_waiting, counting
from tests.conftest import undone
from tests.jobs.revenue.histories import NOW, ZONES, change, histories, places
from tests.jobs.revenue.reference import stored, sums_of
from tests.thorough import cases, thorough

JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


@contextmanager
def fresh(engine, zone):
    """A connection and a project that are gone afterwards."""
    with engine.connect() as conn, undone(conn):
        yield conn, create_project(conn, "revenue", timezone=zone)


def told_of(rows):
    """What is on record of customers after these were recorded, one after the other."""
    known = {}
    for row in rows:
        before = known.get(row.customer_key, row)
        known[row.customer_key] = Customer(
            row.customer_key,
            country=row.country or before.country,
            channel=row.channel or before.channel,
        )
    return known


@thorough
@settings(max_examples=cases(120))
@given(
    zone=st.sampled_from(ZONES),
    history=histories,
    told=st.lists(places, max_size=4),
    cuts=st.lists(st.integers(0, 25), max_size=3),
    together=st.integers(1, 3),
)
def test_the_sums_are_those_of_the_definitions_in_any_batches(
    rolled_engine, zone, history, told, cuts, together
):
    """Changes come late and out of order, repeated, between passes that count a few at a time."""
    with fresh(rolled_engine, zone) as (conn, project):
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(history)], strict=True):
            record_changes(conn, project.id, history[:end], NOW)
            record_customers(conn, project.id, told[start:end])
            count_customers(conn, project.id, together)
        record_customers(conn, project.id, told)
        count_customers(conn, project.id, together)
        known = told_of([*told, *told])
        assert stored(conn, project.id) == sums_of(history, known, zone)


@thorough
@settings(max_examples=cases(30))
@given(history=histories, more=histories)
def test_counting_bit_by_bit_is_counting_at_once(rolled_engine, history, more):
    found = []
    for bits in ((history, more), ([*history, *more],)):
        with fresh(rolled_engine, "UTC") as (conn, project):
            for bit in bits:
                record_changes(conn, project.id, bit, NOW)
                count_customers(conn, project.id)
            found.append(stored(conn, project.id))
    assert found[0] == found[1]


def movements_of(conn, project, *changes):
    record_changes(conn, project.id, changes, NOW)
    count_customers(conn, project.id)
    m = mrr_months.c
    rows = select(m.month, m.kind, m.amount).where(m.project_id == project.id)
    return [tuple(row) for row in conn.execute(rows.order_by(m.month))]


def test_who_starts_and_cancels_on_the_same_day_has_changed_nothing(conn, project):
    starts, ends = change(1, "2026-03-02T10:00"), change(2, "2026-03-02T15:00", "canceled")
    assert movements_of(conn, project, starts, ends) == []


def test_who_starts_and_cancels_around_midnight_of_a_months_end_was_a_customer(conn, berlin):
    starts, ends = change(1, "2026-03-31T21:59"), change(2, "2026-03-31T22:00", "canceled")
    found = movements_of(conn, berlin, starts, ends)
    assert found == [(MARCH, "new", 1_000), (APRIL, "churn", -1_000)]


def test_up_and_down_within_a_month_is_the_difference_of_its_ends(conn, project):
    found = movements_of(
        conn,
        project,
        change(1, "2026-01-05T10:00", amount=1_000),
        change(2, "2026-02-03T10:00", amount=5_000),
        change(3, "2026-02-20T10:00", amount=800),
    )
    assert found == [(JANUARY, "new", 1_000), (FEBRUARY, "contraction", -200)]


def test_who_comes_back_is_reactivated_and_not_new(conn, project):
    found = movements_of(
        conn,
        project,
        change(1, "2026-01-05T10:00"),
        change(2, "2026-02-03T10:00", "canceled"),
        change(3, "2026-03-20T10:00", amount=700),
    )
    assert found == [
        (JANUARY, "new", 1_000),
        (FEBRUARY, "churn", -1_000),
        (MARCH, "reactivation", 700),
    ]


def test_a_trial_and_a_pause_are_not_paid_for_and_a_late_payment_is(conn, project):
    found = movements_of(
        conn,
        project,
        change(1, "2026-01-05T10:00", "trialing"),
        change(2, "2026-02-03T10:00", "active"),
        change(3, "2026-03-03T10:00", "past_due"),
        change(4, "2026-04-03T10:00", "paused"),
    )
    assert found == [(FEBRUARY, "new", 1_000), (APRIL, "churn", -1_000)]


def test_a_yearly_price_counts_a_twelfth_a_month_rounded_once(conn, project):
    yearly = change(1, "2026-01-05T10:00", amount=10_000, interval="year")
    assert movements_of(conn, project, yearly) == [(JANUARY, "new", 833)]


def test_a_change_that_comes_late_moves_the_months_that_it_is_about(conn, project):
    first, last = change(1, "2026-01-05T10:00"), change(3, "2026-03-05T10:00", "canceled")
    assert movements_of(conn, project, first, last)[1] == (MARCH, "churn", -1_000)
    late = change(2, "2026-02-05T10:00", "canceled")
    found = movements_of(conn, project, late)
    assert found == [(JANUARY, "new", 1_000), (FEBRUARY, "churn", -1_000)]


def test_each_currency_is_counted_on_its_own(conn, project):
    found = movements_of(
        conn,
        project,
        change(1, "2026-01-05T10:00"),
        change(2, "2026-02-05T10:00", currency="USD", amount=1_100),
    )
    assert sorted(found) == sorted(
        [(JANUARY, "new", 1_000), (FEBRUARY, "churn", -1_000), (FEBRUARY, "new", 1_100)]
    )


def test_who_is_being_changed_waits_and_is_counted_once_that_is_over(rolled_engine, make_project):
    project = make_project()
    with rolled_engine.begin() as conn:
        record_changes(conn, project.id, [change(1, "2026-01-05T10:00")], NOW)
    with rolled_engine.begin() as writer:
        record_changes(writer, project.id, [change(2, "2026-02-05T10:00", amount=2_000)], NOW)
        with rolled_engine.begin() as worker:
            assert count_customers(worker, project.id) == 0
    count_waiting(rolled_engine)
    with rolled_engine.connect() as conn:
        m = mrr_months.c
        rows = select(m.month, m.amount).where(m.project_id == project.id).order_by(m.month)
        assert [tuple(row) for row in conn.execute(rows)] == [(JANUARY, 1_000), (FEBRUARY, 1_000)]
        waiting = select(customers.c.customer_key).where(~customers.c.is_counted)
        assert not conn.execute(waiting.where(customers.c.project_id == project.id)).all()


def test_what_fails_within_a_pass_is_as_if_it_had_not_begun(rolled_engine, make_project):
    project = make_project()
    with rolled_engine.begin() as conn:
        record_changes(conn, project.id, [change(1, "2026-01-05T10:00")], NOW)
    with rolled_engine.connect() as killed:
        assert count_customers(killed, project.id) == 1
        killed.rollback()
    with rolled_engine.connect() as conn, undone(conn):
        assert stored(conn, project.id) == {}
        assert count_customers(conn, project.id) == 1
        assert stored(conn, project.id)["mrr_months"]


def test_the_worker_leaves_what_it_has_no_time_for_to_the_next_pass(
    rolled_engine, make_project, monkeypatch
):
    project = make_project()
    with rolled_engine.begin() as conn:
        many = [change(n, "2026-01-05T10:00", customer_key=n) for n in range(1, 6)]
        record_changes(conn, project.id, many, NOW)
    monkeypatch.setattr("jobs.revenue.counting.LONGEST_PASS", -1.0)
    assert count_waiting(rolled_engine, together=2) == 0
    monkeypatch.undo()
    assert count_waiting(rolled_engine, together=2) >= 5


def waiting(engine, project):
    with engine.connect() as conn:
        mine = select(customers.c.customer_key).where(customers.c.project_id == project.id)
        return len(conn.execute(mine.where(~customers.c.is_counted)).all())


def of_many(engine, project, customers):
    with engine.begin() as conn:
        many = [change(n, "2026-01-05T10:00", customer_key=n) for n in range(1, customers + 1)]
        record_changes(conn, project.id, many, NOW)


def test_a_project_that_can_not_be_counted_keeps_no_other_waiting(
    rolled_engine, make_project, monkeypatch
):
    broken, sound = make_project(), make_project()
    for project in (broken, sound):
        of_many(rolled_engine, project, 1)
    add = counting.add

    def adding(conn, project_id, zone, keys):
        if project_id == broken.id:
            raise ValueError("no such zone")
        add(conn, project_id, zone, keys)

    monkeypatch.setattr(counting, "add", adding)
    for _ in range(2):
        count_waiting(rolled_engine)
    assert [waiting(rolled_engine, each) for each in (broken, sound)] == [1, 0]
    monkeypatch.undo()
    count_waiting(rolled_engine)
    assert waiting(rolled_engine, broken) == 0


def test_who_imports_much_keeps_no_other_project_waiting(rolled_engine, make_project, monkeypatch):
    busy, quiet = make_project(), make_project()
    of_many(rolled_engine, busy, 60)
    of_many(rolled_engine, quiet, 1)
    clock = itertools.count()
    monkeypatch.setattr(counting.time, "monotonic", lambda: float(next(clock)))
    for _ in range(60):  # a pass has the time for one customer
        if waiting(rolled_engine, quiet):
            count_waiting(rolled_engine, together=1)
    assert waiting(rolled_engine, quiet) == 0
    assert waiting(rolled_engine, busy)


@thorough
def test_two_workers_count_each_customer_once(rolled_engine, make_project):
    project = make_project()
    many = [change(n, "2026-01-05T10:00", customer_key=n) for n in range(1, 13)]
    with rolled_engine.begin() as conn:
        record_changes(conn, project.id, many, NOW)
    workers = [threading.Thread(target=count_waiting, args=(rolled_engine, 2)) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(timeout=60)
    with rolled_engine.connect() as conn, undone(conn):
        count_customers(conn, project.id)
        assert stored(conn, project.id) == sums_of(many, {}, "UTC")

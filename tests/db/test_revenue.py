"""What is recorded of customers and money: once, whatever comes how often and in which order."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from db.revenue import (
    Customer,
    Payment,
    Spend,
    SubscriptionChange,
    monthly,
    record_changes,
    record_customers,
    record_payments,
    record_spend,
)
from db.tables import INTERVALS, customers, payments, spend, subscription_changes

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHANGE = SubscriptionChange(1, 5, UUID(int=1), NOW, "active", "pro", "EUR", 12_000, "year")
PAYMENT = Payment(1, UUID(int=1), NOW, "payment", "succeeded", "EUR", 1_190, invoice_key=8)


def of(conn, table, project, *names):
    rows = select(*(table.c[name] for name in names)).where(table.c.project_id == project.id)
    return [tuple(row) for row in conn.execute(rows.order_by(*(table.c[each] for each in names)))]


def count_all(conn, project):
    mine = customers.c.project_id == project.id
    conn.execute(update(customers).where(mine).values(is_counted=True))


@pytest.mark.parametrize(
    ("amount", "interval", "count", "expected"),
    [
        (1_000, "month", 1, 1_000),
        (10_000, "year", 1, 833),
        (12_006, "year", 1, 1_000),  # 1000.5 to even
        (12_018, "year", 1, 1_002),  # 1001.5 to even
        (3_000, "month", 3, 1_000),
        (1_200, "week", 1, 5_200),
        (1_200, "day", 1, 36_500),
        (7, "year", 2, 0),
    ],
)
def test_a_price_is_one_a_month_rounded_once(amount, interval, count, expected):
    assert monthly(amount, interval, count) == expected


@given(st.integers(0, 10**12), st.sampled_from(INTERVALS), st.integers(1, 99))
def test_a_monthly_price_is_never_further_off_than_half_a_cent(amount, interval, count):
    a_year = {"day": 365, "week": 52, "month": 12, "year": 1}[interval]
    exact = Fraction(amount * a_year, 12 * count)
    assert abs(monthly(amount, interval, count) - exact) <= Fraction(1, 2)


def test_a_change_is_kept_once_and_brings_its_customer_along(conn, project):
    assert record_changes(conn, project.id, [CHANGE, CHANGE], NOW) == 1
    assert record_changes(conn, project.id, [replace(CHANGE, amount=5)], NOW) == 0
    names = ("customer_key", "subscription_key", "amount", "mrr")
    assert of(conn, subscription_changes, project, *names) == [(1, 5, 12_000, 1_000)]
    assert of(conn, customers, project, "customer_key", "is_counted") == [(1, False)]


def test_a_change_has_its_customer_counted_anew_and_a_repetition_does_not(conn, project):
    record_changes(conn, project.id, [CHANGE], NOW)
    count_all(conn, project)
    record_changes(conn, project.id, [CHANGE], NOW)
    assert of(conn, customers, project, "is_counted") == [(True,)]
    record_changes(conn, project.id, [replace(CHANGE, change_id=UUID(int=2))], NOW)
    assert of(conn, customers, project, "is_counted") == [(False,)]


def test_what_a_customer_leaves_out_stays_as_it_was(conn, project):
    told = [
        Customer(1, actor_key=7, country="DE", signed_up_at=NOW),
        Customer(1, channel="ads"),
        Customer(1, country=""),
    ]
    assert record_customers(conn, project.id, told[:1]) == 1
    assert record_customers(conn, project.id, told[1:]) == 1
    assert record_customers(conn, project.id, told) == 0
    names = ("actor_key", "country", "channel", "signed_up_at")
    assert of(conn, customers, project, *names) == [(7, "DE", "ads", NOW)]


def test_who_moves_to_another_country_or_channel_is_counted_anew(conn, project):
    record_customers(conn, project.id, [Customer(1, country="DE")])
    count_all(conn, project)
    record_customers(conn, project.id, [Customer(1, country="DE", actor_key=7)])
    assert of(conn, customers, project, "is_counted") == [(True,)]
    record_customers(conn, project.id, [Customer(1, country="FR")])
    assert of(conn, customers, project, "is_counted") == [(False,)]


def test_payments_are_kept_once(conn, project):
    refund = replace(PAYMENT, payment_id=UUID(int=2), kind="refund", amount=90)
    assert record_payments(conn, project.id, [PAYMENT, refund, PAYMENT], NOW) == 2
    assert record_payments(conn, project.id, [PAYMENT], NOW) == 0
    found = of(conn, payments, project, "kind", "amount", "invoice_key")
    assert found == [("payment", 1_190, 8), ("refund", 90, 8)]


def test_what_was_spent_on_a_day_is_what_was_told_last(conn, project):
    day = date(2026, 3, 1)
    first, more = Spend(day, "ads", "EUR", 100), Spend(day, "fairs", "EUR", 50)
    assert record_spend(conn, project.id, [first, more, replace(first, amount=120)]) == 2
    assert record_spend(conn, project.id, [replace(first, amount=120)]) == 0
    assert record_spend(conn, project.id, [replace(first, amount=90)]) == 1
    assert of(conn, spend, project, "channel", "amount") == [("ads", 90), ("fairs", 50)]


def test_projects_keep_their_money_apart(conn, project, berlin):
    record_changes(conn, project.id, [CHANGE], NOW)
    assert record_changes(conn, berlin.id, [CHANGE], NOW) == 1
    assert len(of(conn, subscription_changes, project, "change_id")) == 1


def test_recording_nothing_is_nothing(conn, project):
    assert record_customers(conn, project.id, []) == 0
    assert record_changes(conn, project.id, [], NOW) == 0
    assert record_payments(conn, project.id, [], NOW) == 0
    assert record_spend(conn, project.id, []) == 0

"""What is kept of payments and trials, against plain Python, in any batches."""

from collections import Counter, defaultdict
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.access import create_project
from db.revenue import Payment, record_changes, record_payments
from db.tables import (
    billed_prices,
    customer_failures,
    customer_trials,
    customer_unpriced,
    customers,
    payment_months,
)
from jobs.revenue import count_customers
from tests.conftest import undone
from tests.jobs.revenue.histories import NOW, ZONES, histories, moments
from tests.thorough import cases

PAYING = ("active", "past_due")
payments = st.builds(
    Payment,
    customer_key=st.integers(-1, 1),
    payment_id=st.uuids(version=4),
    occurred_at=moments,
    kind=st.sampled_from(["payment", "payment", "refund"]),
    status=st.sampled_from(["succeeded", "failed"]),
    currency=st.sampled_from(["EUR", "EUR", "USD"]),
    amount=st.integers(1, 10**6),
    invoice_key=st.sampled_from([None, 7]),
    reason=st.sampled_from(["", "expired"]),
)
books = st.lists(payments, max_size=25, unique_by=lambda payment: payment.payment_id)
batches = st.lists(st.integers(0, 25), max_size=3)


@contextmanager
def counted(engine, zone, record, rows, cuts):
    """A project in which these were recorded bit by bit, and counted after each, all at the end."""
    with engine.connect() as conn, undone(conn):
        project = create_project(conn, "kept", timezone=zone)
        for end in [*sorted(cuts), len(rows)]:
            record(conn, project.id, rows[:end], NOW)
            count_customers(conn, project.id, 2)
        yield conn, project


def kept(conn, project, table, *names):
    rows = select(*(table.c[name] for name in names)).where(table.c.project_id == project.id)
    return Counter(tuple(row) for row in conn.execute(rows))


def by_time(rows, *names):
    """Rows by what they share, each in the order of time; of one instant as they were recorded."""
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.occurred_at):
        found[tuple(getattr(row, name) for name in names)].append(row)
    return found


def months_of(rows, zone):
    """Collected, refunded, payments and refunds by currency and month."""
    found = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        if row.status == "succeeded":
            month = row.occurred_at.astimezone(ZoneInfo(zone)).date().replace(day=1)
            place = row.kind == "refund"
            found[row.currency, month][place] += row.amount
            found[row.currency, month][place + 2] += 1
    return Counter((*key, *values) for key, values in found.items())


def failures_of(rows):
    """Failed tries that no failed try of the same debt came before, and when it was paid."""
    tries = [row for row in rows if row.kind == "payment"]
    found = Counter()
    for debt in by_time(tries, "customer_key", "currency", "invoice_key").values():
        for place, row in enumerate(debt):
            if row.status == "failed" and (place == 0 or debt[place - 1].status == "succeeded"):
                paid = [each.occurred_at for each in debt[place:] if each.status == "succeeded"]
                found[row.payment_id, row.occurred_at, next(iter(paid), None), row.reason] += 1
    return found


def pays(change):
    return change.status in PAYING and change.mrr > 0


def trials_of(rows):
    """Subscriptions that were tried first: plan, begin, first paid, and the end of the trial."""
    found = Counter()
    for key, changes in by_time(rows, "customer_key", "subscription_key", "currency").items():
        tried = [place for place, each in enumerate(changes) if each.status == "trialing"]
        paid = next((each.occurred_at for each in changes if pays(each)), None)
        if not tried or (paid is not None and paid < changes[tried[0]].occurred_at):
            continue
        first, after = changes[tried[0]], changes[tried[-1] + 1 :]
        ended = after[0].occurred_at if after else None
        found[*key, first.plan, first.occurred_at, paid, ended] += 1
    return found


def stays_of(rows):
    """Since when customers pay, and until when nothing they pay for became unpaid."""
    found = {}
    for (key,), changes in by_time(rows, "customer_key").items():
        paid = [place for place, each in enumerate(changes) if pays(each)]
        later = changes[paid[0] :] if paid else []
        unpaid = next((each.occurred_at for each in later if not pays(each)), None)
        found[key] = (later[0].occurred_at if later else None, unpaid)
    return Counter((key, *instants) for key, instants in found.items())


def unpriced_of(rows):
    """Subscriptions that are paid for by their last change, whose price it does not tell whole."""
    histories = by_time(rows, "customer_key", "subscription_key").items()
    now = {key: changes[-1] for key, changes in histories}
    return Counter(key for key, at in now.items() if at.status in PAYING and not at.is_whole)


def billed_of(rows):
    """Every price that was ever paid, and how often it was billed."""
    paid = filter(pays, rows)
    return Counter({(at.currency, at.plan, at.mrr, at.interval, at.interval_count) for at in paid})


@settings(max_examples=cases(60))
@given(zone=st.sampled_from(ZONES), rows=books, cuts=batches)
def test_payments_are_those_of_going_through_them(rolled_engine, zone, rows, cuts):
    with counted(rolled_engine, zone, record_payments, rows, cuts) as (conn, project):
        sums = ("currency", "month", "collected", "refunded", "payments", "refunds")
        assert kept(conn, project, payment_months, *sums) == months_of(rows, zone)
        found = kept(
            conn, project, customer_failures, "payment_id", "failed_at", "paid_at", "reason"
        )
        assert found == failures_of(rows)


@settings(max_examples=cases(60))
@given(rows=histories, cuts=batches)
def test_trials_are_those_of_going_through_the_subscriptions(rolled_engine, rows, cuts):
    with counted(rolled_engine, "UTC", record_changes, rows, cuts) as (conn, project):
        names = ("customer_key", "subscription_key", "currency", "plan")
        found = kept(conn, project, customer_trials, *names, "began_at", "paid_at", "ended_at")
        assert found == trials_of(rows)
        stays = ("customer_key", "first_paid_at", "first_unpaid_at")
        assert kept(conn, project, customers, *stays) == stays_of(rows)
        one = ("customer_key", "subscription_key")
        assert kept(conn, project, customer_unpriced, *one) == unpriced_of(rows)
        billing = ("currency", "plan", "price", "interval", "interval_count")
        assert kept(conn, project, billed_prices, *billing) == billed_of(rows)

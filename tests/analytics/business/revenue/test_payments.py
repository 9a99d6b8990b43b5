"""What was collected, and which failures were recovered, by hand and against plain Python."""

import math
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from analytics.business.revenue.payments import (
    COLLECTED,
    FAILURES,
    REASONS,
    RECOVERY,
    collected,
    failures,
    reasons,
)
from analytics.filters import NOT_SET
from analytics.scope import PUBLIC
from tests.analytics.business.revenue.books import EUR, NOW, add_payments, asked
from tests.analytics.reference import anyone

SHOP = (
    "1 10 2026-02-01T10:00Z payment failed 900 declined",
    "1 10 2026-02-03T10:00Z payment failed 900 expired",
    "1 10 2026-02-10T10:00Z payment succeeded 900",
    "2 20 2026-02-01T10:00Z payment failed 500 declined",
    "2 20 2026-02-16T10:00Z payment succeeded 500",
    "3 30 2026-07-05T10:00Z payment failed 700",
    "4 40 2026-03-01T10:00Z payment succeeded 1000",
    "4 40 2026-03-09T10:00Z refund succeeded 400",
    "5 50 2026-03-01T10:00Z refund failed 9999",
)


def rows(found):
    """The rows of a frame by month, without those of zeros."""
    named = found.set_index(found["month"].dt.strftime("%Y-%m")).drop(columns="month")
    return named[named.drop(columns="complete").fillna(0).any(axis=1)]


def test_what_was_collected_is_payments_less_refunds(conn, project):
    add_payments(conn, project, *SHOP)
    found = rows(collected(conn, anyone(project), asked(project), EUR))
    assert found.index.tolist() == ["2026-02", "2026-03"]
    assert found["collected"].tolist() == [1_400, 1_000]
    assert found["refunded"].tolist() == [0, 400]
    assert found["net"].tolist() == [1_400, 600]
    assert found["payments"].tolist() == [2, 1]
    assert found["refunds"].tolist() == [0, 1]


def test_a_failure_is_recovered_within_fourteen_days_of_its_first_try(conn, project):
    add_payments(conn, project, *SHOP)
    found = rows(failures(conn, anyone(project), asked(project), EUR))
    assert found.index.tolist() == ["2026-02", "2026-07"]
    assert found["failed"].tolist() == [2, 1]
    assert found["recovered"].tolist() == [1, 0]
    assert found["lost"].tolist() == [1, 0]
    assert found["open"].tolist() == [0, 1]
    assert found["failed_amount"].tolist() == [1_400, 700]
    assert found["recovered_amount"].tolist() == [900, 0]
    assert found["recovery"].iloc[0] == 0.5
    assert math.isnan(found["recovery"].iloc[1])


def test_a_reason_is_that_of_the_first_try(conn, project):
    add_payments(conn, project, *SHOP)
    found = reasons(conn, anyone(project), asked(project), EUR)
    assert found["reason"].tolist() == ["declined", NOT_SET]
    assert found["failed"].tolist() == [2, 1]


@pytest.mark.parametrize(
    ("days", "hours", "recovered"), [(14, 0, 1), (14, 1, 0)], ids=["in time", "too late"]
)
def test_the_fourteenth_day_is_the_last(conn, project, days, hours, recovered):
    failed = datetime(2026, 2, 1, 10, tzinfo=UTC)
    paid = failed + timedelta(days=days, hours=hours)
    add_payments(
        conn,
        project,
        f"1 10 {failed.isoformat()} payment failed 900",
        f"1 10 {paid.isoformat()} payment succeeded 900",
    )
    found = failures(conn, anyone(project), asked(project), EUR)
    assert found["recovered"].sum() == recovered


def test_without_an_invoice_a_payment_ends_the_failures_of_the_customer(conn, project):
    add_payments(
        conn,
        project,
        "1 - 2026-02-01T10:00Z payment failed 900",
        "1 - 2026-02-02T10:00Z payment failed 900",
        "1 - 2026-02-03T10:00Z payment succeeded 900",
        "1 - 2026-04-01T10:00Z payment failed 900",
        "2 - 2026-04-02T10:00Z payment succeeded 900",
    )
    found = failures(conn, anyone(project), asked(project), EUR)
    assert (found["failed"].sum(), found["recovered"].sum(), found["lost"].sum()) == (2, 1, 1)


def test_a_failure_that_began_before_the_range_is_not_counted_again_in_it(conn, project):
    add_payments(
        conn,
        project,
        "1 10 2025-12-30T10:00Z payment failed 900",
        "1 10 2026-01-02T10:00Z payment failed 900",
    )
    found = failures(conn, anyone(project), asked(project), EUR)
    assert found.empty or found["failed"].sum() == 0


def test_a_month_begins_at_midnight_of_the_project(conn, berlin):
    add_payments(conn, berlin, "1 10 2026-02-28T23:30Z payment succeeded 900")
    found = rows(collected(conn, anyone(berlin), asked(berlin), EUR))
    assert found.index.tolist() == ["2026-03"]


def tries(seed):
    """Random tries of a few customers to pay, with and without invoices, over ten months."""
    dice = random.Random(seed)
    begin = datetime(2025, 10, 1, tzinfo=UTC)
    moments = dice.sample(range(280 * 24), 150)
    return [
        (
            dice.randint(1, 4),
            dice.choice(["-", "10", "11"]),
            begin + timedelta(hours=hour),
            dice.choice(["failed", "failed", "succeeded"]),
            dice.randint(1, 9) * 100,
        )
        for hour in sorted(moments)
    ]


def reference(made, start):
    """Failures of these tries by month, going through each debt in the order of time."""
    debts, found = defaultdict(list), defaultdict(lambda: [0, 0, 0, 0, 0])
    for customer, invoice, at, status, amount in made:
        if at < NOW:
            debts[customer, invoice].append((at, status, amount))
    for history in debts.values():
        before = "succeeded"
        for place, (at, status, amount) in enumerate(history):
            if status == "failed" and before == "succeeded" and at >= start:
                paid = next((t for t, s, _ in history[place:] if s == "succeeded"), None)
                recovered = paid is not None and paid - at <= RECOVERY
                is_open = not recovered and NOW - at < RECOVERY
                row = (1, recovered, is_open, amount, recovered * amount)
                month = f"{at:%Y-%m}"
                found[month] = [sum(pair) for pair in zip(found[month], row, strict=True)]
            before = status
    return dict(found)


@pytest.mark.parametrize("seed", range(5))
def test_failures_are_those_of_going_through_each_debt(conn, project, seed):
    made = tries(seed)
    add_payments(
        conn,
        project,
        *(f"{who} {debt} {at.isoformat()} payment {s} {cents}" for who, debt, at, s, cents in made),
    )
    found = rows(failures(conn, anyone(project), asked(project, "2025-10"), EUR))
    columns = ["failed", "recovered", "open", "failed_amount", "recovered_amount"]
    told = dict(zip(found.index, found[columns].to_numpy().tolist(), strict=True))
    assert told == reference(made, datetime(2025, 10, 1, tzinfo=UTC))


def test_empty_frames_keep_their_columns(conn, project):
    add_payments(conn, project, *SHOP)
    for viewer, currency in ((PUBLIC, EUR), (anyone(project), "CHF")):
        asking = (conn, viewer, asked(project), currency)
        for question, columns in (
            (collected, COLLECTED),
            (failures, FAILURES),
            (reasons, REASONS),
        ):
            found = question(*asking)
            assert found.dtypes.astype(str).to_dict() == columns
            assert found.empty

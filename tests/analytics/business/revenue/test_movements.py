"""MRR moves from month to month by its definition, to the cent, as plain Python counts it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from analytics.business.revenue.cohorts import cohorts
from analytics.business.revenue.currency import currencies, shown_currency
from analytics.business.revenue.movements import movements
from analytics.business.revenue.standing import standing
from analytics.filters import Filters, add_months
from analytics.scope import PUBLIC
from db.business_settings import BusinessSettings, set_business_settings
from db.revenue import record_changes
from jobs.revenue import count_customers
from tests.analytics.reference import anyone
from tests.conftest import undone
from tests.jobs.revenue.histories import NOW, change, histories
from tests.jobs.revenue.reference import at_the_end, kind_of
from tests.thorough import cases, thorough

MARCH_10 = datetime(2026, 3, 10, 12, tzinfo=UTC)


def asked(project, start, end, now=MARCH_10):
    return Filters(project.id, project.timezone, project.consent, start, end, now, grain="month")


def recorded(conn, project, *changes):
    record_changes(conn, project.id, changes, NOW)
    count_customers(conn, project.id)


def months(frame, *names):
    """The columns of each month, as tuples by its number in the year."""
    rows = frame[list(names)].itertuples(index=False)
    return {month.month: tuple(row) for month, row in zip(frame["month"], rows, strict=True)}


def reference(history, zone, currency, month):
    """(start, end, amounts by kind, heads by kind) of a month, customer by customer."""
    start = end = 0
    amounts, heads = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
    for key in {each.customer_key for each in history}:
        mine = [each for each in history if each.customer_key == key]

        def mrr(at, mine=mine):
            states = at_the_end(mine, at, zone).values()
            return sum(price for theirs, _, price in states if theirs == currency)

        earlier = [mrr(add_months(month, -back)) for back in range(1, 20)]
        first = month if any(earlier) else None
        before, now = earlier[0], mrr(month)
        start, end = start + before, end + now
        if before != now:
            kind = kind_of(before, now, first)
            amounts[kind] += abs(now - before)
            heads[kind] += 1
    return start, end, amounts, heads


KINDS = ("new", "expansion", "contraction", "churn", "reactivation")


@thorough
@settings(max_examples=cases(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
def test_the_bridge_holds_to_the_cent_and_a_plain_count_agrees(conn, berlin, history):
    with undone(conn):
        recorded(conn, berlin, *history)
        filters = asked(berlin, date(2026, 1, 5), date(2026, 5, 20), NOW)
        for currency in ("EUR", "USD"):
            frame = movements(conn, anyone(berlin), filters, currency)
            for row in frame.itertuples():
                month = row.month.date()
                start, end, amounts, heads = reference(history, berlin.timezone, currency, month)
                assert (row.start, row.end) == (start, end)
                assert {kind: getattr(row, kind) for kind in KINDS} == amounts
                assert row.customers_new == heads["new"]
                assert row.customers_lost == heads["churn"]
                added = row.new + row.expansion + row.reactivation
                assert row.start + added - row.contraction - row.churn == row.end
                gained = row.customers_new + row.customers_reactivated
                assert row.customers_start + gained - row.customers_lost == row.customers_end


def test_the_figures_of_a_month_are_those_of_the_definitions(conn, project):
    recorded(
        conn,
        project,
        change(1, "2025-12-05T10:00", customer_key=1, amount=10_000),
        change(2, "2025-12-05T10:00", customer_key=2, amount=30_000),
        change(3, "2025-12-05T10:00", customer_key=3, amount=60_000),
        change(4, "2026-01-05T10:00", "canceled", customer_key=1),
        change(5, "2026-01-05T10:00", customer_key=2, amount=20_000),
        change(6, "2026-01-05T10:00", customer_key=3, amount=65_000),
        change(7, "2026-01-05T10:00", customer_key=4, amount=1_000),
    )
    frame = movements(conn, anyone(project), asked(project, date(2026, 1, 1), date(2026, 2, 1)))
    (row,) = frame.itertuples()
    assert (row.start, row.new, row.expansion, row.reactivation) == (100_000, 1_000, 5_000, 0)
    assert (row.contraction, row.churn, row.end) == (10_000, 10_000, 86_000)
    assert (row.customers_start, row.customers_lost, row.customers_end) == (3, 1, 3)
    assert row.arr == 12 * 86_000
    assert row.arpa == pytest.approx(86_000 / 3)
    assert row.logo_churn == pytest.approx(1 / 3)
    assert (row.gross_churn, row.net_churn, row.nrr) == pytest.approx((0.2, 0.15, 0.85))


def test_a_month_that_begins_with_nothing_has_no_shares(conn, project):
    recorded(conn, project, change(1, "2026-01-05T10:00"))
    frame = movements(conn, anyone(project), asked(project, date(2025, 12, 1), date(2026, 3, 1)))
    shares = ("logo_churn", "gross_churn", "net_churn", "nrr")
    assert np.isnan(frame.loc[:1, shares]).all().all()
    assert months(frame, "arpa")[1] == (1_000,)
    assert np.isnan(months(frame, "arpa")[12][0])
    assert months(frame, *shares)[2] == (0, 0, 0, 1)


def test_months_without_a_movement_are_there_and_the_last_one_goes_on(conn, project):
    recorded(conn, project, change(1, "2025-12-05T10:00"))
    frame = movements(conn, anyone(project), asked(project, date(2026, 1, 31), date(2026, 9, 1)))
    assert months(frame, "end", "complete") == {
        1: (1_000, True),
        2: (1_000, True),
        3: (1_000, False),
    }


def test_nobody_ever_paid_is_no_row_and_has_the_same_columns(conn, project):
    nothing = movements(conn, anyone(project), asked(project, date(2026, 1, 1), date(2026, 3, 1)))
    recorded(conn, project, change(1, "2026-01-05T10:00"))
    filters = asked(project, date(2026, 1, 1), date(2026, 3, 1))
    some = movements(conn, anyone(project), filters)
    foreign = movements(conn, PUBLIC, filters)
    assert nothing.empty
    assert foreign.empty
    assert nothing.dtypes.to_dict() == some.dtypes.to_dict() == foreign.dtypes.to_dict()


def test_a_role_without_business_sees_no_money(conn, project):
    recorded(conn, project, change(1, "2026-01-05T10:00"))
    filters = asked(project, date(2026, 1, 1), date(2026, 3, 1))
    for role in ("product", "operations", "member"):
        assert movements(conn, anyone(project, role=role), filters).empty
        assert cohorts(conn, anyone(project, role=role), filters).empty
        assert standing(conn, anyone(project, role=role), filters) is None
    assert not movements(conn, anyone(project, role="executive"), filters).empty


def test_the_currency_of_most_customers_is_shown_unless_another_one_is_set(conn, project):
    assert shown_currency(conn, anyone(project), project.id) == ""
    recorded(
        conn,
        project,
        change(1, "2026-01-05T10:00", customer_key=1, currency="USD"),
        change(2, "2026-01-05T10:00", customer_key=2, currency="EUR"),
        change(3, "2026-01-05T10:00", customer_key=3, currency="EUR"),
    )
    assert currencies(conn, anyone(project), project.id) == ["EUR", "USD"]
    filters = asked(project, date(2026, 1, 1), date(2026, 2, 1))
    assert months(movements(conn, anyone(project), filters), "end") == {1: (2_000,)}
    set_business_settings(conn, project.id, BusinessSettings(currency="USD"))
    assert shown_currency(conn, anyone(project), project.id) == "USD"
    assert months(movements(conn, anyone(project), filters), "end") == {1: (1_000,)}


def test_cohorts_keep_what_is_left_of_them_and_leave_nobody_out(conn, project):
    recorded(
        conn,
        project,
        change(1, "2026-01-05T10:00", customer_key=1, amount=1_000),
        change(2, "2026-01-06T10:00", customer_key=2, amount=3_000),
        change(3, "2026-02-05T10:00", "canceled", customer_key=1),
        change(4, "2026-02-05T10:00", customer_key=3, amount=500),
        change(5, "2026-03-05T10:00", customer_key=2, amount=6_000),
        change(6, "2026-03-06T10:00", customer_key=1, amount=2_000),
    )
    frame = cohorts(conn, anyone(project), asked(project, date(2026, 1, 1), date(2026, 3, 1)))
    rows = frame[["cohort", "number", "mrr", "customers", "mrr_share", "complete"]]
    january, february = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")
    assert list(rows.itertuples(index=False, name=None)) == [
        (january, 0, 4_000, 2, 1.0, True),
        (january, 1, 3_000, 1, 0.75, True),
        (january, 2, 8_000, 2, 2.0, False),
        (february, 0, 500, 1, 1.0, True),
        (february, 1, 500, 1, 1.0, False),
    ]
    whole = movements(conn, anyone(project), asked(project, date(2026, 1, 1), date(2026, 4, 1)))
    by_month = frame.groupby("month")[["mrr", "customers"]].sum()
    assert by_month["mrr"].tolist() == whole["end"].tolist()
    assert by_month["customers"].tolist() == whole["customers_end"].tolist()


def test_the_standing_is_of_the_month_that_goes_on_and_of_two_that_are_over(conn, project):
    recorded(
        conn,
        project,
        change(1, "2025-01-05T10:00", customer_key=1, amount=1_000),
        change(2, "2026-03-06T10:00", customer_key=2, amount=2_000),
    )
    far = asked(project, date(2024, 1, 1), date(2024, 2, 1))
    found = standing(conn, anyone(project), far)
    shown = (found.running, found.last, found.before)
    assert [each.month.month for each in shown] == [3, 2, 1]
    assert (found.currency, found.running.end, found.last.end) == ("EUR", 3_000, 1_000)
    assert found.last.nrr == 1.0
    early = replace(far, now=datetime(2025, 2, 10, tzinfo=UTC))
    assert standing(conn, anyone(project), early).before.nrr is None

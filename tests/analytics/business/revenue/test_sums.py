"""What customers pay and what was lost, against plain Python month by month."""

import random

import pytest

from analytics.business.revenue.sums import Sums, sums, sums_by
from analytics.filters import BadFilters
from analytics.scope import PUBLIC
from tests.analytics.business.revenue.books import EUR, add_months, asked
from tests.analytics.reference import anyone

ALL_MONTHS = [f"2025-{month:02}" for month in range(9, 13)] + [
    f"2026-{month:02}" for month in range(1, 8)
]
OVER = ALL_MONTHS[4:10]  # January to June 2026
KINDS = {"new": 1, "reactivation": 1, "expansion": 0, "contraction": 0, "churn": -1}


def history(seed):
    """Movements of eleven months, of which the first four come before the range."""
    dice = random.Random(seed)
    return [
        (month, kind, dice.randint(1, 9), (-1 if way < 0 or kind == "contraction" else 1)
         * dice.randint(100, 900), country, channel)
        for month in ALL_MONTHS
        for kind, way in KINDS.items()
        for country in ("DE", "US")
        for channel in ("ads", "")
        if dice.random() < 0.6
    ]  # fmt: skip


def reference(rows):
    """The sums of these movements, one month after the other."""
    mrr = customers = 0
    found = dict.fromkeys(("won", "lost", "lost_mrr", "at_stake", "customers_at_stake"), 0)
    for month in ALL_MONTHS[:10]:
        if month == OVER[0]:
            found["before"] = mrr
        if month in OVER:
            found["at_stake"] += mrr
            found["customers_at_stake"] += customers
        for _, kind, n, amount, *_ in (row for row in rows if row[0] == month):
            mrr += amount
            customers += KINDS[kind] * n
            if month in OVER:
                found["won"] += n if kind == "new" else 0
                found["lost"] += n if kind == "churn" else 0
                found["lost_mrr"] -= amount if kind in ("churn", "contraction") else 0
    return found | {"mrr": mrr, "customers": customers}


def store(conn, project, rows):
    add_months(conn, project, *(f"{m} {k} {n} {a} {co} {ch}" for m, k, n, a, co, ch in rows if ch))
    for m, k, n, a, co, ch in rows:
        if not ch:
            add_months(conn, project, f"{m} {k} {n} {a} {co}")


@pytest.mark.parametrize("seed", range(4))
def test_sums_are_those_of_going_through_the_months(conn, project, seed):
    rows = history(seed)
    store(conn, project, rows)
    asking = (conn, anyone(project), asked(project), EUR)
    assert sums(*asking) == Sums(**reference(rows))
    for dimension, place in (("country", 4), ("channel", 5)):
        for part in sums_by(*asking, dimension):
            ours = [row for row in rows if row[place] == part.part]
            assert part == Sums(part=part.part, **reference(ours))


def test_the_rates_are_what_was_lost_of_what_was_at_stake(conn, project):
    add_months(conn, project, "2025-12 new 10 10000", "2026-02 churn 1 -1000")
    found = sums(conn, anyone(project), asked(project, "2026-01", "2026-04"), EUR)
    assert (found.mrr, found.customers, found.arpa) == (9_000, 9, 1_000)
    assert found.at_stake == 10_000 + 10_000 + 9_000
    assert found.gross_churn == 1_000 / 29_000
    assert found.logo_churn == 1 / 29


def test_of_nothing_there_are_no_rates(conn, project):
    found = sums(conn, anyone(project), asked(project), EUR)
    assert found == Sums()
    assert (found.arpa, found.gross_churn, found.logo_churn) == (None, None, None)


def test_one_currency_is_not_another(conn, project):
    add_months(conn, project, "2026-01 new 1 900 DE ads EUR", "2026-01 new 2 700 DE ads USD")
    viewer = anyone(project)
    assert sums(conn, viewer, asked(project), EUR).mrr == 900
    assert sums(conn, viewer, asked(project), "USD").mrr == 700
    assert sums(conn, viewer, asked(project), "eur' OR 1=1 --") == Sums()


def test_the_present_month_is_not_in_them(conn, project):
    add_months(conn, project, "2026-06 new 1 900", "2026-07 new 1 500", "2026-07 churn 1 -900")
    found = sums(conn, anyone(project), asked(project), EUR)
    assert (found.mrr, found.won, found.lost) == (900, 1, 0)


def test_a_breakdown_by_something_else_is_refused(conn, project):
    with pytest.raises(BadFilters):
        sums_by(conn, anyone(project), asked(project), EUR, "kind; drop table customers")


@pytest.mark.parametrize("role", ["product", "operations", "member"])
def test_who_may_not_see_the_business_gets_nothing(conn, project, role):
    add_months(conn, project, "2026-01 new 1 900")
    for viewer in (PUBLIC, anyone(project, role=role)):
        assert sums(conn, viewer, asked(project), EUR) == Sums()
        assert sums_by(conn, viewer, asked(project), EUR, "country") == []

"""What a customer brings in, and its interval."""

import random

import pytest
from scipy.stats import chi2

from analytics.business.revenue.lifetime import (
    FEW,
    Lifetime,
    Losses,
    lifetime,
    lifetime_of,
    losses_of,
    lost_between,
)
from analytics.business.revenue.sums import Sums
from analytics.measures.cutting import ALL
from tests.analytics.business.revenue.books import EUR, add_months, add_movements, asked
from tests.analytics.reference import anyone

MONTHS = (
    "2025-12 new 100 100000",
    "2026-01 churn 2 -2000 DE",
    "2026-02 contraction 1 -500 DE",
    "2026-03 churn 1 -1000 US",
)
MOVEMENTS = (
    "2025-12 new 1000",
    "2026-01 churn -1000 DE",
    "2026-01 churn -1000 DE",
    "2026-02 contraction -500 DE",
    "2026-03 churn -1000 US",
    "2026-04 churn -9000 US",
)
ALIKE = Losses(squares=10 * 1_000.0**2, most=1_000.0)  # ten customers of 1,000 each


def ten(lost=10):
    """A business of 100 customers of 1,000 cents, some of whom left within five months."""
    return Sums(mrr=100_000, customers=100, lost=lost, lost_mrr=lost * 1_000, at_stake=500_000)


def test_it_is_arpa_times_margin_over_gross_churn(conn, project):
    add_months(conn, project, *MONTHS)
    add_movements(conn, project, *MOVEMENTS)
    found = lifetime(conn, anyone(project), asked(project, "2026-01", "2026-04"), EUR, 0.8)
    churn = 3_500 / (100_000 + 98_000 + 97_500)
    assert found.value == pytest.approx(96_500 / 97 * 0.8 / churn)
    assert found.churned == 3
    assert found.low < found.value < found.high


def test_losses_are_those_of_the_range_by_country(conn, project):
    add_movements(conn, project, *MOVEMENTS)
    asking = (conn, anyone(project), asked(project, "2026-01", "2026-04"), EUR)
    assert losses_of(*asking) == {ALL: Losses(3 * 1_000.0**2 + 500.0**2, 1_000.0)}
    by_country = losses_of(*asking, "country")
    assert by_country["US"] == Losses(1_000.0**2, 1_000.0)
    assert by_country["DE"] == Losses(2 * 1_000.0**2 + 500.0**2, 1_000.0)


def test_for_equal_amounts_the_interval_is_that_of_garwood():
    least, most = lost_between(10_000, ALIKE, 1_000)
    assert least == pytest.approx(1_000 * chi2.ppf(0.025, 20) / 2)
    assert most == pytest.approx(1_000 * chi2.ppf(0.975, 22) / 2)


def test_the_interval_of_a_lifetime_is_that_of_the_losses_turned_around():
    found = lifetime_of(ten(), ALIKE, margin=0.5)
    least, most = lost_between(10_000, ALIKE, 1_000)
    assert found.value == pytest.approx(1_000 * 0.5 / (10_000 / 500_000))
    assert found.low == pytest.approx(found.value * 10_000 / most)
    assert found.high == pytest.approx(found.value * 10_000 / least)


def test_who_never_lost_anybody_has_a_lower_end_alone():
    found = lifetime_of(ten(lost=0), Losses(), margin=1.0)
    assert found.value is None
    assert found.high is None
    assert found.low == pytest.approx(1_000 * 500_000 / (1_000 * chi2.ppf(0.975, 2) / 2))


def test_from_thirty_churned_customers_on_there_is_no_interval():
    few = lifetime_of(ten(FEW - 1), ALIKE, margin=1.0)
    many = lifetime_of(ten(FEW), ALIKE, margin=1.0)
    assert few.low is not None
    assert (many.low, many.high) == (None, None)
    assert many.value is not None


@pytest.mark.parametrize("part", [Sums(), Sums(mrr=900, customers=1), Sums(at_stake=900)])
def test_without_customers_or_a_month_that_is_over_there_is_none(part):
    assert lifetime_of(part, Losses(), margin=0.8) == Lifetime()


@pytest.mark.parametrize("mean", [3, 8])
def test_the_interval_holds_what_is_lost_on_average(mean):
    """Customers of 500 to 4,000 cents leave by chance: 19 of 20 intervals hold the truth."""
    dice = random.Random(mean)
    sizes = [500, 1_000, 1_500, 4_000]
    truth, tries, held = mean * sum(sizes) / len(sizes), 600, 0
    for _ in range(tries):
        gone, waited = [], dice.expovariate(mean)
        while waited < 1:
            gone.append(dice.choice(sizes))
            waited += dice.expovariate(mean)
        losses = Losses(sum(size**2 for size in gone), max(gone, default=0))
        least, most = lost_between(sum(gone), losses, 4_000)
        held += least <= truth <= most
    assert held / tries >= 0.94

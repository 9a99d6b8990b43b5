"""Revenue by country, channel and plan, and the plans' prices side by side."""

import math

import pytest
from statsmodels.stats.proportion import proportion_confint

from analytics.business.revenue.breakdown import BREAKDOWN, revenue_by
from analytics.business.revenue.pricing import PRICES, prices
from analytics.business.revenue.sums import sums
from analytics.filters import NOT_SET, BadFilters
from analytics.scope import PUBLIC
from tests.analytics.business.revenue.books import EUR, add_changes, add_months, add_plans, asked
from tests.analytics.reference import anyone

COUNTRIES = (
    "2025-11 new 4 8000 DE ads",
    "2025-12 new 1 1000 US",
    "2026-02 new 1 3000 US ads",
    "2026-03 churn 1 -2000 DE ads",
    "2026-04 new 1 500",
    "2026-01 new 1 700 FR",
    "2026-02 churn 1 -700 FR",
)
PLANS = (
    "2025-12 pro 1000 10000 10 10 0",
    "2026-02 pro 1000 -2000 -2 0 2",
    "2026-02 pro 1500 6000 4 4 0",
    "2026-05 pro 1500 -1500 -1 0 1",
    "2026-06 - 900 900 1 1 0",
    "2026-07 team 9000 9000 1 1 0",
)


def test_countries_are_ranked_and_their_shares_are_of_all(conn, project):
    add_months(conn, project, *COUNTRIES)
    found = revenue_by(conn, anyone(project), asked(project), EUR, "country")
    assert found["part"].tolist() == ["DE", "US", NOT_SET]
    assert found["mrr"].tolist() == [6_000, 4_000, 500]
    assert found["customers"].tolist() == [3, 2, 1]
    assert found["arpa"].tolist() == [2_000, 2_000, 500]
    assert found["share"].sum() == pytest.approx(1)
    assert found["change"].tolist()[:2] == [-0.25, 3.0]
    assert math.isnan(found["change"].iloc[2])
    # Customers at the starts of January to June: 4, 4, 4, 3, 3 and 3; one left.
    assert found["churn"].iloc[0] == 1 / 21


@pytest.mark.parametrize("dimension", ["country", "channel"])
def test_the_parts_add_up_to_all_mrr(conn, project, dimension):
    add_months(conn, project, *COUNTRIES)
    asking = (conn, anyone(project), asked(project), EUR)
    parts = revenue_by(*asking, dimension)
    whole = sums(*asking)
    assert parts["mrr"].sum() == whole.mrr
    assert parts["customers"].sum() == whole.customers


def test_plans_are_counted_by_subscription_over_all_prices(conn, project):
    add_plans(conn, project, *PLANS)
    found = revenue_by(conn, anyone(project), asked(project), EUR, "plan")
    assert found["part"].tolist() == ["pro", NOT_SET]
    assert found["mrr"].tolist() == [12_500, 900]
    assert found["customers"].tolist() == [11, 1]
    assert found["before"].tolist() == [10_000, 0]
    # At the starts of January to June: 10, 10, 12, 12, 12 and 11; three ended.
    assert found["churn"].iloc[0] == 3 / 67


def test_prices_of_a_plan_stand_side_by_side(conn, project):
    add_plans(conn, project, *PLANS)
    found = prices(conn, anyone(project), asked(project), EUR, 0.8)
    pro = found[found["plan"] == "pro"].reset_index()
    assert pro["price"].tolist() == [1_000, 1_500]
    assert pro["subscriptions"].tolist() == [8, 3]
    assert pro["arpa"].tolist() == [1_000, 1_500]
    assert pro["started"].tolist() == [0, 4]
    assert pro["ended"].tolist() == [2, 1]
    # At the starts of months: 10, 10, 8, 8, 8, 8 of the one; 0, 0, 4, 4, 4, 3 of the other.
    for row, (ended, at_stake) in enumerate(((2, 52), (1, 15))):
        low, high = proportion_confint(ended, at_stake, method="wilson")
        assert pro["churn"][row] == pytest.approx(ended / at_stake)
        assert pro["low"][row] == pytest.approx(low)
        assert pro["high"][row] == pytest.approx(high)
        earned = pro["price"][row] * 0.8
        assert pro["worth"][row] == pytest.approx(earned * at_stake / ended)
        assert pro["worth_low"][row] == pytest.approx(earned / high)
        assert pro["worth_high"][row] == pytest.approx(earned / low)


def test_from_thirty_that_ended_on_a_price_is_worth_so_much_without_an_interval(conn, project):
    add_plans(conn, project, "2025-12 pro 1000 90000 90 90 0", "2026-01 pro 1000 -29000 -29 0 29")
    asking = (conn, anyone(project), asked(project), EUR, 0.8)
    (few,) = prices(*asking).itertuples()
    assert few.worth_low < few.worth < few.worth_high
    add_plans(conn, project, "2026-02 pro 1000 -1000 -1 0 1")
    (many,) = prices(*asking).itertuples()
    assert many.worth > 0
    assert math.isnan(many.worth_low)
    assert math.isnan(many.worth_high)


def test_a_price_that_nobody_left_has_no_worth_but_an_interval(conn, project):
    add_plans(conn, project, "2026-01 pro 1000 10000 10 10 0")
    (row,) = prices(conn, anyone(project), asked(project), EUR, 0.8).itertuples()
    assert (row.churn, row.low) == (0, pytest.approx(0, abs=1e-12))
    assert 0 < row.high < 0.1
    assert math.isnan(row.worth)
    assert row.worth_low == pytest.approx(1_000 * 0.8 / row.high)
    assert math.isnan(row.worth_high)


def test_a_price_says_how_often_it_is_billed(conn, project):
    add_plans(conn, project, *PLANS)
    at = "2026-01-05T10:00Z"
    paid = ("1000 year", "1000 year", "1500 month 3", "1500 month")
    told = (f"{who} 1 {at} active pro {price}" for who, price in enumerate(paid))
    add_changes(conn, project, *told)
    add_changes(conn, project, f"5 1 {at} canceled - 900", f"6 1 {at} trialing pro 1500 year")
    found = prices(conn, anyone(project), asked(project), EUR, 0.8)
    billed = dict(zip(found["price"], found["billed"], strict=True))
    assert billed == {900: "", 1_000: "year", 1_500: "month or 3 months"}


def test_a_price_of_the_present_month_is_not_told_yet(conn, project):
    add_plans(conn, project, "2026-07 team 9000 9000 1 1 0")
    assert prices(conn, anyone(project), asked(project), EUR, 0.8).empty


def test_empty_frames_keep_their_columns(conn, project):
    for viewer in (PUBLIC, anyone(project)):
        for dimension in ("country", "channel", "plan"):
            found = revenue_by(conn, viewer, asked(project), EUR, dimension)
            assert found.dtypes.astype(str).to_dict() == BREAKDOWN
            assert found.empty
        found = prices(conn, viewer, asked(project), EUR, 0.8)
        assert found.dtypes.astype(str).to_dict() == PRICES
        assert found.empty


def test_a_breakdown_by_something_else_is_refused(conn, project):
    with pytest.raises(BadFilters):
        revenue_by(conn, anyone(project), asked(project), EUR, "currency")

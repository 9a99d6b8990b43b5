"""Revenue in words."""

from datetime import date

import pandas as pd
import pytest

from analytics.business.revenue.acquisition import Acquisition, Channel
from analytics.business.revenue.forecast import COURSE, Forecast
from analytics.business.revenue.funnel import Conversion
from analytics.business.revenue.lifetime import Lifetime
from analytics.wording import NOTHING
from db.business_settings import BusinessSettings
from ui import words_revenue as told
from ui import words_revenue_more as more

NAN = float("nan")


@pytest.mark.parametrize(
    ("found", "value", "interval"),
    [
        (Lifetime(48_000, 31_000, 82_000, 12), "€480", "€310 to €820"),
        (Lifetime(48_000, None, None, 40), "€480", ""),
        (Lifetime(None, 31_000, None, 0), "over €310", ""),
        (Lifetime(48_000, 31_000, None, 1), "€480", "at least €310"),
        (Lifetime(), NOTHING, ""),
    ],
    ids=["few", "many", "nobody left", "one left", "nothing"],
)
def test_a_lifetime_is_told_with_its_interval_where_few_left(found, value, interval):
    assert told.lifetime(found, "EUR") == value
    assert told.lifetime_interval(found, "EUR") == interval


def test_what_lifetime_assumes_is_said():
    few = told.lifetime_help(Lifetime(1, 1, 1, 1), BusinessSettings(gross_margin=0.75))
    assert "(75%)" in few
    assert "1 customer left, so it has a 95% interval" in few
    assert "interval" not in told.lifetime_help(Lifetime(1, churned=30), BusinessSettings())


def channel(name, spend, won):
    return Channel(name, spend, won, 1_000.0, Lifetime(), 0.5)


def test_the_cheapest_and_the_dearest_channel_are_named():
    ours = (channel("ads", 60_000, 4), channel("search", 20_000, 4), channel("none", 0, 9))
    found = Acquisition(ours[0], ours, ())
    said = told.acquisition_finding(found, "EUR")
    assert said == "A customer costs €50.00 by search and €150 by ads"
    alone = Acquisition(ours[0], ours[:1], ())
    assert told.acquisition_finding(alone, "EUR") == "A customer costs €150 by ads"
    nothing = Acquisition(None, (), ("USD", "CHF"))
    assert told.acquisition_finding(nothing, "EUR") == "What customers cost, by channel"
    assert told.acquisition_note(nothing).startswith("Spend in USD and CHF is left out")


@pytest.mark.parametrize(
    ("moved", "end"),
    [
        ({"new": 500}, "; most by new customers: +€5.00"),
        ({"churn": 500}, "; most by churn: -€5.00"),
        ({}, ""),
    ],
)
def test_a_waterfall_says_what_moved_most(moved, end):
    totals = {"start": 100, **dict.fromkeys(told.MOVED, 0), "end": 600} | moved
    said = told.waterfall_finding(totals, 3, "EUR")
    assert said == f"MRR from €1.00 to €6.00 in 3 months{end}"


def forecast_of(method, errors):
    rows = [(pd.Timestamp("2027-04-01"), 1_500_000.0, 1_380_000.0, 1_630_000.0, 6)]
    return Forecast(pd.DataFrame(rows, columns=list(COURSE)), method, errors, 8)


def test_a_forecast_says_how_and_how_wrong_it_was():
    found = forecast_of("naive", {"naive": 0.021, "damped trend": 0.04})
    said = told.forecast_finding(found, "EUR")
    assert said == "MRR in April 2027: about €15,000 (between €13,800 and €16,300)"
    assert told.forecast_note(found) == (
        "It assumes that it stays as it is. Tried on 8 earlier months, this was wrong by 2.1% on "
        "average. Assuming that its trend goes on and fades, by 4.0%."
    )


def test_without_a_forecast_it_says_what_is_missing():
    assert "14 months" in told.forecast_note(forecast_of("", {}))


def test_months_and_changes_are_left_out_where_nobody_knows_them():
    assert told.paid_back(None) == ""
    assert told.paid_back(4.25) == "paid back in 4.2 months"
    assert told.times(None) == NOTHING
    assert told.times(3.14) == "3.1x"
    assert told.month(date(2026, 10, 1)) == "October 2026"
    assert told.signed(-37_000, "EUR") == "-€370"
    assert told.signed(37_000, "EUR") == "+€370"


def averages(*cohorts):
    shares = [1 - 0.1 * number for number in range(len(cohorts))]
    rows = {"interval": range(len(cohorts)), "cohorts": cohorts, "share": shares}
    return pd.DataFrame(rows)


def test_cohorts_are_told_by_the_latest_month_that_several_tell_of():
    said = told.cohorts_finding(averages(5, 4, 3, 2, 1))
    assert said == "After 2 months 3 cohorts pay 80% of what they began with"
    assert told.cohorts_finding(averages(2, 2, 1)).startswith("Revenue by the month")
    assert told.cohorts_finding(averages(9)).startswith("Revenue by the month")
    assert told.cohorts_finding(averages(*[20] * 20)).startswith("After 12 months 20 cohorts")


def test_a_funnel_says_that_a_currency_changes_nothing():
    assert "all currencies" in told.funnel_note(Conversion(pd.DataFrame(), 3))


def price(plan, cents, churn, low, high, billed="month"):
    told = {"plan": plan, "price": cents, "churn": churn, "low": low, "high": high}
    return told | {"billed": billed}


def test_prices_are_told_apart_only_where_their_intervals_are():
    apart = pd.DataFrame(
        [price("pro", 1_500, 0.06, 0.05, 0.07), price("pro", 1_000, 0.02, 0.01, 0.03)]
    )
    said = more.prices_finding(apart, "EUR")
    assert said == (
        "pro, billed each month, keeps more of its customers at €10.00 a month than at €15.00"
    )
    near = apart.assign(low=0.0)
    assert more.prices_finding(near, "EUR").startswith("No price is shown")
    others = apart.assign(plan=["pro", "team"])
    assert more.prices_finding(others, "EUR").startswith("No price is shown")


@pytest.mark.parametrize(
    "billed",
    [("month", "year"), ("month or year", "month or year"), ("", "")],
    ids=["apart", "both", "unknown"],
)
def test_prices_that_are_billed_in_other_ways_are_not_compared(billed):
    rows = [price("pro", 1_500, 0.06, 0.05, 0.07), price("pro", 1_000, 0.02, 0.01, 0.03)]
    said = more.prices_finding(pd.DataFrame(rows).assign(billed=billed), "EUR")
    assert said.startswith("No price is shown")


def test_a_lifetime_value_is_told_with_the_ends_that_it_has():
    assert more.worth_interval(12_000, 41_000, "EUR") == "€120 to €410"
    assert more.worth_interval(12_000, NAN, "EUR") == "at least €120"
    assert more.worth_interval(NAN, NAN, "EUR") == NOTHING


def test_what_was_refunded_is_told_as_such():
    paid = pd.DataFrame({"collected": [100_000], "refunded": [1_200]})
    assert more.collected_finding(paid, "EUR") == "€1,000 came in; 1.2% of it was refunded"


def test_rates_are_of_what_is_over():
    failed = pd.DataFrame({"failed": [9, 1], "open": [1, 1], "recovered": [6, 0]})
    assert more.failed_finding(failed) == "75% of failed payments were recovered within 14 days"
    assert more.failed_finding(failed.tail(1)) == "Failed payments"
    tried = pd.DataFrame({"began": [10], "open": [2], "converted": [2]})
    assert more.trials_finding(tried) == "25% of trials that are over were paid for"


def test_an_interval_that_nobody_knows_is_a_dash():
    assert more.interval(NAN, NAN) == NOTHING
    assert more.interval(0.021, 0.043) == "2.1% to 4.3%"

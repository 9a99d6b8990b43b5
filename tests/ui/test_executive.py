"""The parts of the executive summary: money in the units of its currency, goals as entered."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analytics.business.goals import FIGURES
from analytics.business.revenue.standing import Month
from ui.executive import bridge
from ui.goals import factor

MONTH = Month(
    month=datetime(2026, 2, 1, tzinfo=UTC),
    start=900_000,
    new=123_456,
    expansion=7_801,
    contraction=4_002,
    churn=60_003,
    reactivation=0,
    end=967_252,
    arr=12 * 967_252,
    arpa=1.0,
    customers_start=30,
    customers_end=37,
    customers_new=9,
    customers_lost=2,
    logo_churn=None,
    gross_churn=None,
    net_churn=None,
    nrr=None,
)


@pytest.mark.parametrize(("currency", "units"), [("EUR", 100), ("JPY", 1), ("KWD", 1_000)])
def test_the_bridge_is_in_units_of_its_currency_and_adds_up(currency, units):
    rows = bridge(MONTH, currency).set_index("label")
    assert rows.loc["Start", "amount"] == 900_000 / units
    moved = rows.loc[rows["kind"] == "movement", "amount"].sum()
    assert rows.loc["Start", "amount"] + moved == pytest.approx(rows.loc["End", "amount"])
    assert rows.loc["Churn", "amount"] < 0


def test_a_bridge_without_movements_is_level():
    still = replace(MONTH, new=0, expansion=0, contraction=0, churn=0, end=900_000)
    rows = bridge(still, "EUR")
    assert rows["amount"].tolist() == [9_000, 0, 0, 0, 0, 0, 9_000]


@pytest.mark.parametrize(
    ("key", "currency", "times"),
    [("mrr", "EUR", 0.01), ("mrr", "JPY", 1.0), ("uptime", "EUR", 100.0), ("wau", "EUR", 1.0)],
)
def test_goals_are_entered_in_units_that_people_use(key, currency, times):
    assert factor(FIGURES[key], currency) == pytest.approx(times)

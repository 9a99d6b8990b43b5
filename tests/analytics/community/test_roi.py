"""The golden numbers of the definitions, and what the sums of a return are not."""

from pathlib import Path

import pytest

from analytics.community.assumptions import ASSUMPTIONS, OF_ORGANISATION, OF_PERSON, Range, assumed
from analytics.community.assumptions import stored as as_stored
from analytics.community.roi import hours_saved, organisation_return, person_return, savings

TEAM = assumed({}, OF_ORGANISATION)
ONESELF = assumed({}, OF_PERSON)


def test_the_golden_return_of_an_organisation():
    found = organisation_return(5_623, 47, 30, TEAM).likely
    assert (found.hours, found.value, found.cost) == (281, 16_860, 193)
    assert round(found.benefit_per_cost, 1) == 87.4
    assert round(found.roi, 1) == 86.4


def test_the_golden_hours_of_a_person():
    assert round(hours_saved(342, ONESELF["minutes_saved_per_run"].likely), 1) == 17.1


def test_the_golden_savings_against_packs_are_a_share_of_the_packs():
    found = savings(487, 30, ONESELF)
    assert (round(found.packs, 2), found.plan, round(found.saved, 2)) == (19.35, 5.0, 14.35)
    assert round(found.share, 3) == 0.742


def test_packs_that_had_been_cheaper_are_a_loss():
    found = savings(150, 30, ONESELF)
    assert (found.packs, found.saved, found.share) == (2.5, -2.5, -1.0)


def test_credits_that_cost_nothing_anyway_save_no_share():
    assert savings(80, 30, ONESELF).share is None


def test_prices_are_by_the_month_of_30_days():
    week, month = (organisation_return(5_623, 47, days, TEAM).likely for days in (7, 30))
    assert week.cost == pytest.approx(month.cost * 7 / 30)
    assert savings(487, 60, ONESELF).plan == 10.0


def test_a_low_return_has_the_least_benefit_and_the_highest_price():
    wide = TEAM | {"plan_price": Range(50.0, 99.0, 150.0), "seat_price": Range(1.0, 2.0, 3.0)}
    found = organisation_return(600, 10, 30, wide)
    assert (found.low.hours, found.likely.hours, found.high.hours) == (20, 30, 40)
    assert (found.low.value, found.high.value) == (900, 3_000)
    assert (found.low.cost, found.likely.cost, found.high.cost) == (180, 119, 60)
    assert found.low.roi < found.likely.roi < found.high.roi


def test_minutes_that_make_no_hour_are_not_paid():
    found = person_return(39, 30, ONESELF).likely
    assert (found.hours, found.value) == (1, 60)


def test_without_a_price_there_is_no_ratio():
    free = person_return(100, 30, ONESELF | {"person_plan_price": Range(0.0, 0.0, 0.0)}).likely
    assert (free.benefit_per_cost, free.roi) == (None, None)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "three",
        float("nan"),
        float("inf"),
        -1,
        [1, 2, 3],
        {},
        {"low": 1, "likely": 2},
        {"low": 3, "likely": 2, "high": 1},
        {"low": 1, "likely": None, "high": 3},
    ],
)
def test_what_is_no_assumption_is_as_usual(value):
    key = "hourly_rate"
    assert assumed({key: value}, [key]) == {key: ASSUMPTIONS[key].usual}


def test_a_number_is_an_assumption_without_a_span():
    assert assumed({"hourly_rate": 50}, ["hourly_rate"])["hourly_rate"] == (50, 50, 50)


def test_assumptions_come_back_as_they_were_stored():
    mine = TEAM | {"hourly_rate": Range(10.0, 20.0, 30.0)}
    assert assumed(as_stored(mine), OF_ORGANISATION) == mine


def test_every_assumption_is_in_order_and_says_what_it_means():
    for each in ASSUMPTIONS.values():
        assert 0 <= each.usual.low <= each.usual.likely <= each.usual.high
        assert each.definition.endswith(".")
        assert each.key in {*OF_ORGANISATION, *OF_PERSON}


def test_the_documentation_tells_every_assumption_as_it_is():
    told = (Path(__file__).parents[3] / "docs/usage.md").read_text().splitlines()
    for name, each in ASSUMPTIONS.items():
        low, likely, high = (f"{value:g}" for value in each.usual)
        assert f"| {each.label} | `{name}` | {low} | {likely} | {high} | {each.unit} |" in told

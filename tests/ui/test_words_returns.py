"""Money, hours and ratios in words, with the golden cases of the definitions."""

import pytest

from analytics.community.assumptions import OF_ORGANISATION, OF_PERSON, Range, assumed
from analytics.community.roi import organisation_return, person_return
from ui import words_returns as words

ACME = organisation_return(5_623, 47, 30, assumed({}, OF_ORGANISATION))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (16_860.0, "$16,860"),
        (193.0, "$193"),
        (136.94, "$136.94"),
        (14.35, "$14.35"),
        (5.0, "$5.00"),
        (0.0, "$0.00"),
        (-3.2, "-$3.20"),
        (-0.001, "$0.00"),
        (None, "\u2013"),
    ],
)
def test_amounts_of_money(value, told):
    assert words.dollars(value) == told


def test_hours_have_a_tenth_below_a_hundred():
    assert [words.hours(value) for value in (0.05, 17.1, 281.15)] == [
        "0.1 hours",
        "17.1 hours",
        "281 hours",
    ]


def test_the_golden_return():
    assert words.finding(ACME) == "$16,860 of time for $193: benefit / cost 87.4, ROI 86.4"


def test_without_a_price_no_ratio_is_claimed():
    free = assumed({"person_plan_price": 0}, OF_PERSON)
    assert words.finding(person_return(20, 30, free)) == "$60.00 of time, for nothing"
    assert words.cases(person_return(20, 30, free))["roi"].isna().all()


def test_the_cases_run_from_the_lowest_return_to_the_highest():
    found = words.cases(ACME)
    assert found["case"].tolist() == ["Low", "Likely", "High"]
    assert found["value"].is_monotonic_increasing
    assert (found["benefit_per_cost"] - found["roi"]).round(9).eq(1).all()


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("minutes_saved_per_run", Range(2, 3, 4), "Minutes saved a run: 3 min, from 2 to 4"),
        ("hourly_rate", Range(45, 60, 75), "Hourly rate: $60 an hour, from 45 to 75"),
        ("plan_price", Range(99, 99, 99), "Plan: $99 a month"),
        ("credit_price", Range(0.02, 0.02, 0.02), "Credit: $0.02"),
        ("free_credits", Range(100, 100, 100), "Free credits: 100 credits a month"),
    ],
)
def test_an_assumption_is_told_with_its_unit_and_span(key, value, told):
    assert words.spanned(key, value) == told

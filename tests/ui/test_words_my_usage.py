"""One's own usage in words: what it was worth, and honest words for a better model."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics.community.assumptions import OF_PERSON, assumed
from analytics.community.efficiency import ModelUse, Swap
from analytics.community.person import DayUse, PackageUse, Usage
from analytics.community.roi import hours_saved, person_return, savings
from ui import words_models
from ui import words_my_usage as words

START = date(2026, 3, 1)
MONTH = Usage(START, START + timedelta(days=30), 342, 12, 487, 284_736, 2_145.0, (), (), ())
FASTER = Swap(
    figure="time",
    model="sonnet",
    instead_of="gpt-4o",
    saved=0.22,
    low=0.18,
    high=0.26,
    value=1_950.0,
    value_instead=2_500.0,
    runs=200,
    runs_instead=142,
    success=0.97,
    success_instead=0.965,
    worse_by=0.012,
    better_by=0.034,
)


def glance(usage, **stored):
    found = assumed(stored, OF_PERSON)
    saved = hours_saved(usage.runs, found["minutes_saved_per_run"].likely)
    estimate = person_return(usage.runs, usage.days, found)
    spent = savings(usage.credits, usage.days, found)
    lines = words.glance(usage, estimate, spent, found, saved)
    return [line.replace("\\", "").replace("**", "") for line in lines]


def test_the_golden_month():
    assert glance(MONTH) == [
        "342 runs with 487 credits in 30 days",
        "17.1 hours saved (Minutes saved a run: 3 min, from 2 to 4)",
        "$1,020 of time for $5.00: benefit / cost 204.0, ROI 203.0",
        "From $495 to $1,650 of time with the span of the assumptions",
        "Subscription $5.00, the same credits in packs $19.35: $14.35 saved, 74.2% less",
    ]


def test_where_packs_are_cheaper_that_is_said():
    line = glance(replace(MONTH, credits=120))[-1]
    assert line.endswith("in packs $1.00: packs are $4.00 cheaper")
    few = savings(120, 30, assumed({}, OF_PERSON))
    assert words.glance_title(few, 17.1) == "17.1 hours saved"


def test_the_title_names_hours_and_money():
    found = savings(487, 30, assumed({}, OF_PERSON))
    assert words.glance_title(found, 17.1) == "17.1 hours and $14.35 saved"


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ((0, 0, 0), "Active on 0 days of a year"),
        ((0, 4, 0), "Active on 1 day of a year"),
        ((1, 0, 1), "Active on 2 days of a year"),
        ((2, 1, 0, 1, 1, 1), "Active on 5 days of a year, 3 in a row at most"),
    ],
)
def test_days_in_a_row_are_counted(runs, told):
    daily = tuple(DayUse(START + timedelta(days=n), many, 0) for n, many in enumerate(runs))
    assert words.calendar_finding(replace(MONTH, daily=daily)) == told


def test_the_favourite_package_is_named():
    uid = "00000000-0000-0000-0000-000000000000"
    assert words.packages_finding([PackageUse(uid, "seo", 87, 104, 4.9, 3)]) == (
        "seo is your favourite, with 87 runs"
    )
    assert words.packages_finding([]) == "Packages"


def test_a_faster_model_takes_less_time_and_is_not_called_faster():
    told = words_models.swap(FASTER).replace("\\", "").replace("**", "")
    assert told == (
        "sonnet takes 22% less time than gpt-4o (95%: 18% to 26%): 1.95 s in place of 2.50 s "
        "a run. Without error: 97.0% against 96.5%; the difference is -1.2 to +3.4 points (95%)."
    )
    assert "faster" not in told


def test_a_cheaper_model_is_told_in_credits():
    cheaper = replace(FASTER, figure="credits", value=1.0, value_instead=2.02, saved=0.51)
    told = words_models.swap(cheaper).replace("\\", "").replace("**", "")
    assert "51% fewer credits" in told
    assert "1.00 in place of 2.02 credits a run" in told


def test_a_swap_says_by_how_much_success_may_be_lower():
    better = replace(FASTER, worse_by=-0.007)
    titles = [words_models.swaps_title(found) for found in ([FASTER], [better], [])]
    assert titles == [
        "sonnet: 22% less time, success at most 5 points lower",
        "sonnet: 22% less time, with fewer failures",
        "No better model is shown",
    ]


def test_a_models_name_is_only_text():
    hostile = replace(FASTER, model="![x](https://evil.example/a.png)")
    assert "![x](" not in words_models.swap(hostile)


def test_the_model_that_is_used_most_is_named():
    models = [ModelUse("gpt-4o", 29, 0, 0, 0, None), ModelUse("", 21, 0, 0, 0, None)]
    assert words_models.finding(models, "your") == "gpt-4o made 58% of your runs"
    assert words_models.name("") == "not told"
    assert words_models.finding([], "your") == "Models"

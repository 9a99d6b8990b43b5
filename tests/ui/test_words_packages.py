"""Packages in words: what is published, and what was found for their authors."""

from datetime import date
from math import inf, nan
from types import SimpleNamespace

import pandas as pd
import pytest

from analytics.community.author.against import Change
from analytics.community.author.decline import Days, Decline
from analytics.community.author.insights import Failing
from analytics.community.author.releases import Releases, Uptake
from analytics.community.best import Best
from analytics.community.intervals import Interval
from analytics.community.packages import Growth
from ui import words_insights as insights
from ui import words_packages as words

PAIR = ("2.0.0", "1.5.0")
HOSTILE = "[x](http://evil.example) <b>"


def test_the_best_model_is_told_with_both_intervals():
    found = Best("sonnet", 0.981, 0.97, 0.988, "gpt-4o", 0.935, 0.907, 0.955)
    assert insights.insight(found).replace("\\", "") == (
        ":material/check_circle: Works best on **sonnet**: 98.1% (97.0 to 98.8) of runs succeed, "
        "on gpt-4o 93.5% (90.7 to 95.5)."
    )
    assert words.best(found) == ("Works best on sonnet: 98.1% of runs succeed, 93.5% on gpt-4o")


CHANGES = {
    "rated above": (
        Change("rating", *PAIR, 4.7, 4.3, 312, 298, 0.4, Interval(0.21, 0.58)),
        "**2.0.0** is rated 0.4 stars above 1.5.0 (4.7 in 312 ratings against 4.3 in 298; "
        "0.2 to 0.6).",
    ),
    "rated below": (
        Change("rating", *PAIR, 4.0, 4.3, 99, 98, -0.3, Interval(-0.5, -0.1)),
        "**2.0.0** is rated 0.3 stars below 1.5.0 (4.0 in 99 ratings against 4.3 in 98; "
        "0.1 to 0.5).",
    ),
    "succeeds": (
        Change("success", *PAIR, 0.981, 0.935, 847, 400, 0.046, Interval(0.023, 0.075)),
        "**2.0.0** succeeds more often than 1.5.0: 98.1% of runs against 93.5% "
        "(2.3 to 7.5 points, of 847 and 400 runs).",
    ),
    "takes less time": (
        Change("duration", *PAIR, 1950.0, 2500.0, 200, 142, -0.22, Interval(-0.26, -0.18)),
        "**2.0.0** takes 22% less time than 1.5.0 (18 to 26%): 1.95 s against 2.50 s.",
    ),
    "takes more time": (
        Change("duration", *PAIR, 250.0, 200.0, 9, 9, 0.25, Interval(0.1, 0.4)),
        "**2.0.0** takes 25% more time than 1.5.0 (10 to 40%): 250 ms against 200 ms.",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_says_how_much_by_what_evidence(case):
    found, sentence = CHANGES[case]
    assert insights.insight(found).replace("\\", "").endswith(sentence)
    good = insights.insight(found).startswith(insights.GOOD)
    assert good is (case in ("rated above", "succeeds", "takes less time"))


def uptake(decline):
    return Uptake("2.0.0", date(2026, 3, 1), 0.58, 551, decline)


def test_adoption_says_when_older_versions_could_be_dropped():
    found = Decline(0.42, Days(11.0, 9.6, 13.2), Days(33.8, 29.0, 41.0), 14)
    assert (
        insights.insight(uptake(found))
        .replace("\\", "")
        .endswith(
            "Adoption of **2.0.0** is 58% of the runs by now, half-life 11 days (10 to 13); "
            "older versions could be dropped in about 5 weeks (4 to 6)."
        )
    )


def test_an_open_end_and_what_is_over_are_told():
    slow = Decline(0.42, Days(11.0, 6.0, 900.0), Days(33.8, 20.0, inf), 4)
    assert "about 5 weeks (3 or more)" in insights.insight(uptake(slow))
    over = Decline(0.04, Days(3.0, 2.0, 4.0), Days(0.0, 0.0, 0.0), 9)
    assert "fewer than 5% are on older versions, which could be dropped" in insights.insight(
        uptake(over)
    )


def test_without_a_trend_adoption_says_so():
    assert (
        insights.insight(uptake(None))
        .replace("\\", "")
        .endswith("is 58% of the runs of the last seven days (551); no trend is clear yet.")
    )


def test_the_most_frequent_error_is_told_with_its_share():
    found = Failing("timeout", 124, 200, Interval(0.551, 0.684))
    assert (
        insights.insight(found)
        .replace("\\", "")
        .endswith("makes 62% of the failures (55 to 68): 124 of 200 in 90 days or more.")
    )


@pytest.mark.parametrize(
    "found",
    [
        Failing(HOSTILE, 124, 200, Interval(0.551, 0.684)),
        Best(HOSTILE, 0.9, 0.8, 0.95, HOSTILE, 0.7, 0.6, 0.8),
        Change("rating", HOSTILE, HOSTILE, 4.7, 4.3, 312, 298, 0.4, Interval(0.2, 0.6)),
        Uptake(HOSTILE, date(2026, 3, 1), 0.5, 9, None),
    ],
)
def test_no_name_becomes_a_link_or_html(found):
    told = insights.insight(found)
    assert "[x](" not in told
    assert "<b>" not in told.replace("\\<", "")


def made(*changes):
    empty = pd.DataFrame()
    return Releases(empty, empty, empty, tuple(changes), None)


def test_the_scorecard_tells_what_is_beyond_chance():
    rated, faster = CHANGES["rated above"][0], CHANGES["takes less time"][0]
    unsure = Change("success", *PAIR, 0.9, 0.89, 50, 50, 0.01, Interval(-0.1, 0.1))
    told = insights.scorecard_finding(made(rated, unsure, faster))
    assert told == "2.0.0 against 1.5.0: 0.4 stars more and 22% less time"
    assert insights.scorecard_finding(made(unsure)) == (
        "2.0.0 differs from 1.5.0 in nothing beyond chance"
    )
    assert insights.scorecard_finding(made()) == "Nothing to compare a version with yet"


def test_growth_people_and_ratings_are_short():
    assert words.weekly(Growth(128, 100)) == "+28% this week"
    assert words.weekly(None) == ""
    assert (words.at_least(85), words.at_least(0)) == ("85+", "\u2013")
    assert (words.rated(4.68, 312), words.rated(None, 0)) == ("4.7 of 5", "\u2013")
    assert (words.ratings(1), words.ratings(0)) == ("1 rating", "")


def test_runs_that_are_not_published_are_no_zero():
    assert (words.runs(2_757), words.runs(0)) == ("2,757", "\u2013")
    assert insights.own_finding(1, 0) == "1 package, no run published yet"
    assert insights.own_finding(2, 5_623) == "2 packages, run 5,623 times"


@pytest.mark.parametrize(
    ("audiences", "told"),
    [
        (
            {"person": 487, "ci": 183, "mirror": 76, "bot": 36, "other": 23},
            "487 downloads by people, 295 by CI, bots and mirrors, 23 not told apart",
        ),
        ({"person": 1}, "1 download by people"),
        ({"person": 5, "other": 2}, "5 downloads by people, 2 not told apart"),
    ],
)
def test_downloads_that_are_not_told_apart_are_nobodys(audiences, told):
    assert words.downloads_finding(SimpleNamespace(audiences=audiences)) == told


def differing(**measures):
    rows = [
        {"version": "2.0.0", "against": "1.5.0", "measure": measure}
        | dict(zip(("difference", "low", "high"), values, strict=True))
        for measure, values in measures.items()
    ]
    return SimpleNamespace(differences=rows)


def test_a_version_is_compared_with_the_one_before_it():
    found = differing(
        success=(0.011, -0.004, 0.026), duration_ms=(0.1, nan, nan), rating=(-0.54, -0.71, -0.31)
    )
    assert words.compared(found) == (
        "2.0.0 against 1.5.0: success +1.1 points (-0.4 to +2.6), "
        "rating -0.54 stars (-0.71 to -0.31)"
    )


def test_versions_that_can_not_be_compared_are_not():
    for nothing in (None, differing(), differing(duration_ms=(0.1, nan, nan))):
        assert words.compared(nothing) == ""


def test_the_most_downloaded_part_is_named_with_its_share():
    rows = pd.DataFrame({"value": ["2.0.0", "other"], "share": [0.58, 0.42]})
    assert words.part_finding(rows, "version") == "2.0.0 makes 58%"
    assert words.part_finding(rows[1:], "version") == "By version"


def test_failures_of_too_few_people_are_told_as_such():
    rows = pd.DataFrame({"error_type": ["other"], "failures": [118], "share": [1.0]})
    assert insights.errors_finding(rows) == (
        "118 failures, of too few people each to tell their types"
    )
    named = rows.assign(error_type="timeout", share=0.62)
    assert insights.errors_finding(named) == "timeout makes 62% of the failures"
    assert insights.errors_finding(rows[:0]) == "Failures"


def test_a_number_stands_with_its_interval_in_one_column():
    rows = pd.DataFrame(
        {"success": [0.979, 0.5, None], "low": [0.97, None, None], "high": [0.985, None, None]}
    )
    assert words.success(rows).tolist()[:2] == ["97.9% (97.0 to 98.5)", "50.0%"]
    assert words.success(rows).isna().tolist() == [False, False, True]


def test_what_was_not_told_or_put_together_has_a_name():
    values = words.named(pd.Series(["m1", "", "other"]), words.NOT_TOLD)
    assert values.tolist() == ["m1", "Not told", "Other"]

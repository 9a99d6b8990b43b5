"""Feedback in words."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from analytics.feedback.metrics import MEASURES
from analytics.feedback.scores import Score
from analytics.feedback.sentiment_accuracy import Accuracy
from analytics.filters import Filters
from ui import words_feedback

NPS, RATING = MEASURES["nps"], MEASURES["rating"]
NOW = datetime(2026, 4, 20, tzinfo=UTC)
FILTERS = Filters(1, "UTC", "opt-in", date(2026, 3, 2), date(2026, 3, 30), now=NOW)


@pytest.mark.parametrize(
    ("number", "unit", "expected"),
    [
        (34.4, "points", "+34"),
        (-3.6, "points", "-4"),
        (0.8214, "share", "82.1%"),
        (5.6, "of 7", "5.60"),
        (None, "points", "\u2013"),
    ],
)
def test_a_score_is_written_in_its_unit(number, unit, expected):
    assert words_feedback.value(number, unit) == expected


def test_a_score_says_what_it_rests_on():
    score = Score(NPS, 45.0, 17.0, 73.0, n=40, shown=80, answered=40)
    assert words_feedback.sureness(score) == "± 28 · 40 answers · 50% responded"
    assert words_feedback.sureness(Score(NPS)) == "No answers"
    alone = Score(RATING, 1.0, 0.2065, 1.0, n=1)
    assert words_feedback.sureness(alone) == "± 39.7 points · 1 answer"


def test_an_interval_ends_where_the_scale_does_and_few_answers_are_visible():
    ces = Score(MEASURES["ces"], 6.0, 3.5, 7.0, n=3)
    assert words_feedback.sureness(ces) == "3.50 to 7 · few answers (3)"
    equal = Score(NPS, 100.0, None, None, n=4)
    assert words_feedback.sureness(equal) == "few answers (4)"
    assert "no interval" in words_feedback.explained(equal)


def test_few_answers_and_chance_are_named():
    few = Score(NPS, 45.0, 17.0, 73.0, n=20, change=3.0, change_margin=20.0, change_n=40)
    told = words_feedback.explained(few)
    assert "It rests on few answers." in told
    assert "within chance" in told
    sure = Score(NPS, 45.0, 44.0, 46.0, n=2000, change=30.0, change_margin=2.0, change_n=900)
    assert "few" not in words_feedback.explained(sure)
    assert "chance" not in words_feedback.explained(sure)


def test_a_change_within_chance_is_no_clear_one():
    moved = Score(RATING, 0.8, 0.7, 0.9, n=60, change=-0.12, change_margin=0.05, change_n=60)
    told = words_feedback.trend_finding([moved], RATING, FILTERS)
    assert told == "Good ratings down 12.0 points on 4 weeks earlier"
    level = Score(RATING, 0.8, 0.7, 0.9, n=60, change=-0.02, change_margin=0.05, change_n=60)
    told = words_feedback.trend_finding([level], RATING, FILTERS)
    assert told == "Good ratings: no clear change on 4 weeks earlier"


def test_without_an_earlier_time_the_score_itself_is_the_finding():
    alone = Score(NPS, 21.0, 12.0, 30.0, n=262)
    told = words_feedback.trend_finding([alone], NPS, FILTERS)
    assert told.startswith("NPS +21, ")
    assert "+" not in words_feedback.trend_finding([Score(NPS)], NPS, FILTERS)


def test_answers_to_nps_are_told_as_promoters_and_detractors():
    rows = [("10", 3, 0.3), ("9", 2, 0.2), ("8", 1, 0.1), ("6", 4, 0.4)]
    answers = pd.DataFrame(rows, columns=["answer", "n", "share"])
    told = words_feedback.answers_finding(answers, NPS)
    assert told == "50% recommend it (9 or 10), 40% do not (0 to 6)"
    assert words_feedback.answers_finding(answers, RATING) == "40% of 10 answers: 6"


def test_parts_are_compared_where_enough_answered():
    rows = [("2.0", 40.0, 50), ("1.9", -10.0, 30), ("1.0", 100.0, 3)]
    parts = pd.DataFrame(rows, columns=["series", "value", "n"])
    told = words_feedback.parts_finding(parts, NPS, "Version")
    assert told == "Version: from -10 (1.9) to +40 (2.0)"
    assert words_feedback.parts_finding(parts.head(1), NPS, "Version") == "NPS by version"


def test_a_theme_that_rises_comes_before_the_largest():
    columns = ["name", "comments", "recent", "change"]
    themes = pd.DataFrame([("slow", 90, 80, 0.1), ("sync", 40, 40, 0.8)], columns=columns)
    assert words_feedback.themes_finding(themes, "pain") == "Pain points: “sync” rises by 80%"
    told = words_feedback.themes_finding(themes.head(1), "pain")
    assert told == "Pain points: most often “slow”, 90 comments"
    assert words_feedback.themes_finding(themes.head(0), "request") == "Requests"


def test_the_weeks_after_are_told_with_their_interval_when_enough_people_are_there():
    names = ["week", "people", "rest_people", "share", "rest_share", "difference"]
    ends = ["difference_low", "difference_high"]
    rows = [(1, 40, 90, 0.5, 0.8, -0.3, -0.45, -0.15), (2, 4, 80, 0.25, 0.7, -0.45, -0.7, 0.1)]
    weeks = pd.DataFrame(rows, columns=[*names, *ends])
    assert words_feedback.afterwards_finding(weeks) == (
        "50% were active in week 1, of others 80% (difference -45.0 points to -15.0 points)"
    )
    unclear = weeks.head(1).assign(difference_low=-0.6, difference_high=0.01)
    assert words_feedback.afterwards_finding(unclear).startswith("No clear difference: 50% were")
    assert "Too few people" in words_feedback.afterwards_finding(weeks.tail(1))


def test_what_is_known_of_a_comment_is_one_line_without_markup():
    comment = {
        "said_at": pd.Timestamp("2026-03-02 10:05"),
        "kind": "rating",
        "score": 2,
        "helpful": False,
        "sentiment": "negative",
        "corrected": True,
        "subject": "*export*",
        "package": "",
        "platform": "web",
        "app_version": "2.0",
        "plan": "pro",
        "themes": "slow",
        "masked": 1,
    }
    told = words_feedback.about(comment)
    assert told.replace("\\", "") == (
        "2 Mar 2026, 10:05 · Rating 2 · Not helpful · Negative (corrected) · *export* · web · 2.0"
        " · pro · slow · 1 masked"
    )
    assert "\\*export\\*" in told
    empty = comment | {"score": pd.NA, "helpful": pd.NA, "sentiment": "", "corrected": False}
    assert "Rating · Waits for its score" in words_feedback.about(empty).replace("\\", "")


def test_accuracy_is_told_with_its_interval():
    checked = Accuracy(n=40, right=30, not_scored=0, share=0.75, low=0.6, high=0.86)
    told = words_feedback.accuracy_finding(checked)
    assert told == "Right in 75% of 40 comments that people checked (60% to 86%)"
    none = Accuracy(n=0, right=0, not_scored=2, share=None, low=None, high=None)
    assert words_feedback.accuracy_finding(none) == "How far the sentiment can be believed"

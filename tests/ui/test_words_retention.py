"""What the titles of retention and lifecycle say."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from analytics.filters import Filters
from analytics.product.retention import Doing, Terms, curves
from analytics.product.retention.answer import CELLS
from ui import words_lifecycle, words_retention

EXPORT = Doing("feature_use", "export")


def averages(**shares):
    """A curve that falls by the day: series with their shares on the days 0, 1, 2 and so on."""
    rows = [
        (series, day, 100, int(share * 100), share)
        for series, found in shares.items()
        for day, share in enumerate(found)
    ]
    return pd.DataFrame(rows, columns=["series", "interval", "size", "actors", "share"])


LONG = averages(All=[1, 0.5, 0.4, 0.4, 0.3, 0.3, 0.3, 0.25, 0.2])


@pytest.mark.parametrize(
    ("terms", "grain", "said"),
    [
        (Terms(), "day", "Of new users, 25% are back after a week"),
        (Terms(), "week", "Of new users, 50% are back in the week after"),
        (Terms(recurring=True), "month", "Of active users, 50% are back in the month after"),
        (
            Terms(start=EXPORT, or_later=True),
            "week",
            "Of those who did export for the first time, 50% are back in the week after or later",
        ),
        (
            Terms(start=EXPORT, back=EXPORT, recurring=True),
            "week",
            "Of those who did export, 50% do export in the week after",
        ),
    ],
)
def test_the_title_says_who_is_back_when(terms, grain, said):
    assert words_retention.finding(LONG, terms, grain, None) == said


def test_a_young_range_speaks_of_the_last_day_that_anybody_has_reached():
    young = averages(All=[1, 0.5, 0.4])
    assert words_retention.finding(young, Terms(), "day", None).endswith(
        "40% are back after 2 days"
    )
    assert "long enough" in words_retention.finding(averages(All=[1]), Terms(), "day", None)


def test_a_split_says_how_much_more_often_who_did_it_is_back():
    split = averages(All=[1, 0.2], **{"Did it": [1, 0.4], "Did not": [1, 0.1]})
    said = words_retention.finding(split, Terms(), "week", EXPORT)
    assert said == "Who did export at the start is back 4.0 times as often in the week after"


def test_text_of_users_is_not_markdown():
    terms = Terms(start=Doing("![x](//e)"))
    assert "![x]" not in words_retention.finding(LONG, terms, "day", None)


def test_the_table_compares_its_first_column_with_its_last():
    assert words_retention.milestone_finding(LONG, "day") == ("50% are back on day 1, 25% on day 7")
    assert words_retention.milestone_finding(LONG.iloc[:0], "day") == "After some time"


def test_days_of_the_week_are_told_apart():
    days = pd.to_datetime(["2026-03-02", "2026-03-07"])
    rows = {"series": "All", "cohort": days, "interval": 7, "size": 10, "actors": [4, 1]}
    cells = pd.DataFrame(rows).assign(share=[0.4, 0.1], ripe=True)[list(CELLS)].astype(CELLS)
    note = words_retention.curve_note(cells, "day", broken_down=True)
    assert "Monday to Friday: 40.0% after a week; on a weekend: 10.0%" in note
    assert words_retention.curve_note(cells.iloc[:1], "day", broken_down=False) == (
        "Pale: single cohorts."
    )
    assert curves(cells)["share"].tolist() == [0.25]


def test_the_lifecycle_speaks_of_the_last_whole_period():
    rows = {"new": [3, 1, 0], "resurrecting": [0, 2, 0], "dormant": [0, 2, 9]}
    phases = pd.DataFrame(rows).assign(complete=[True, True, False])
    phases["quick_ratio"] = [float("nan"), 1.5, 0.0]
    said = words_lifecycle.phases_finding(phases, "week")
    assert said == "In the last whole week 3 people were won and 2 lost"
    assert words_lifecycle.ratio_finding(phases) == ("1.50 people are won for each one who is lost")
    assert "complete yet" in words_lifecycle.phases_finding(phases.iloc[2:], "week")
    assert words_lifecycle.ratio_finding(phases.iloc[:1]) == "Nobody was lost"


def test_the_histogram_says_where_the_middle_is():
    days = pd.DataFrame({"days": [1, 2, 3], "share": [0.4, 0.2, 0.4]})
    assert words_lifecycle.days_finding(days) == ("Half of all people came on 2 days or fewer of 3")


def test_a_range_that_reaches_back_to_the_beginning_is_warned_of():
    began = datetime(2026, 3, 1, 9, tzinfo=UTC)
    now = datetime(2026, 6, 1, tzinfo=UTC)
    near = Filters(1, "UTC", "opt-out", date(2026, 3, 20), date(2026, 5, 1), now)
    far = Filters(1, "UTC", "opt-out", date(2026, 4, 20), date(2026, 5, 1), now)
    assert "began on 1 Mar 2026" in words_retention.beginning(began, near)
    assert words_retention.beginning(began, far) == words_retention.beginning(None, near) == ""

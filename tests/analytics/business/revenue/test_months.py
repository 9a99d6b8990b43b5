"""Which months a range of revenue is about."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from analytics.business.revenue.months import Months, every_month, months_of
from tests.analytics.business.revenue.books import asked, first


def test_the_present_month_is_shown_and_not_over(project):
    months = months_of(asked(project))
    assert months == Months(first("2026-01"), first("2026-07"), first("2026-08"))
    assert months.count == 6
    assert months.last == first("2026-06")


def test_a_range_within_months_is_about_all_of_them(project):
    filters = asked(project).over(date(2026, 2, 14), date(2026, 3, 2))
    assert months_of(filters) == Months(first("2026-02"), first("2026-04"), first("2026-04"))


def test_months_that_have_not_begun_are_none_of_them(project):
    months = months_of(asked(project, "2026-06", "2027-03"))
    assert (months.whole, months.end) == (first("2026-07"), first("2026-08"))


def test_a_range_in_the_future_holds_no_month(project):
    months = months_of(asked(project, "2027-01", "2027-03"))
    assert months.count == 0
    assert months.last is None
    assert months.over == []


@pytest.mark.parametrize(
    ("now", "whole"), [("2026-06-30T21:59", "2026-06"), ("2026-06-30T22:00", "2026-07")]
)
def test_a_month_is_over_at_midnight_of_the_project(berlin, now, whole):
    filters = asked(berlin, now=datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert months_of(filters).whole == first(whole)


def test_months_without_a_row_are_there_with_zeros(project):
    found = pd.DataFrame({"month": [first("2026-05")], "n": [3]})
    rows = every_month(found, replace(asked(project, "2026-04"), compare=False))
    assert rows["month"].dt.strftime("%Y-%m").tolist() == [
        "2026-04",
        "2026-05",
        "2026-06",
        "2026-07",
    ]
    assert rows["n"].tolist() == [0, 3, 0, 0]
    assert rows["complete"].tolist() == [True, True, True, False]

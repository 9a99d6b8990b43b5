"""The calendar of days: every day at its weekday in the column of its week."""

import pandas as pd
import pytest

from ui import charts

MARCH = pd.DataFrame(
    {"day": pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-08"]), "runs": [3, 0, 5]}
)


def rows():
    return charts.days(MARCH, value="runs", value_title="Runs").rows


def test_weeks_begin_on_monday_and_a_sunday_ends_one():
    assert rows()["weekday"].tolist() == ["Sun", "Mon", "Sun"]
    assert rows()["week"].dt.strftime("%Y-%m-%d").tolist() == [
        "2026-02-23",
        "2026-03-02",
        "2026-03-02",
    ]


def test_two_weeks_leave_a_gap_between_them():
    first, second = rows()["end"].iloc[0], rows()["week"].iloc[1]
    assert pd.Timedelta(0) < second - first < pd.Timedelta(days=1)


def test_days_are_told_in_words_with_their_number():
    assert rows()["when"].iloc[0] == "Sun 1 Mar 2026"
    assert rows()["value"].tolist() == [3.0, 0.0, 5.0]


@pytest.mark.parametrize("many", [0, 3])
def test_a_specification_does_not_depend_on_the_days(many):
    spec = charts.days(MARCH.head(many), value="runs", value_title="Runs").spec
    assert spec == charts.days(MARCH, value="runs", value_title="Runs").spec

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.experiments.statistics.course import band
from analytics.experiments.statistics.design import Design
from analytics.experiments.statistics.reading import reading
from tests.analytics.experiments.statistics.samples import SHARE, exposed, row, share

DESIGN = Design({"a": 1, "b": 1, "c": 1}, "a", planned=3_000)
ROWS = pd.DataFrame(
    [
        row("a", share(300, 60), day="2026-03-02"),
        row("b", share(300, 70), day="2026-03-02"),
        row("c", share(50, 9), day="2026-03-02"),
        row("b", share(200, 44), day="2026-03-04"),
        row("a", share(250, 50), day="2026-03-04"),
        row("c", share(200, 44), metric=2),
    ]
)


def test_the_course_ends_with_what_the_reading_shows_now():
    course = band(SHARE, DESIGN, ROWS)
    last = course[course["variant"] == "b"].iloc[-1]
    now = reading((SHARE,), DESIGN, ROWS, exposed(a=1, b=1, c=1)).estimates[0].now
    assert last["n"] == 500
    assert (last["lift"], last["low"], last["high"]) == (now.lift, now.lift_low, now.lift_high)
    assert last["difference_low"] == now.low


def test_a_variant_that_nobody_was_added_to_stays_as_it_was():
    course = band(SHARE, DESIGN, ROWS)
    c = course[course["variant"] == "c"]
    assert c["n"].tolist() == [50, 50]
    assert c["day"].tolist() == [pd.Timestamp("2026-03-02"), pd.Timestamp("2026-03-04")]


def test_a_lift_that_is_not_there_is_nan_and_the_difference_stays():
    scores = replace(SHARE, measure=replace(SHARE.measure, of="value"))
    rows = pd.DataFrame([row("a", share(300, 0)), row("b", share(300, 70))])
    numbers = band(scores, Design({"a": 1, "b": 1}, "a"), rows).iloc[0]
    assert np.isnan(numbers["lift"])


@pytest.mark.parametrize("sums", [ROWS.head(0), ROWS[ROWS["metric"] == 2]])
def test_without_rows_the_columns_and_their_kinds_stay(sums):
    course = band(SHARE, DESIGN, sums)
    assert course.empty
    assert course.dtypes.astype(str).to_dict() == {
        "day": "datetime64[s]",
        "variant": "object",
        "n": "int64",
        **dict.fromkeys(
            ("lift", "low", "high", "difference", "difference_low", "difference_high"), "float64"
        ),
    }

import numpy as np
import pandas as pd
import pytest

from analytics.measures.durations import GAMMA
from analytics.operations.alerts.levels import median
from analytics.operations.signals.points import Means, Rates, Spread, Totals
from analytics.operations.signals.single import Latest, Medians


def frame(*rows, columns=("value", "n")):
    at = pd.to_datetime([f"2026-03-02 {row[0]}" for row in rows]).astype("datetime64[us]")
    values = {name: [row[place + 1] for row in rows] for place, name in enumerate(columns)}
    return pd.DataFrame({"at": at} | values)


def at(*clock):
    times = np.array([f"2026-03-02T{each}" for each in clock], "datetime64[m]")
    return times.astype("int64")


def test_a_window_has_the_sum_of_the_counts_in_it():
    points = Totals.of(frame(("10:00", 3, 5), ("10:01", 4, 6), ("10:05", 9, 9)), 1)
    figures = points.over(at("10:02", "10:06", "11:00"), 5)
    assert figures.value.tolist() == [7, 13, 0]
    assert figures.n.tolist() == [11, 15, 0]


def test_a_share_is_that_of_all_tries_and_none_of_nothing():
    points = Means.of(frame(("10:00", 1.0, 1), ("10:01", 0.0, 9), ("10:02", np.nan, 0)), 1)
    figures = points.over(at("10:03", "12:00"), 10)
    assert figures.value[0] == pytest.approx(0.1)
    assert np.isnan(figures.value[1])
    assert figures.n.tolist() == [10, 0]


def test_a_percentile_is_that_of_the_merged_bins():
    rows = [("10:00", 100, 90), ("10:01", 150, 8), ("10:01", 200, 2)]
    points = Spread.of(frame(*rows, columns=("bin", "n")), 1, 0.95)
    figures = points.over(at("10:01", "10:02", "09:00"), 2)
    assert figures.value[:2] == pytest.approx([2 * GAMMA**b / (GAMMA + 1) for b in (100, 150)])
    assert np.isnan(figures.value[2])
    assert figures.n.tolist() == [90, 100, 0]


def test_a_rate_is_by_the_seconds_of_the_whole_stretches_of_a_window():
    points = Rates.of(frame(("10:00", 60, 60), ("10:01", 30, 30)), 1)
    assert points.over(at("10:02", "10:03"), 2).value.tolist() == [0.75, 0.25]
    hours = Rates.of(frame(("09:00", 7_200, 7_200), ("10:00", 3_600, 3_600)), 60)
    figures = hours.over(at("10:00", "11:30", "13:00"), 60)
    assert (figures.value.tolist(), figures.n.tolist()) == ([2, 1, 0], [7_200, 3_600, 0])


def test_a_median_is_that_of_the_single_values_of_a_window():
    rows = [("10:05", 40.0, 1), ("10:00", 1.0, 1), ("10:00", 9.0, 1), ("10:05", 2.0, 1)]
    points = Medians.of(frame(*rows), 5)
    figures = points.over(at("10:05", "10:10", "10:10", "11:00"), 10)
    assert figures.value[:3].tolist() == [5.0, 5.5, 5.5]
    assert np.isnan(figures.value[3])
    assert figures.n.tolist() == [2, 4, 4, 0]


def test_a_level_is_the_latest_that_is_over_and_not_too_old():
    points = Latest.of(frame(("10:00", 1.0, 7), ("11:00", 2.0, 8)), 60)
    figures = points.over(at("10:59", "11:00", "12:30", "15:01"), 180)
    assert figures.value.tolist()[1:3] == [1.0, 2.0]
    assert np.isnan(figures.value[[0, 3]]).all()
    assert figures.n.tolist() == [0, 7, 8, 0]


def test_a_window_is_made_of_whole_stretches_wherever_they_begin():
    half_past = frame(("09:30", 1, 1), ("10:30", 10, 10), ("11:30", 100, 100))
    points = Totals.of(half_past, 60)
    assert points.over(at("11:29", "11:30", "12:10"), 60).value.tolist() == [1, 10, 10]
    assert points.over(at("12:30"), 61).value.tolist() == [110]


def test_no_rows_give_no_figures():
    empty = frame(columns=("value", "n"))
    for points in (Totals.of(empty, 1), Rates.of(empty, 1)):
        assert points.over(at("10:00"), 5).value.tolist() == [0]
    nothing = (
        Means.of(empty, 1),
        Latest.of(empty, 1),
        Medians.of(empty, 1),
        Spread.of(frame(columns=("bin", "n")), 1, 0.5),
    )
    for points in nothing:
        assert np.isnan(points.over(at("10:00"), 5).value).all()


def test_the_median_leaves_out_what_is_missing():
    rows = np.array([[3.0, 1.0, 2.0], [np.nan, 4.0, 2.0], [np.nan, np.nan, 5.0], [np.nan] * 3])
    assert median(rows)[:3].tolist() == [2.0, 3.0, 5.0]
    assert np.isnan(median(rows)[3])

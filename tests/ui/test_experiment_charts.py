"""The charts of experiments: what is drawn of intervals and bands, and what is cut off."""

import pandas as pd

from ui import charts

DAYS = pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-03"])


def rows(*intervals):
    return pd.DataFrame(
        [
            {
                "label": f"m{place}\n{value}",
                "tone": "open",
                "value": value,
                "low": low,
                "high": high,
            }
            for place, (value, low, high) in enumerate(intervals)
        ]
    )


def band(*highs):
    frame = pd.DataFrame({"day": DAYS[: len(highs)], "series": "B", "n": 100, "high": highs})
    return frame.assign(value=frame["high"] / 2, low=-frame["high"])


def drawn(frame, **more):
    given = {"title": "Change", "number": "+.0%", "zone": "UTC", "line": 0.0, "line_label": "None"}
    return charts.course(frame, **(given | more))


def test_what_reaches_far_beyond_the_first_interval_is_cut_off_and_still_told():
    chart = charts.intervals(rows((0.1, 0.0, 0.2), (3.0, -5.0, 9.0)), title="Change")
    second = chart.rows.iloc[1]
    assert (second["to_low"], second["to_high"]) == (-0.6000000000000001, 0.6000000000000001)
    assert (second["low"], second["high"]) == (-5.0, 9.0)


def test_intervals_keep_their_order_and_stand_over_a_line_at_zero():
    spec = charts.intervals(rows((0.1, 0.0, 0.2), (0.2, 0.1, 0.3)), title="Change").to_dict()
    rule, span, _ = spec["layer"]
    assert rule["encoding"]["x"] == {"datum": 0}
    assert span["encoding"]["y"]["sort"] is None


def test_nothing_to_compare_is_an_empty_chart():
    none = rows((0.1, 0.0, 0.2)).head(0)
    assert charts.intervals(none, title="Change").rows.empty


def test_the_band_of_the_first_days_is_cut_off_so_that_the_last_can_be_seen():
    chart = drawn(band(4.0, 1.0, 0.5))
    days = chart.rows[chart.rows["kind"] == "day"]
    assert days["to_high"].tolist() == [1.5, 1.0, 0.5]
    assert days["to_low"].tolist() == [-1.5, -1.0, -0.5]
    assert days["high"].tolist() == [4.0, 1.0, 0.5]


def test_a_course_without_intervals_has_a_line_and_no_band():
    spec = drawn(band(4.0, 1.0).drop(columns=["low", "high"]), line=2.0).to_dict()
    marks = [layer["mark"]["type"] for layer in spec["layer"]]
    assert "area" not in marks
    assert marks.count("line") == 1


def test_the_goal_is_drawn_across_with_its_name():
    chart = drawn(band(1.0), line=500.0, line_label="Planned: 500")
    goal = chart.rows[chart.rows["kind"] == "line"].iloc[0]
    assert (goal["value"], goal["told"]) == (500.0, "Planned: 500")

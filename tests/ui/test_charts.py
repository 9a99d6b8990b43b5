"""What the charts draw: whole periods solid, unfinished ones dashed, a fixed colour a series."""

import pandas as pd

from analytics.metrics import METRICS
from ui import charts
from ui.charts import axes
from ui.charts.line import _line, drawn, traced
from ui.charts.marks import mark_rows

DAYS = pd.to_datetime(["2026-03-27", "2026-03-28", "2026-03-29"])


def series(name="All", which="current", complete=(True, True, False)):
    frame = pd.DataFrame({"period": DAYS, "value": [1.0, 2.0, 3.0], "complete": complete})
    return frame.assign(series=name, which=which, at=DAYS)


def spec(frame):
    return charts.line(frame, METRICS["actors"], grain="day", zone="UTC").to_dict()


def segment(frame, name):
    rows = traced(frame, "day")
    return rows.loc[rows["segment"] == name, "value"].tolist()


def test_the_unfinished_period_is_a_dashed_end_that_begins_at_the_last_whole_one():
    assert segment(series(), "solid") == [1, 2]
    assert segment(series(), "tail") == [2, 3]


def test_a_period_that_the_range_cuts_is_a_dashed_beginning():
    cut = series(complete=(False, True, True))
    assert segment(cut, "head") == [1, 2]
    assert segment(cut, "solid") == [2, 3]


def test_without_any_whole_period_all_is_dashed():
    assert segment(series(complete=(False,) * 3), "head") == [1, 2, 3]
    assert segment(series(complete=(False,) * 3), "solid") == []


def points_alone(frame):
    rows = charts.line(frame, METRICS["actors"], grain="day", zone="UTC").rows
    return rows.loc[rows["alone"], "value"].tolist()


def test_a_series_of_fewer_than_three_values_is_drawn_as_points():
    one = series().assign(value=[float("nan"), 2.0, float("nan")])
    assert points_alone(one) == [2.0]
    assert "datum.alone" in str(spec(one))
    assert points_alone(series()) == []
    assert "datum.alone" not in str(spec(series()))
    assert points_alone(pd.concat([series("web"), one.assign(series="ios")])) == [2.0]


def test_a_breakdown_draws_neither_the_total_nor_the_time_before():
    frame = pd.concat([series(), series("ios"), series("web"), series("web", "previous")])
    assert set(drawn(frame)["series"]) == {"ios", "web"}
    assert set(drawn(frame)["which"]) == {"current"}


def test_a_series_keeps_its_colour_when_others_are_filtered_away():
    order = ["web", "ios", "android"]
    assert axes.places(["web", "ios", "android"], order)[:3] == order
    assert axes.places(["android"], order)[2] == "android"
    assert axes.places(["android", "Other"], order)[axes.COLOURS - 1] == "Other"


def test_series_beyond_the_known_order_take_the_places_that_are_free():
    placed = axes.places(["x", "web"], ["web"])
    assert placed[:2] == ["web", "x"]


def test_axes_are_titled_with_their_units():
    axes = spec(series())["layer"][1]["encoding"]
    assert axes["x"]["axis"]["title"] == "Day (UTC)"
    assert axes["y"]["axis"]["title"] == "Active users (people)"


def test_an_empty_answer_still_makes_charts():
    assert spec(series().iloc[:0])["layer"]
    empty = pd.DataFrame({"what": [], "n": []})
    assert charts.bars(empty, label="what", value="n", label_title="", value_title="").rows.empty


def test_the_specification_is_built_once_for_all_that_differs_in_rows_only():
    _line.cache_clear()
    spec(series())
    spec(series().assign(value=7.0))
    assert _line.cache_info().misses == 1


MARKS = pd.DataFrame(
    {
        "at": pd.to_datetime(["2026-03-28 14:00", "2026-05-01 09:00"]),
        "title": ["Release 2.4", "too late"],
        "kind": ["release", "note"],
    }
)


def test_what_happened_in_the_time_drawn_is_marked():
    drawn_marks = charts.line(series(), METRICS["actors"], grain="day", zone="UTC", marks=MARKS)
    marked = drawn_marks.rows[drawn_marks.rows["segment"] == "mark"]
    assert marked["title"].tolist() == ["Release 2.4"]
    assert marked["when"].tolist() == ["Sat 28 Mar 2026, 14:00"]
    assert marked["kind"].tolist() == ["Release"]
    assert marked["period"].tolist() == [pd.Timestamp("2026-03-28", tz="UTC")]


def test_a_day_tells_what_happened_on_it():
    drawn_marks = charts.line(series(), METRICS["actors"], grain="day", zone="UTC", marks=MARKS)
    days = drawn_marks.rows[drawn_marks.rows["segment"] == "point"]
    told = {when.partition(": ")[2] for when in days["when"]}
    assert told == {"", "Release 2.4 (release)"}
    assert "Sat 28 Mar 2026: Release 2.4 (release)" in days["when"].tolist()


def test_incidents_are_named_where_no_name_lies_over_another():
    periods = pd.Series(pd.date_range("2026-03-01", "2026-03-28", tz="UTC"))
    kinds = {"2026-03-05": "incident", "2026-03-07": "incident", "2026-03-15": "incident",
             "2026-03-19": "release", "2026-03-27": "incident"}  # fmt: skip
    marks = pd.DataFrame({"at": pd.to_datetime(list(kinds)), "kind": list(kinds.values())})
    rows = mark_rows(marks.assign(title="Down"), periods, "day")
    assert rows["side"].tolist() == ["", "right", "", "", "left"]
    assert 6 / 27 + rows["room"][1] < 14 / 27  # ends before the rule of the next
    assert 26 / 27 - rows["room"][4] > 18 / 27
    alone = mark_rows(marks.iloc[-1:].assign(title="Down"), periods, "day")
    assert alone["side"].tolist() == ["left"]


def test_on_a_logarithmic_scale_nothing_is_drawn_where_there_is_nothing():
    frame = series().assign(value=[0.0, 2.0, 3.0])
    drawn_log = charts.line(frame, METRICS["events"], grain="day", zone="UTC", log=True)
    assert drawn_log.rows.loc[drawn_log.rows["segment"] == "point", "value"].isna().tolist()[0]


def test_lines_of_one_unit_share_a_pane():
    lines = [("A", METRICS["actors"]), ("B", METRICS["events"]), ("C", METRICS["failures"])]
    frame = pd.concat([series(name) for name, _ in lines])
    drawn_panes = charts.panes(frame, lines, grain="day", zone="UTC", marks=MARKS)
    rows = drawn_panes.rows
    assert rows.dropna(subset=["pane"]).groupby("series")["pane"].first().to_dict() == {
        "A": 0,
        "B": 1,
        "C": 1,
    }
    told = rows[rows["segment"] == "point"]
    assert told[["v0", "v1", "v2"]].iloc[0].tolist() == [1.0, 1.0, 1.0]
    assert len(drawn_panes.to_dict()["layer"]) == 2 + 1 + 3


def test_a_week_of_hours_has_a_place_for_each():
    week = pd.DataFrame({"weekday": [0, 6], "hour": [9, 23], "events": [2.0, float("nan")]})
    calendar = charts.calendar(week, value_title="Events an hour", zone="UTC")
    assert calendar.rows["when"].tolist() == ["Mon 09:00", "Sun 23:00"]
    assert calendar.to_dict()["layer"][0]["encoding"]["x"]["axis"]["title"] == "Hour (UTC)"


def test_what_the_map_has_no_shape_for_is_told_apart():
    places = pd.DataFrame(
        {
            "country": ["DE", "SG", "(not set)"],
            "name": ["Germany", "Singapore", "(not set)"],
            "value": [3.0, 2.0, 1.0],
        }
    )
    assert charts.world(places, METRICS["actors"]).rows["country"].tolist() == ["DE"]
    assert charts.off_the_map(places)["country"].tolist() == ["SG", "(not set)"]
    drawn_world = charts.world(places, METRICS["actors"]).to_dict()
    assert drawn_world["layer"][0]["data"]["values"]["type"] == "Topology"


def test_a_line_with_intervals_stands_in_a_band():
    frame = series().assign(low=0.5, high=9.5, n=7)
    drawn = charts.line(frame, METRICS["actors"], grain="day", zone="UTC")
    bands = [layer for layer in drawn.to_dict()["layer"] if layer["mark"]["type"] == "area"]
    assert [band["encoding"]["y2"]["field"] for band in bands] == ["high"]
    points = drawn.rows[drawn.rows["segment"] == "point"]
    assert points[["low", "high", "n"]].drop_duplicates().to_numpy().tolist() == [[0.5, 9.5, 7]]


def test_ticks_of_weeks_are_mondays():
    by_week = charts.line(series(), METRICS["actors"], grain="week", zone="UTC").to_dict()
    axis = by_week["layer"][1]["encoding"]["x"]["axis"]
    monday = pd.Timestamp("1970-01-05")
    assert monday.day_name() == "Monday"
    assert f"sequence({monday.value // 10**6} + 604800000" in axis["values"]["expr"]
    assert axis["values"]["expr"].count("time(domain('x')") == 2  # a date and a number are no sum
    assert "tickCount" not in axis

"""What the charts of retention, lifecycle and stickiness draw."""

import pandas as pd

from analytics.product.lifecycle.answer import LIFECYCLE
from analytics.product.retention import curves
from analytics.product.retention.answer import CELLS
from analytics.product.stickiness import ACTIVE_DAYS
from ui import charts
from ui.charts.heat import _heat

DAYS = pd.to_datetime(["2026-03-02", "2026-03-03"])
PARTS = {"returning": 0, "new": 2, "dormant": 1}


def cells(series="All"):
    """Two cohorts of days; the second has a day that is not over."""
    rows = [(0, 0, 4, 4, True), (0, 1, 4, 2, False), (1, 0, 2, 2, True)]
    columns = ["cohort", "interval", "size", "actors", "ripe"]
    frame = pd.DataFrame(rows, columns=columns)
    share = frame["actors"] / frame["size"]
    frame = frame.assign(cohort=DAYS[frame["cohort"]], share=share, series=series)
    return frame[list(CELLS)].astype(CELLS)


def ripe():
    return cells().assign(ripe=True)


def phases():
    rows = {"new": [3, 0], "returning": [0, 2], "resurrecting": 0, "dormant": [0, 1]}
    frame = pd.DataFrame({"period": DAYS, **rows, "active": [3, 2], "net": [3, -1]})
    frame = frame.assign(quick_ratio=[float("nan"), 0.0], complete=[True, False])
    return frame[list(LIFECYCLE)].astype(LIFECYCLE)


def stack(frame):
    return charts.stack(
        frame, parts=PARTS, below=("dormant",), grain="day", zone="UTC", title="People"
    )


def test_the_average_is_drawn_over_the_ripe_part_of_each_cohort():
    rows = charts.curves(curves(ripe()), ripe(), grain="day").rows
    assert rows["kind"].tolist() == ["average", "cohort"]
    rows = charts.curves(curves(cells()), cells(), grain="day").rows
    assert "cohort" not in rows["kind"].tolist(), "nothing is ripe after a day"


def test_the_interval_at_which_all_are_there_by_definition_is_left_out():
    assert charts.curves(curves(ripe()), ripe(), grain="day").rows["interval"].min() == 1
    back_by_other = ripe().assign(share=0.5, actors=1)
    assert (
        charts.curves(curves(back_by_other), back_by_other, grain="day").rows["interval"].min() == 0
    )


def test_a_breakdown_draws_its_parts_without_the_whole_and_the_cohorts():
    frame = pd.concat([ripe(), ripe().assign(series="web")])
    rows = charts.curves(curves(frame), frame, grain="day").rows
    assert set(rows["series"]) == {"web"}
    assert set(rows["kind"]) == {"average"}


def test_rows_of_cohorts_have_their_sizes_below_the_average():
    rows = charts.heat(curves(cells()), cells(), grain="day").rows
    assert rows["row"].drop_duplicates().tolist() == [
        "Average",
        "Mon 2 Mar \u00b7 4",
        "Tue 3 Mar \u00b7 2",
    ]
    assert rows.loc[~rows["ripe"].astype(bool), "column"].tolist() == ["1"]


def test_a_cohort_of_nobody_has_no_row_and_years_tell_days_apart():
    later = cells().assign(cohort=lambda frame: frame["cohort"] + pd.DateOffset(years=1))
    frame = pd.concat([cells(), later])
    names = charts.heat(curves(frame), frame, grain="day").rows["row"]
    assert names.nunique() == 5
    empty = cells().assign(size=0, actors=0, share=float("nan"))
    assert charts.heat(curves(empty), empty, grain="day").rows.empty


def test_what_is_below_zero_hangs_from_it():
    rows = stack(phases().assign(complete=True)).rows
    assert rows.loc[rows["part"] == "Dormant", "value"].tolist() == [0, -1]
    assert rows.loc[rows["part"] == "Returning", "value"].tolist() == [0, 2]


def test_who_is_missing_from_a_period_that_is_not_over_is_not_drawn():
    rows = stack(phases()).rows
    unfinished = rows[~rows["complete"]]
    assert set(unfinished["when"]) == {"3 Mar"}
    assert set(unfinished["part"]) == {"Returning", "New"}


def test_parts_keep_their_places_in_the_colours_of_the_theme():
    bars = stack(phases()).to_dict()["layer"][0]["encoding"]
    assert bars["color"]["scale"]["domain"][:3] == ["Returning", "Dormant", "New"]


def test_empty_answers_still_make_charts():
    empty = pd.DataFrame(columns=list(CELLS)).astype(CELLS)
    assert charts.curves(curves(empty), empty, grain="week").to_dict()
    assert charts.heat(curves(empty), empty, grain="week").to_dict()
    assert stack(pd.DataFrame(columns=list(LIFECYCLE)).astype(LIFECYCLE)).to_dict()
    days = pd.DataFrame(columns=list(ACTIVE_DAYS)).astype(ACTIVE_DAYS)
    assert charts.columns(
        days, number="days", count="actors", number_title="Days", count_title="People"
    ).to_dict()


def test_the_specification_is_built_once_for_all_that_differs_in_rows_only():
    _heat.cache_clear()
    charts.heat(curves(cells()), cells(), grain="day")
    charts.heat(curves(cells()), cells().assign(actors=1), grain="day")
    assert _heat.cache_info().misses == 1


def test_curves_name_their_start_and_what_is_counted():
    spec = charts.curves(curves(ripe()), ripe(), grain="week", start="the comment", back="Active")
    axes = spec.to_dict()["layer"][0]["encoding"]
    assert axes["x"]["axis"]["title"] == "Weeks after the comment"
    assert axes["y"]["axis"]["title"] == "Active (%)"

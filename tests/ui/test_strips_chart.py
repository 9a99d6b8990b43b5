"""Strips of what answered: shades that don't need colours, and gaps that are not good."""

import pandas as pd

from ui import charts
from ui.charts.strips import GOOD, MANY, SHADES, SOME

TREND = pd.DataFrame(
    {
        "period": pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]),
        "series": "Shop",
        "value": [1.0, 0.999, 0.99, None],
    }
)


def test_a_cell_is_all_good_or_tells_how_bad_and_no_probe_is_neither():
    rows = charts.strips(TREND, grain="day", zone="UTC").rows
    assert rows["state"].tolist()[:3] == [GOOD, SOME, MANY]
    assert pd.isna(rows["state"].tolist()[3])
    assert rows["when"].tolist() == ["1 Mar", "2 Mar", "3 Mar", "4 Mar"]


def test_a_row_without_a_period_is_not_drawn():
    spec = charts.strips(TREND, grain="day", zone="UTC").spec
    assert "datum.when && !isValid(datum.value)" in spec


def test_each_state_has_the_shade_that_it_is_given():
    shade = charts.strips(TREND, grain="day", zone="UTC").to_dict()["layer"][0]["encoding"]
    scale = shade["opacity"]["scale"]
    assert (scale["type"], scale["range"]) == ("ordinal", list(SHADES.values()))


def test_there_is_a_row_for_each_probe():
    two = pd.concat([TREND, TREND.assign(series="Mail")])
    one, both = (charts.strips(each, grain="day", zone="UTC").to_dict() for each in (TREND, two))
    assert both["height"] > one["height"]

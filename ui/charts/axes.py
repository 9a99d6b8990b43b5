"""What all charts share: rows with a specification, axes, legends, and the ink of the theme.

A chart is its rows and a specification that does not depend on them, so that Altair builds and
checks each only once. Colours come from the theme (.streamlit/config.toml), which has a light and a
dark set; ink is the text's own colour. Channels are typed objects: a bare string costs Altair five
times as long to read.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa
from streamlit.dataframe_util import convert_pandas_df_to_arrow_table

from analytics.measures.cutting import OTHER
from analytics.metrics import Metric

HEIGHT = 300
PADDING = {"left": 0, "top": 8, "right": 8, "bottom": 4}
# The theme's text colour by the ground: "currentColor" would be black in a picture that is saved.
INK: Any = alt.ExprRef("luminance(background) > 0.4 ? '#16191F' : '#E8EBF0'")
SOFT = 0.75  # the opacity of what is said quietly: 4.5:1 on either ground
PERIOD_FORMATS = {
    "hour": ("%H:%M, %-d %b", "Hour"),
    "day": ("%-d %b", "Day"),
    "week": ("%-d %b", "Week from"),
    "month": ("%b %Y", "Month"),
    "moment": ("%H:%M:%S", "Time"),
}
# Of a legend, by the card's width: the signal "width" changes while the legend is laid out.
LEGEND_COLUMNS = "containerSize()[0] < 560 ? 3 : 8"
# An axis title that is read like the head of a column.
AS_HEAD: dict[str, Any] = {"titleAngle": 0, "titleAlign": "right", "titleX": -6, "titleY": -8}
# All Mondays of the domain, in milliseconds: Vega's own weeks begin on Sundays, and day 4 after
# 1 January 1970 was a Monday. Labels that overlap leave out every other one.
MONDAYS: Any = alt.ExprRef(
    "sequence(345600000 + 604800000 * ceil((time(domain('x')[0]) - 345600000) / 604800000),"
    " time(domain('x')[1]) + 1, 604800000)"
)
COLOURS = 8  # in the theme's set; the last is a grey
UNITS = {"share": "%"}


@dataclass(frozen=True)
class Chart:
    """Rows, and the Vega-Lite specification (JSON) that draws them."""

    rows: pd.DataFrame
    spec: str

    @cached_property
    def table(self) -> pa.Table:
        """The rows as they are sent to a browser."""
        return convert_pandas_df_to_arrow_table(self.rows)

    def to_dict(self) -> dict[str, Any]:
        """The specification, to hand on."""
        spec: dict[str, Any] = json.loads(self.spec)
        return spec


def places(shown: Sequence[str], order: Sequence[str]) -> list[str]:
    """The series by their place in the set of colours; places that nobody has hold a stand-in.

    A series has its place in `order` also when others are filtered away, as far as colours reach.
    """
    found = {order.index(name): name for name in shown if name in order[: COLOURS - 1]}
    free = iter([place for place in range(COLOURS - 1) if place not in found])
    for name in shown:
        if name not in found.values() and name != OTHER:
            found[next(free, COLOURS)] = name
    found[COLOURS - 1] = OTHER
    return [found.get(place, f"no series {place}") for place in range(max(found) + 1)]


def stacked(layers: Sequence[alt.Chart], height: int) -> str:
    """The layers over each other, as JSON."""
    chart = alt.LayerChart(layer=list(layers)).properties(height=height, padding=PADDING)
    return json.dumps(chart.to_dict())


def legend(shown: Sequence[str], columns: str = LEGEND_COLUMNS) -> alt.Legend:
    """A legend above the chart, in the order shown; `columns` is how many stand side by side."""
    return alt.Legend(
        title=None,
        orient="top",
        values=list(shown),
        columns=alt.ExprRef(columns),
        labelColor=INK,
        labelOpacity=SOFT,
    )


def axis(title: str, **more: Any) -> alt.Axis:
    """An axis in the ink of the page."""
    ink: dict[str, Any] = {"labelColor": INK, "labelOpacity": SOFT}
    ink |= {"titleColor": INK, "titleOpacity": SOFT}
    return alt.Axis(title=title, **ink, **more)


def time_axis(grain: str, zone: str) -> alt.X:
    """Wall times of a zone, to the right."""
    pattern, title = PERIOD_FORMATS[grain]
    ticks: dict[str, Any] = {"values": MONDAYS} if grain == "week" else {"tickCount": 8}
    below = axis(f"{title} ({zone})", format=pattern, grid=False, labelOverlap=True, **ticks)
    return alt.X("period:T", scale=alt.Scale(type="utc"), axis=below)


def value_axis(metric: Metric) -> alt.Axis:
    """A metric, upwards, with its unit."""
    known = metric.unit.lower() == metric.label.lower()
    unit = "" if known else f" ({UNITS.get(metric.unit, metric.unit)})"
    number = ".3~p" if metric.unit == "share" else ",.4~r"  # tells ticks apart, however small
    return axis(metric.label + unit, format=number, tickCount=5, domain=False)


def number_format(metric: Metric, *, digits: int) -> str:
    """How a metric is written, in the terms of d3-format."""
    return f".{digits}~%" if metric.unit == "share" else f",.{digits}~f"

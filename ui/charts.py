"""Charts: one function a shape. They take frames of analytics and know no page.

Colours come from the theme (.streamlit/config.toml), which has a light and a dark set; a series
keeps its place in the set on every page, because the set is handed out by `order`. Channels are
typed objects: a bare string costs Altair five times as long to read.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from analytics.metrics import Metric

HEIGHT = 300
PADDING = {"left": 0, "top": 8, "right": 8, "bottom": 4}
INK = "currentColor"  # the text's colour, light or dark
SOFT = 0.75  # of the text's opacity: 4.5:1 on either ground
BEFORE = 0.42
PERIOD_FORMATS = {
    "hour": ("%H:%M, %-d %b", "Hour"),
    "day": ("%-d %b", "Day"),
    "week": ("%-d %b", "Week from"),
    "month": ("%b %Y", "Month"),
}
# An axis title that is read like the head of a column.
AS_HEAD: dict[str, Any] = {"titleAngle": 0, "titleAlign": "right", "titleX": -6, "titleY": -8}
COLOURS = 8  # in the theme's set
ALL, OTHER = "All", "Other"
UNITS = {"share": "%"}


def line(
    frame: pd.DataFrame, metric: Metric, *, grain: str, zone: str, order: Sequence[str] = ()
) -> alt.LayerChart:
    """Series over time: solid while periods are whole, dashed into the unfinished one.

    `frame` is what `analytics.product.trends.trend` returns. Without a breakdown the time before
    is a grey line and the present one has a ground.
    """
    frame = _drawn(frame)
    rows = _segments(frame)
    shown = list(dict.fromkeys(rows.loc[rows["which"] == "current", "series"]))
    x = _time_axis(grain, zone)
    y = alt.Y("value:Q", axis=_value_axis(metric), scale=alt.Scale(zero=True, nice=True))
    colour = _colour(shown, order)
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2)
        .encode(
            x=x,
            y=y,
            color=alt.condition(alt.datum.which == "previous", alt.value(INK), colour),
            strokeDash=alt.StrokeDash(
                "segment:N",
                legend=None,
                scale=alt.Scale(
                    domain=["head", "solid", "tail", "before"],
                    range=[[4, 4], [1, 0], [4, 4], [1, 0]],
                ),
            ),
            strokeOpacity=alt.condition(
                alt.datum.which == "previous", alt.value(BEFORE), alt.value(1)
            ),
            detail=[alt.Detail("series:N"), alt.Detail("segment:N")],
        )
    )
    points = _points(frame, metric, grain, x, y, colour)
    layers = [lines, points] if len(shown) > 1 else [_ground(rows, x, y), lines, points]
    return _stacked(layers, HEIGHT)


def bars(
    frame: pd.DataFrame, *, label: str, value: str, label_title: str, value_title: str
) -> alt.LayerChart:
    """Horizontal bars, longest first, each with its number at its end."""
    base = alt.Chart(frame).encode(
        y=alt.Y(
            f"{label}:N",
            sort=None,
            axis=_axis(label_title, labelLimit=150, labelPadding=6, **AS_HEAD),
        ),
        x=alt.X(
            f"{value}:Q",
            axis=_axis(value_title, labels=False, grid=False, titlePadding=4),
            scale=alt.Scale(domain=[0, float(frame[value].max()) * 1.25 if len(frame) else 1]),
        ),
        tooltip=[
            alt.Tooltip(f"{label}:N", title=label_title),
            alt.Tooltip(f"{value}:Q", title=value_title, format=","),
        ],
    )
    bar = base.mark_bar(cornerRadiusEnd=3, height=alt.RelativeBandSize(0.62))
    number = base.mark_text(align="left", dx=5, fontSize=12, color=INK, opacity=SOFT).encode(
        text=alt.Text(f"{value}:Q", format=",")
    )
    return _stacked([bar, number], max(60, 30 * len(frame) + 30))


def _stacked(layers: Sequence[alt.Chart], height: int) -> alt.LayerChart:
    chart = alt.LayerChart(layer=list(layers))
    return chart.properties(height=height, padding=PADDING)


def _segments(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows to join up, as lines of whole periods and dashed ends of those that are not.

    A dashed end begins at the whole period beside it, which so is in two lines.
    """
    parts = [frame[frame["which"] == "previous"].assign(segment="before")]
    for _, rows in frame[frame["which"] == "current"].groupby("series", sort=False):
        whole = rows["complete"].to_numpy().nonzero()[0]
        if not len(whole):
            parts.append(rows.assign(segment="head"))
            continue
        first, last = whole[0], whole[-1]
        parts.append(rows.iloc[: first + 1].assign(segment="head"))
        parts.append(rows.iloc[first : last + 1].assign(segment="solid"))
        parts.append(rows.iloc[last:].assign(segment="tail"))
    return pd.concat(parts, ignore_index=True)[["period", "series", "value", "which", "segment"]]


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    """The series of a breakdown without their total and the time before, or the total with it."""
    broken_down = frame["series"] != ALL
    if not broken_down.any():
        return frame
    return frame[broken_down & (frame["which"] == "current")]


def _ground(rows: pd.DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    area = alt.Chart(rows[rows["segment"] == "solid"]).mark_area(opacity=0.1)
    chart: alt.Chart = area.encode(x=x, y=y)
    return chart


def _points(
    frame: pd.DataFrame, metric: Metric, grain: str, x: alt.X, y: alt.Y, colour: alt.Color
) -> alt.Chart:
    """Points that show on hover, with the value, and where there is one that of the time before."""
    keys = ["period", "series"]
    current = frame.loc[frame["which"] == "current", [*keys, "value"]]
    before = frame.loc[frame["which"] == "previous", [*keys, "value"]]
    rows = current.merge(before, on=keys, how="left", suffixes=("", "_before"))
    near = alt.selection_point(
        fields=["period"], nearest=True, on="pointerover", clear="pointerout", empty=False
    )
    pattern, title = PERIOD_FORMATS[grain]
    tooltip = [
        alt.Tooltip("utc:N", title=title),
        alt.Tooltip("value:Q", title=metric.label, format=_format(metric)),
    ]
    rows["utc"] = rows["period"].dt.strftime(pattern if grain != "day" else "%a %-d %b %Y")
    if rows["series"].nunique() > 1:
        tooltip.insert(1, alt.Tooltip("series:N", title="Of"))
    if rows["value_before"].notna().any():
        tooltip.append(alt.Tooltip("value_before:Q", title="Before", format=_format(metric)))
    chart: alt.Chart = (
        alt.Chart(rows)
        .mark_circle(size=55)
        .encode(
            x=x,
            y=y,
            color=colour,
            opacity=alt.condition(near, alt.value(1), alt.value(0)),
            tooltip=tooltip,
        )
        .add_params(near)
    )
    return chart


def _colour(shown: Sequence[str], order: Sequence[str]) -> alt.Color:
    """A colour a series; the set's last colour, a grey, is for what is summed up as Other."""
    legend = None if len(shown) <= 1 else _legend(shown)
    return alt.Color("series:N", scale=alt.Scale(domain=places(shown, order)), legend=legend)


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


def _legend(shown: Sequence[str]) -> alt.Legend:
    columns = alt.ExprRef("width < 500 ? 3 : 8")
    return alt.Legend(
        title=None,
        orient="top",
        values=list(shown),
        columns=columns,
        labelColor=INK,
        labelOpacity=SOFT,
    )


def _axis(title: str, **more: Any) -> alt.Axis:
    ink: dict[str, Any] = {
        "labelColor": INK,
        "labelOpacity": SOFT,
        "titleColor": INK,
        "titleOpacity": SOFT,
    }
    return alt.Axis(title=title, **ink, **more)


def _time_axis(grain: str, zone: str) -> alt.X:
    pattern, title = PERIOD_FORMATS[grain]
    axis = _axis(f"{title} ({zone})", format=pattern, grid=False, labelOverlap=True, tickCount=8)
    return alt.X("period:T", scale=alt.Scale(type="utc"), axis=axis)


def _value_axis(metric: Metric) -> alt.Axis:
    unit = (
        ""
        if metric.unit.lower() == metric.label.lower()
        else f" ({UNITS.get(metric.unit, metric.unit)})"
    )
    return _axis(metric.label + unit, format=_format(metric, axis=True), tickCount=5, domain=False)


def _format(metric: Metric, *, axis: bool = False) -> str:
    if metric.unit == "share":
        return ".1~%" if axis else ".2~%"
    return ",~r" if axis else ",.4~r"

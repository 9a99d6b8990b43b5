"""Charts: one function a shape. They take frames of analytics and know no page.

A chart is its rows and a specification that does not depend on them, so that Altair builds and
checks each only once. Colours come from the theme (.streamlit/config.toml), which has a light and a
dark set; ink is the text's own colour. Channels are typed objects: a bare string costs Altair five
times as long to read.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from analytics.metrics import Metric

HEIGHT = 300
PADDING = {"left": 0, "top": 8, "right": 8, "bottom": 4}
INK, SOFT, BEFORE = "currentColor", 0.75, 0.42  # opacities; soft is 4.5:1 on either ground
PERIOD_FORMATS = {
    "hour": ("%H:%M, %-d %b", "Hour"),
    "day": ("%-d %b", "Day"),
    "week": ("%-d %b", "Week from"),
    "month": ("%b %Y", "Month"),
}
# An axis title that is read like the head of a column.
AS_HEAD: dict[str, Any] = {"titleAngle": 0, "titleAlign": "right", "titleX": -6, "titleY": -8}
COLOURS = 8  # in the theme's set; the last is a grey
ALL, OTHER = "All", "Other"
UNITS = {"share": "%"}
DASHES = {"head": [4, 4], "solid": [1, 0], "tail": [4, 4], "before": [1, 0]}


@dataclass(frozen=True, slots=True)
class Chart:
    """Rows, and the Vega-Lite specification (JSON) that draws them."""

    rows: pd.DataFrame
    spec: str

    def to_dict(self) -> dict[str, Any]:
        """The specification, to hand on."""
        spec: dict[str, Any] = json.loads(self.spec)
        return spec


def line(
    frame: pd.DataFrame, metric: Metric, *, grain: str, zone: str, order: Sequence[str] = ()
) -> Chart:
    """Series over time: solid while periods are whole, dashed into those that are not.

    `frame` is what `analytics.product.trends.trend` returns. Without a breakdown the time before
    is a grey line and the present one has a ground.
    """
    frame = drawn(frame)
    shown = tuple(dict.fromkeys(frame.loc[frame["which"] == "current", "series"]))
    rows = pd.concat([segments(frame), _points(frame, grain)], ignore_index=True)
    compared = bool(rows["before"].notna().any())
    return Chart(rows, _line(metric, grain, zone, shown, tuple(places(shown, order)), compared))


def bars(
    frame: pd.DataFrame, *, label: str, value: str, label_title: str, value_title: str
) -> Chart:
    """Horizontal bars in the frame's order, each with its number at its end."""
    rows = frame[[label, value]].set_axis(["label", "value"], axis=1)
    return Chart(rows, _bars(label_title, value_title, len(rows)))


def drawn(frame: pd.DataFrame) -> pd.DataFrame:
    """The series of a breakdown without their total and the time before, or the total with it.

    A browser would read the wall times of the project's zone as its own; as UTC, and drawn on an
    axis in UTC, they stay what they are.
    """
    frame = frame.assign(period=frame["period"].dt.tz_localize("UTC"))
    broken_down = frame["series"] != ALL
    return frame[broken_down & (frame["which"] == "current")] if broken_down.any() else frame


def segments(frame: pd.DataFrame) -> pd.DataFrame:
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
    return pd.concat(parts, ignore_index=True)[["period", "series", "value", "segment"]]


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


def _points(frame: pd.DataFrame, grain: str) -> pd.DataFrame:
    """A row a point to point at: its value, that of the time before, and its period in words."""
    keys = ["period", "series"]
    current = frame.loc[frame["which"] == "current", [*keys, "value"]]
    before = frame.loc[frame["which"] == "previous", [*keys, "value"]]
    rows = current.merge(before.rename(columns={"value": "before"}), on=keys, how="left")
    pattern = PERIOD_FORMATS[grain][0] if grain != "day" else "%a %-d %b %Y"
    return rows.assign(when=rows["period"].dt.strftime(pattern), segment="point")


@lru_cache(maxsize=512)
def _line(
    metric: Metric,
    grain: str,
    zone: str,
    shown: tuple[str, ...],
    domain: tuple[str, ...],
    compared: bool,
) -> str:
    legend = None if len(shown) <= 1 else _legend(shown)
    position: dict[str, Any] = {
        "x": _time_axis(grain, zone),
        "y": alt.Y("value:Q", axis=_value_axis(metric), scale=alt.Scale(zero=True, nice=True)),
    }
    colour = alt.Color("series:N", scale=alt.Scale(domain=list(domain)), legend=legend)
    base = alt.Chart().encode(**position)
    ground = base.transform_filter("datum.segment === 'solid'").mark_area(opacity=0.1)
    lines = base.transform_filter("datum.segment !== 'point'").mark_line(strokeWidth=2)
    is_before = alt.datum.segment == "before"
    lines = lines.encode(
        color=alt.condition(is_before, alt.value(INK), colour),
        strokeOpacity=alt.condition(is_before, alt.value(BEFORE), alt.value(1)),
        strokeDash=alt.StrokeDash(
            "segment:N",
            legend=None,
            scale=alt.Scale(domain=list(DASHES), range=list(DASHES.values())),
        ),
        detail=[alt.Detail("series:N"), alt.Detail("segment:N")],
    )
    near = alt.selection_point(
        fields=["period"], nearest=True, on="pointerover", clear="pointerout", empty=False
    )
    points = base.transform_filter("datum.segment === 'point'").mark_circle(size=55)
    points = points.encode(
        color=colour,
        opacity=alt.condition(near, alt.value(1), alt.value(0)),
        tooltip=_tooltip(metric, grain, named=len(shown) > 1, compared=compared),
    ).add_params(near)
    return _stacked([lines, points] if len(shown) > 1 else [ground, lines, points], HEIGHT)


@lru_cache(maxsize=64)
def _bars(label_title: str, value_title: str, count: int) -> str:
    head = _axis(label_title, labelLimit=150, labelPadding=6, **AS_HEAD)
    foot = _axis(value_title, labels=False, grid=False, titlePadding=4)
    room: list[Any] = [0, alt.ExprRef("width - 60")]  # the longest bar leaves place for its number
    base = alt.Chart().encode(
        y=alt.Y("label:N", sort=None, axis=head),
        x=alt.X("value:Q", axis=foot, scale=alt.Scale(range=room, domainMin=0, nice=False)),
        tooltip=[
            alt.Tooltip("label:N", title=label_title),
            alt.Tooltip("value:Q", title=value_title, format=","),
        ],
    )
    bar = base.mark_bar(cornerRadiusEnd=3, height=alt.RelativeBandSize(0.62))
    number = base.mark_text(align="left", dx=5, fontSize=12, color=INK, opacity=SOFT).encode(
        text=alt.Text("value:Q", format=",")
    )
    return _stacked([bar, number], 34 * count + 36)


def _stacked(layers: Sequence[alt.Chart], height: int) -> str:
    chart = alt.LayerChart(layer=list(layers)).properties(height=height, padding=PADDING)
    return json.dumps(chart.to_dict())


def _tooltip(metric: Metric, grain: str, *, named: bool, compared: bool) -> list[alt.Tooltip]:
    number = _format(metric, digits=2)
    tooltip = [alt.Tooltip("when:N", title=PERIOD_FORMATS[grain][1])]
    if named:
        tooltip.append(alt.Tooltip("series:N", title="Of"))
    tooltip.append(alt.Tooltip("value:Q", title=metric.label, format=number))
    if compared:
        tooltip.append(alt.Tooltip("before:Q", title="Before", format=number))
    return tooltip


def _legend(shown: Sequence[str]) -> alt.Legend:
    return alt.Legend(
        title=None,
        orient="top",
        values=list(shown),
        columns=alt.ExprRef("width < 500 ? 3 : 8"),
        labelColor=INK,
        labelOpacity=SOFT,
    )


def _axis(title: str, **more: Any) -> alt.Axis:
    ink: dict[str, Any] = {"labelColor": INK, "labelOpacity": SOFT}
    ink |= {"titleColor": INK, "titleOpacity": SOFT}
    return alt.Axis(title=title, **ink, **more)


def _time_axis(grain: str, zone: str) -> alt.X:
    pattern, title = PERIOD_FORMATS[grain]
    axis = _axis(f"{title} ({zone})", format=pattern, grid=False, labelOverlap=True, tickCount=8)
    return alt.X("period:T", scale=alt.Scale(type="utc"), axis=axis)


def _value_axis(metric: Metric) -> alt.Axis:
    known = metric.unit.lower() == metric.label.lower()
    unit = "" if known else f" ({UNITS.get(metric.unit, metric.unit)})"
    return _axis(metric.label + unit, format=_format(metric, digits=1), tickCount=5, domain=False)


def _format(metric: Metric, *, digits: int) -> str:
    return f".{digits}~%" if metric.unit == "share" else f",.{digits}~f"

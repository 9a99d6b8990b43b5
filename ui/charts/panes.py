"""Several metrics over one time axis: a pane a unit, as people and shares have no common scale."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from analytics.metrics import Metric
from ui.charts.axes import (
    INK,
    PADDING,
    PERIOD_FORMATS,
    UNITS,
    Chart,
    axis,
    legend,
    number_format,
    time_axis,
    value_axis,
)
from ui.charts.line import dashes, traced
from ui.charts.marks import mark_layers, mark_rows, with_marks
from ui.remembering import remembered

HEIGHTS = {1: 300, 2: 165, 3: 125, 4: 105}  # px of each pane
GAP = 26
AROUND = 70  # px of the legend above the panes and of the axis below them


@dataclass(frozen=True, slots=True)
class Look:
    """All that a specification depends on: the lines by their names, and how they are drawn."""

    lines: tuple[tuple[str, Metric], ...]
    grain: str
    zone: str
    log: bool
    marked: bool

    @property
    def units(self) -> list[str]:
        """The units, from the top pane down."""
        return list(dict.fromkeys(metric.unit for _, metric in self.lines))

    @property
    def height(self) -> int:
        """Of one pane, in px."""
        return HEIGHTS[len(self.units)]

    @property
    def total(self) -> int:
        """Of all panes with the gaps between them, in px."""
        return len(self.units) * (self.height + GAP) - GAP


@remembered
def panes(
    frame: pd.DataFrame,
    lines: Sequence[tuple[str, Metric]],
    *,
    grain: str,
    zone: str,
    marks: pd.DataFrame | None = None,
    log: bool = False,
) -> Chart:
    """The named lines, each a series of `frame`, which else is like that of `line`."""
    frame = frame.assign(period=frame["period"].dt.tz_localize("UTC"))
    if log:
        frame = frame.assign(value=frame["value"].where(frame["value"] > 0))
    happened = mark_rows(marks, frame["period"], grain)
    look = Look(tuple(lines), grain, zone, log, marked=not happened.empty)
    pane = {name: look.units.index(metric.unit) for name, metric in lines}
    drawn = traced(frame, grain)
    told = drawn["segment"] == "point"
    joined = drawn.loc[~told, ["period", "series", "value", "segment"]]
    parts = [joined.assign(pane=joined["series"].map(pane)), _together(drawn[told], look)]
    rows = pd.concat(parts, ignore_index=True)
    return Chart(with_marks(rows, happened) if look.marked else rows, _panes(look))


def _together(points: pd.DataFrame, look: Look) -> pd.DataFrame:
    """A row a period with the values of all lines, to point at."""
    names = {name: f"v{place}" for place, (name, _) in enumerate(look.lines)}
    wide = points.pivot(index=["period", "when"], columns="series", values="value")
    return wide.rename(columns=names).reset_index().assign(segment="point")


@lru_cache(maxsize=256)
def _panes(look: Look) -> str:
    near = alt.selection_point(
        fields=["period"], nearest=True, on="pointerover", clear="pointerout", empty=False
    )
    x = time_axis(look.grain, look.zone)
    layers = [_pane(look, place, x, near) for place in range(len(look.units))]
    shown = alt.condition(near, alt.value(0.45), alt.value(0))
    pointer = (
        alt.Chart()
        .transform_filter("datum.segment === 'point'")
        .mark_rule(color=INK)
        .encode(x=x, opacity=shown, tooltip=_tooltip(look))
        .add_params(near)
    )
    marks = mark_layers(x) if look.marked else []
    chart = alt.LayerChart(layer=[*layers, pointer, *marks]).resolve_scale(y="independent")
    return json.dumps(chart.properties(height=look.total + AROUND, padding=PADDING).to_dict())


def _pane(look: Look, place: int, x: alt.X, near: alt.Parameter) -> alt.LayerChart:
    """The lines of one unit, in their part of the height."""
    top = place * (look.height + GAP)
    shares = [edge / look.total for edge in (top + look.height, top)]
    bounds: dict[str, Any] = {"nice": True}
    bounds["range"] = [alt.ExprRef(f"height * {share}") for share in shares]
    scale = alt.Scale(type="log", **bounds) if look.log else alt.Scale(zero=True, **bounds)
    names = [name for name, _ in look.lines]
    colour = alt.Color("series:N", scale=alt.Scale(domain=names), legend=legend(names))
    base = (
        alt.Chart()
        .transform_filter(f"datum.pane === {place}")
        .encode(x=x, y=alt.Y("value:Q", axis=_axis(look, place), scale=scale), color=colour)
    )
    line = base.mark_line(strokeWidth=2).encode(
        strokeDash=dashes(), detail=[alt.Detail("series:N"), alt.Detail("segment:N")]
    )
    dots = base.mark_circle(size=55).encode(
        opacity=alt.condition(near, alt.value(1), alt.value(0)),
    )
    return alt.LayerChart(layer=[line, dots])


def _axis(look: Look, place: int) -> alt.Axis:
    """Of the metric where the pane has one line, else of the unit."""
    unit = look.units[place]
    inside = [metric for _, metric in look.lines if metric.unit == unit]
    if len(inside) == 1:
        found = value_axis(inside[0])
    else:
        pattern = number_format(inside[0], digits=1)
        found = axis(UNITS.get(unit, unit).capitalize(), format=pattern, domain=False)
    if _digits(inside[0]) > 2:
        found.format = number_format(inside[0], digits=3)
    found.orient = "left"
    found.titleLimit = look.height
    found.grid = True
    found.tickCount = 5 if len(look.units) == 1 else 3
    return found


def _digits(metric: Metric) -> int:
    """Ratios of unlike things can be small."""
    return 3 if " per " in metric.unit else 2


def _tooltip(look: Look) -> list[alt.Tooltip]:
    values = [
        alt.Tooltip(f"v{place}:Q", title=name, format=number_format(metric, digits=_digits(metric)))
        for place, (name, metric) in enumerate(look.lines)
    ]
    return [alt.Tooltip("when:N", title=PERIOD_FORMATS[look.grain][1]), *values]

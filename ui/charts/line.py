"""Series over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from analytics.measures.cutting import ALL
from analytics.metrics import Metric
from ui.charts.axes import (
    HEIGHT,
    INK,
    PERIOD_FORMATS,
    Chart,
    legend,
    number_format,
    places,
    stacked,
    time_axis,
    value_axis,
)
from ui.charts.marks import mark_layers, mark_rows

BEFORE = 0.42  # the opacity of the time before
DASHES = {"head": [4, 4], "solid": [1, 0], "tail": [4, 4], "before": [1, 0]}
BAND = ("low", "high", "n")  # columns of an interval, and of how many answers it is made from
SOLID = "datum.segment === 'solid'"
DRAWN = "datum.segment !== 'point' && datum.segment !== 'mark'"


@dataclass(frozen=True, slots=True)
class Look:
    """All that a specification depends on but its series."""

    metric: Metric
    grain: str
    zone: str
    compared: bool
    log: bool
    marked: bool
    bounded: bool


def line(
    frame: pd.DataFrame,
    metric: Metric,
    *,
    grain: str,
    zone: str,
    order: Sequence[str] = (),
    marks: pd.DataFrame | None = None,
    log: bool = False,
) -> Chart:
    """Series over time: solid while periods are whole, dashed into those that are not.

    `frame` is what `analytics.product.trends.trend` returns. Without a breakdown the time before
    is a grey line and the present one has a ground. `marks` (at: local wall time, title, kind) are
    what happened meanwhile. On a logarithmic scale nothing is drawn where there is nothing. Where
    the frame has low, high and n, a single line stands in the band of its intervals.
    """
    frame = drawn(frame)
    shown = tuple(dict.fromkeys(frame.loc[frame["which"] == "current", "series"]))
    if log:
        frame = frame.assign(value=frame["value"].where(frame["value"] > 0))
    happened = mark_rows(marks, frame["period"], grain)
    rows = pd.concat([segments(frame), points(frame, grain)], ignore_index=True)
    compared = bool(rows["before"].notna().any())
    bounded = len(shown) == 1 and "low" in frame and bool(frame["low"].notna().any())
    look = Look(metric, grain, zone, compared, log, marked=not happened.empty, bounded=bounded)
    if look.marked:
        rows = pd.concat([rows, happened], ignore_index=True)
    return Chart(rows, _line(look, shown, tuple(places(shown, order))))


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


def dashes() -> alt.StrokeDash:
    """Solid for whole periods, dashed for those that are not."""
    scale = alt.Scale(domain=list(DASHES), range=list(DASHES.values()))
    return alt.StrokeDash("segment:N", legend=None, scale=scale)


def points(frame: pd.DataFrame, grain: str) -> pd.DataFrame:
    """A row a point to point at: its value, that of the time before, and its period in words."""
    keys = ["period", "series"]
    bounds = [column for column in BAND if column in frame]
    current = frame.loc[frame["which"] == "current", [*keys, "value", *bounds]]
    before = frame.loc[frame["which"] == "previous", [*keys, "value"]]
    rows = current.merge(before.rename(columns={"value": "before"}), on=keys, how="left")
    pattern = PERIOD_FORMATS[grain][0] if grain != "day" else "%a %-d %b %Y"
    return rows.assign(when=rows["period"].dt.strftime(pattern), segment="point")


@lru_cache(maxsize=512)
def _line(look: Look, shown: tuple[str, ...], domain: tuple[str, ...]) -> str:
    key = None if len(shown) <= 1 else legend(shown)
    scale = alt.Scale(type="log", nice=True) if look.log else alt.Scale(zero=True, nice=True)
    position: dict[str, Any] = {
        "x": time_axis(look.grain, look.zone),
        "y": alt.Y("value:Q", axis=value_axis(look.metric), scale=scale),
    }
    colour = alt.Color("series:N", scale=alt.Scale(domain=list(domain)), legend=key)
    base = alt.Chart().encode(**position)
    ground = _band(base) if look.bounded else base.transform_filter(SOLID).mark_area(opacity=0.1)
    lines = base.transform_filter(DRAWN).mark_line(strokeWidth=2)
    is_before = alt.datum.segment == "before"
    lines = lines.encode(
        color=alt.condition(is_before, alt.value(INK), colour),
        strokeOpacity=alt.condition(is_before, alt.value(BEFORE), alt.value(1)),
        strokeDash=dashes(),
        detail=[alt.Detail("series:N"), alt.Detail("segment:N")],
    )
    near = alt.selection_point(
        fields=["period"], nearest=True, on="pointerover", clear="pointerout", empty=False
    )
    dots = base.transform_filter("datum.segment === 'point'").mark_circle(size=55)
    dots = dots.encode(
        color=colour,
        opacity=alt.condition(near, alt.value(1), alt.value(0)),
        tooltip=_tooltip(look, named=len(shown) > 1),
    ).add_params(near)
    plain = len(shown) <= 1 and not look.log
    marked = mark_layers(position["x"]) if look.marked else []
    return stacked([*([ground] if plain else []), lines, dots, *marked], HEIGHT)


def _band(base: alt.Chart) -> alt.Chart:
    """The intervals of single periods."""
    points = base.transform_filter("datum.segment === 'point'")
    band: alt.Chart = points.mark_area(opacity=0.12)
    return band.encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))


def _tooltip(look: Look, *, named: bool) -> list[alt.Tooltip]:
    number = number_format(look.metric, digits=2)
    tooltip = [alt.Tooltip("when:N", title=PERIOD_FORMATS[look.grain][1])]
    if named:
        tooltip.append(alt.Tooltip("series:N", title="Of"))
    tooltip.append(alt.Tooltip("value:Q", title=look.metric.label, format=number))
    if look.bounded:
        tooltip += [
            alt.Tooltip("low:Q", title="At least", format=number),
            alt.Tooltip("high:Q", title="At most", format=number),
            alt.Tooltip("n:Q", title="Answers", format=","),
        ]
    if look.compared:
        tooltip.append(alt.Tooltip("before:Q", title="Before", format=number))
    return tooltip

"""Series over time."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
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
from ui.charts.marks import mark_layers, mark_rows, with_marks
from ui.remembering import remembered

BEFORE = 0.42  # the opacity of the time before
DASHES = {"head": [4, 4], "solid": [1, 0], "tail": [4, 4], "before": [1, 0]}
LINE = 3  # values of a series, from which on they are a line that is seen
BAND = ("low", "high", "n")  # columns of an interval, and of how many answers it is made from
SOLID = "datum.segment === 'solid'"
DRAWN = "datum.segment !== 'point' && datum.segment !== 'mark'"

Places = npt.NDArray[np.intp]


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
    sparse: bool = False


@remembered
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
    the frame has low, high and n, a single line stands in the band of its intervals. Of a series
    with fewer than three values, which are hardly a line, each is a point.
    """
    frame = drawn(frame)
    shown = tuple(dict.fromkeys(frame["series"].tolist()))
    if log:
        frame = frame.assign(value=frame["value"].where(frame["value"] > 0))
    happened = mark_rows(marks, frame["period"], grain)
    rows = traced(frame, grain)
    compared = bool(rows["before"].notna().any())
    bounded = len(shown) == 1 and "low" in frame and bool(frame["low"].notna().any())
    rows["alone"] = _alone(rows)
    look = Look(
        metric, grain, zone, compared, log,
        marked=not happened.empty, bounded=bounded, sparse=bool(rows["alone"].any()),
    )  # fmt: skip
    if look.marked:
        rows = with_marks(rows, happened)
    return Chart(rows, _line(look, shown, tuple(places(shown, order))))


def drawn(frame: pd.DataFrame) -> pd.DataFrame:
    """The series of a breakdown without their total and the time before, or the total with it.

    A browser would read the wall times of the project's zone as its own; as UTC, and drawn on an
    axis in UTC, they stay what they are.
    """
    frame = frame.assign(period=frame["period"].dt.tz_localize("UTC"))
    broken_down = frame["series"].to_numpy() != ALL
    if not broken_down.any():
        return frame
    present: pd.DataFrame = frame[broken_down & (frame["which"].to_numpy() == "current")]
    return present


def traced(frame: pd.DataFrame, grain: str) -> pd.DataFrame:
    """The rows to draw, by `segment`: lines of whole periods, dashed ends of others, and points.

    A dashed end begins at the whole period beside it, which so is in two lines. A point is there to
    be pointed at: it alone has its period in words (`when`), and the value of the time `before`.
    """
    current = frame["which"].to_numpy() == "current"
    of, whole = frame["series"].to_numpy(), frame["complete"].to_numpy()
    parts = [("before", np.flatnonzero(~current))]
    for name in dict.fromkeys(of[current]):
        parts += _dashed(np.flatnonzero(current & (of == name)), whole)
    points = np.flatnonzero(current)
    lines = np.concatenate([rows for _, rows in parts])
    columns = ["period", "series", "value", *(name for name in BAND if name in frame)]
    places = np.concatenate([lines, points])
    blank: list[Any] = [math.nan] * len(lines)
    made: dict[str, Any] = {name: frame[name].array.take(places) for name in columns}
    made |= {
        "segment": [name for name, rows in parts for _ in rows] + ["point"] * len(points),
        "before": blank + _before(frame, points),
        "when": blank + _in_words(frame["period"].take(points), grain),
    }
    return pd.DataFrame(made)


def _alone(rows: pd.DataFrame) -> list[bool]:
    """Whether a row is a point of a series that has too few values for a line."""
    told = zip(rows["series"], rows["value"], rows["segment"], strict=True)
    points = [series if which == "point" and v == v else None for series, v, which in told]
    values = Counter(points)
    return [series is not None and values[series] < LINE for series in points]


def _dashed(rows: Places, whole: "npt.NDArray[np.bool_]") -> list[tuple[str, Places]]:
    """The rows of one series, by segment."""
    inside = np.flatnonzero(whole[rows])
    if not len(inside):
        return [("head", rows)]
    first, last = inside[0], inside[-1]
    return [
        ("head", rows[: first + 1]),
        ("solid", rows[first : last + 1]),
        ("tail", rows[last:]),
    ]


def _before(frame: pd.DataFrame, points: Places) -> list[float]:
    """The value of the time before at each point."""
    values = frame["value"].tolist()
    periods, _ = pd.factorize(frame["period"])
    places = list(zip(periods.tolist(), frame["series"].tolist(), strict=True))
    earlier = set(range(len(frame))).difference(points.tolist())
    before = {places[row]: values[row] for row in earlier}
    return [before.get(places[row], math.nan) for row in points]


def _in_words(periods: "pd.Series[pd.Timestamp]", grain: str) -> list[str]:
    pattern = PERIOD_FORMATS[grain][0] if grain != "day" else "%a %-d %b %Y"
    return periods.dt.strftime(pattern).tolist()


def dashes() -> alt.StrokeDash:
    """Solid for whole periods, dashed for those that are not."""
    scale = alt.Scale(domain=list(DASHES), range=list(DASHES.values()))
    return alt.StrokeDash("segment:N", legend=None, scale=scale)


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
    seen = base.transform_filter("datum.alone === true").mark_circle(size=55, opacity=1)
    few = [seen.encode(color=colour)] if look.sparse else []
    plain = len(shown) <= 1 and not look.log
    marked = mark_layers(position["x"]) if look.marked else []
    return stacked([*([ground] if plain else []), lines, *few, dots, *marked], HEIGHT)


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

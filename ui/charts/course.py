"""How something that adds up went on by day, in its band, towards or around a line."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from ui.charts.axes import HEIGHT, INK, SOFT, Chart, axis, legend, stacked, time_axis
from ui.remembering import remembered

SHOWN = "%a %-d %b %Y"
WIDEST = 3.0  # how many times the reach of the last day others may take up; further is cut off


@dataclass(frozen=True, slots=True)
class Look:
    """All that a specification depends on: its words, its numbers, and what there is to draw."""

    title: str
    number: str
    zone: str
    series: tuple[str, ...]
    banded: bool
    counted: str


@remembered
def course(
    frame: pd.DataFrame,
    *,
    title: str,
    number: str,
    zone: str,
    line: float,
    line_label: str,
    counted: str = "People",
) -> Chart:
    """A line for each series, with its band where the frame has low and high.

    The frame has day (datetime64), series (str), value (float) and n (int64, named `counted` when
    pointed at), and may have low and high (float). `line` is a value drawn across: a goal, or zero.
    The band of the first days is wide, and cut off where the last one's would be a line beside it.
    """
    banded = "low" in frame and bool(frame["low"].notna().any())
    rows = frame.assign(
        period=frame["day"].dt.tz_localize("UTC"), when=frame["day"].dt.strftime(SHOWN), kind="day"
    ).drop(columns="day")
    if banded:
        last = frame.loc[frame["day"] == frame["day"].max(), ["low", "high"]]
        most = WIDEST * last.abs().max(axis=None)
        cut = frame[["value", "low", "high"]].clip(-most, most).add_prefix("to_")
        rows = pd.concat([rows, cut], axis=1)
    goal = pd.DataFrame([{"kind": "line", "value": line, "told": line_label}])
    series = tuple(dict.fromkeys(frame["series"]))
    look = Look(title, number, zone, series, banded, counted)
    return Chart(pd.concat([rows, goal], ignore_index=True), _course(look))


@lru_cache(maxsize=64)
def _course(look: Look) -> str:
    side = axis(look.title, format=look.number, tickCount=5, domain=False)
    scale = alt.Scale(zero=True, nice=True)
    key = legend(look.series) if len(look.series) > 1 else None
    base = (
        alt.Chart()
        .transform_filter("datum.kind === 'day'")
        .encode(
            x=time_axis("day", look.zone),
            y=alt.Y("to_value:Q" if look.banded else "value:Q", axis=side, scale=scale),
            color=alt.Color("series:N", scale=alt.Scale(domain=list(look.series)), legend=key),
        )
    )
    near = alt.selection_point(
        fields=["period"], nearest=True, on="pointerover", clear="pointerout", empty=False
    )
    dots = base.mark_circle(size=55).encode(
        opacity=alt.condition(near, alt.value(1), alt.value(0)), tooltip=_tooltip(look)
    )
    band = base.mark_area(opacity=0.16).encode(y=alt.Y("to_low:Q"), y2=alt.Y2("to_high:Q"))
    lines = base.mark_line(strokeWidth=2.5)
    return stacked(
        [*([band] if look.banded else []), *_goal(), lines, dots.add_params(near)], HEIGHT
    )


def _goal() -> list[Any]:
    """The line across, with its name above its left end."""
    base: Any = alt.Chart().transform_filter("datum.kind === 'line'").encode(y=alt.Y("value:Q"))
    rule = base.mark_rule(color=INK, opacity=SOFT, strokeDash=[4, 4])
    name = base.mark_text(align="left", dx=6, dy=-8, color=INK, opacity=SOFT, fontSize=12)
    return [rule, name.encode(x=alt.value(0), text=alt.Text("told:N"))]


def _tooltip(look: Look) -> list[alt.Tooltip]:
    tooltip = [alt.Tooltip("when:N", title="Day")]
    if len(look.series) > 1:
        tooltip.append(alt.Tooltip("series:N", title="Of"))
    tooltip.append(alt.Tooltip("value:Q", title=look.title, format=look.number))
    if look.banded:
        tooltip += [
            alt.Tooltip("low:Q", title="At least", format=look.number),
            alt.Tooltip("high:Q", title="At most", format=look.number),
        ]
    return [*tooltip, alt.Tooltip("n:Q", title=look.counted, format=",")]

"""Estimates with their intervals, a row each, against no change."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from ui.charts.axes import HEIGHT, INK, SOFT, Chart, axis, stacked
from ui.remembering import remembered

ROWS = (46, 86)  # px, least and most: a name, and below it its numbers
WIDEST = 3.0  # how many times the reach of the first row others may take up; further is cut off
# By the theme's set of colours, in which place 1 is vermilion, 2 bluish green and 7 grey.
TONES = ("plain", "worse", "better", "-3", "-4", "-5", "-6", "open")


@remembered
def intervals(frame: pd.DataFrame, *, title: str, number: str = "+.1~%") -> Chart:
    """A dot and its interval for each row, in the frame's order, over a line at zero.

    The frame has label (two lines: what it is, and its numbers), value, low and high (float), and
    tone (one of `TONES`: colour repeats what the label says). What reaches far beyond the first row
    is cut off, or all others would be points.
    """
    reach = frame[["low", "high"]].abs().max(axis=1)
    most = WIDEST * reach.iloc[0] if len(frame) and reach.iloc[0] > 0 else float("inf")
    cut = frame[["value", "low", "high"]].clip(-most, most).add_prefix("to_")
    rows = pd.concat([frame[["label", "tone", "value", "low", "high"]], cut], axis=1)
    return Chart(rows, _intervals(title, number, len(rows)))


@lru_cache(maxsize=64)
def _intervals(title: str, number: str, count: int) -> str:
    names = axis(
        "",
        labelExpr="split(datum.label, '\\n')",
        labelLimit=230,
        labelPadding=8,
        labelLineHeight=16,
        ticks=False,
        domain=False,
    )
    below = axis(title, format=number, tickCount=5, domain=False)
    base = alt.Chart().encode(
        y=alt.Y("label:N", sort=None, axis=names),
        x=alt.X("to_value:Q", axis=below, scale=alt.Scale(zero=True, nice=True, padding=8)),
        color=alt.Color("tone:N", scale=alt.Scale(domain=list(TONES)), legend=None),
        tooltip=_tooltip(number),
    )
    zero: Any = alt.Chart().mark_rule(color=INK, opacity=SOFT, strokeWidth=1)
    zero = zero.encode(x=alt.XDatum(0))
    span = base.mark_rule(strokeWidth=4, strokeCap="round", opacity=0.55)
    span = span.encode(x=alt.X("to_low:Q"), x2=alt.X2("to_high:Q"))
    row = min(max(HEIGHT // max(count, 1), ROWS[0]), ROWS[1])
    return stacked([zero, span, base.mark_circle(size=110, opacity=1)], row * count + 40)


def _tooltip(number: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("label:N", title="What"),
        alt.Tooltip("value:Q", title="Change", format=number),
        alt.Tooltip("low:Q", title="At least", format=number),
        alt.Tooltip("high:Q", title="At most", format=number),
    ]

"""A waterfall: how one total became another, a floating bar a movement."""

from functools import lru_cache
from math import ceil, floor, log10
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from ui.charts.axes import HEIGHT, INK, Chart, axis, stacked
from ui.charts.intervals import TONES
from ui.remembering import remembered

TOTAL = "total"
CHARACTER = 5.0  # the width of one of a number above a bar, in pixels
SHORT = ((1_000_000, "M"), (1_000, "K"))


@remembered
def waterfall(frame: pd.DataFrame, *, title: str) -> Chart:
    """A bar for each row of the frame, in its order, each beginning where the one before ended.

    The frame has label (str), amount (number, signed; of a total the whole), kind (str: "total" or
    anything else) and number (str: the amount in words, with its sign, which colour repeats). The
    first row is a total. Where movements are small beside the totals, the axis doesn't begin at 0,
    and its title says where.
    """
    whole = (frame["kind"] == TOTAL).to_numpy()
    amounts = frame["amount"].to_numpy("float64")
    ends: list[float] = []
    for amount, is_total in zip(amounts.tolist(), whole.tolist(), strict=True):
        ends.append(amount if is_total else ends[-1] + amount)
    end = np.array(ends)
    foot = bottom(end)
    start = np.where(whole, foot, end - amounts)
    tone = np.where(whole, "plain", np.where(amounts > 0, "better", "worse"))
    short = [_short(*each) for each in zip(amounts.tolist(), whole.tolist(), strict=True)]
    rows = frame[["label", "number"]].assign(start=start, end=end, tone=tone, short=short)
    side = f"{title}, from {foot:,.0f}" if foot else title
    widest = max(map(len, short), default=0)
    spec = _waterfall(title, side, len(rows), widest)
    return Chart(rows.assign(top=np.maximum(start, end)), spec)


def bottom(levels: np.ndarray[Any, Any]) -> float:
    """Where the axis begins: 0, or near the lowest level where all of them are far above it.

    Then it lies at least half of what they span below them. A power of ten that spans all levels
    goes into it whole, and so does any step between ticks.
    """
    low, high = float(levels.min()), float(levels.max())
    if low <= 0 or low == high:
        return 0.0
    step: float = 10.0 ** ceil(log10(high - low))
    return max(floor((low - (high - low) / 2) / step), 0) * step


def _short(amount: float, is_total: bool) -> str:
    """A number above its bar, in at most seven characters up to a billion."""
    sign = "" if is_total or not amount else "+" if amount > 0 else "-"
    size = abs(amount)
    for unit, letter in SHORT:
        if size >= 100 * unit:
            return f"{sign}{size / unit:,.0f}{letter}"
    return f"{sign}{size:,.0f}" if size >= 10 or size == round(size) else f"{sign}{size:.1f}"


@lru_cache(maxsize=64)
def _waterfall(title: str, side_title: str, count: int, widest: int) -> str:
    foot = axis("", grid=False, labelAngle=-30, labelOverlap=False, ticks=False)
    side = axis(side_title, format=",.0f", tickCount=5, domain=False)
    tooltip = [alt.Tooltip("label:N", title="What"), alt.Tooltip("number:N", title=title)]
    base = alt.Chart().encode(x=alt.X("label:N", sort=None, axis=foot), tooltip=tooltip)
    tones = alt.Scale(domain=list(TONES))
    bar = base.mark_bar(cornerRadius=2, strokeWidth=1).encode(
        y=alt.Y("start:Q", axis=side, scale=alt.Scale(zero=False, nice=True)),
        y2=alt.Y2("end:Q"),
        color=alt.Color("tone:N", scale=tones, legend=None),
        # So that a movement that is too small for a bar is still a line.
        stroke=alt.Stroke("tone:N", scale=tones, legend=None),
    )
    # Numbers are left out where bars are too narrow for them: the tooltip has them.
    room: Any = alt.ExprRef(f"width / {count} < {widest * CHARACTER:.0f} ? 0 : 1")
    number = base.mark_text(baseline="bottom", dy=-4, fontSize=10, color=INK, opacity=room)
    return stacked([bar, number.encode(y=alt.Y("top:Q"), text=alt.Text("short:N"))], HEIGHT)

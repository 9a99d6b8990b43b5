"""A waterfall: how one total became another, a floating bar a movement."""

from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from ui.charts.axes import HEIGHT, INK, Chart, axis, stacked
from ui.charts.intervals import TONES

TOTAL = "total"


def waterfall(frame: pd.DataFrame, *, title: str) -> Chart:
    """A bar for each row of the frame, in its order, each beginning where the one before ended.

    The frame has label (str), amount (number, signed; of a total the whole), kind (str: "total" or
    anything else) and number (str: the amount in words, with its sign, which colour repeats). The
    first row is a total.
    """
    whole = (frame["kind"] == TOTAL).to_numpy()
    amounts = frame["amount"].to_numpy("float64")
    ends: list[float] = []
    for amount, is_total in zip(amounts.tolist(), whole.tolist(), strict=True):
        ends.append(amount if is_total else ends[-1] + amount)
    end = np.array(ends)
    start = np.where(whole, 0.0, end - amounts)
    tone = np.where(whole, "plain", np.where(amounts > 0, "better", "worse"))
    rows = frame[["label", "number"]].assign(start=start, end=end, tone=tone)
    return Chart(rows.assign(top=np.maximum(start, end)), _waterfall(title))


@lru_cache(maxsize=64)
def _waterfall(title: str) -> str:
    foot = axis("", grid=False, labelAngle=-30, labelOverlap=False, ticks=False)
    side = axis(title, format=",.0f", tickCount=5, domain=False)
    tooltip = [alt.Tooltip("label:N", title="What"), alt.Tooltip("number:N", title=title)]
    base = alt.Chart().encode(x=alt.X("label:N", sort=None, axis=foot), tooltip=tooltip)
    bar = base.mark_bar(cornerRadius=2).encode(
        y=alt.Y("start:Q", axis=side, scale=alt.Scale(zero=True, nice=True)),
        y2=alt.Y2("end:Q"),
        color=alt.Color("tone:N", scale=alt.Scale(domain=list(TONES)), legend=None),
    )
    # Numbers are left out where bars are too narrow for them: the tooltip has them.
    room: Any = alt.ExprRef("width < 330 ? 0 : 1")
    number = base.mark_text(baseline="bottom", dy=-4, fontSize=11, color=INK, opacity=room)
    return stacked([bar, number.encode(y=alt.Y("top:Q"), text=alt.Text("number:N"))], HEIGHT)

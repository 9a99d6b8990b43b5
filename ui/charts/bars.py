"""Horizontal bars with their numbers."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from ui.charts.axes import AS_HEAD, INK, SOFT, Chart, axis, stacked
from ui.remembering import remembered


@remembered
def bars(
    frame: pd.DataFrame,
    *,
    label: str,
    value: str,
    label_title: str,
    value_title: str,
    number: str = ",",
) -> Chart:
    """Horizontal bars in the frame's order, each with its number (a d3-format) at its end."""
    rows = frame[[label, value]].set_axis(["label", "value"], axis=1)
    return Chart(rows, _bars(label_title, value_title, number, len(rows)))


@lru_cache(maxsize=64)
def _bars(label_title: str, value_title: str, number: str, count: int) -> str:
    head = axis(label_title, labelLimit=150, labelPadding=6, **AS_HEAD)
    foot = axis(value_title, labels=False, grid=False, titlePadding=4)
    room: list[Any] = [0, alt.ExprRef("width - 60")]  # the longest bar leaves place for its number
    base = alt.Chart().encode(
        y=alt.Y("label:N", sort=None, axis=head),
        x=alt.X("value:Q", axis=foot, scale=alt.Scale(range=room, domainMin=0, nice=False)),
        tooltip=[
            alt.Tooltip("label:N", title=label_title),
            alt.Tooltip("value:Q", title=value_title, format=number),
        ],
    )
    bar = base.mark_bar(cornerRadiusEnd=3, height=alt.RelativeBandSize(0.62))
    end = base.mark_text(align="left", dx=5, fontSize=12, color=INK, opacity=SOFT).encode(
        text=alt.Text("value:Q", format=number)
    )
    return stacked([bar, end], 34 * count + 36)

"""A histogram: upright columns of counts by a whole number."""

from functools import lru_cache

import altair as alt
import pandas as pd

from ui.charts.axes import HEIGHT, Chart, axis, stacked
from ui.remembering import remembered


@remembered
def columns(
    frame: pd.DataFrame, *, number: str, count: str, number_title: str, count_title: str
) -> Chart:
    """A column for each row in the frame's order: number or name at the foot, count upwards.

    The frame also has share (float), the part of all, which is told when pointed at.
    """
    rows = frame[[number, count, "share"]].set_axis(["number", "count", "share"], axis=1)
    return Chart(rows, _columns(number_title, count_title))


@lru_cache(maxsize=64)
def _columns(number_title: str, count_title: str) -> str:
    foot = axis(number_title, grid=False, labelOverlap=True, labelAngle=0)
    side = axis(count_title, format=",d", tickCount=5, domain=False)
    bar = (
        alt.Chart()
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=alt.X("number:O", sort=None, axis=foot, scale=alt.Scale(paddingInner=0.15)),
            y=alt.Y("count:Q", axis=side, scale=alt.Scale(domainMin=0)),
            tooltip=[
                alt.Tooltip("number:O", title=number_title),
                alt.Tooltip("count:Q", title=count_title, format=","),
                alt.Tooltip("share:Q", title="Of all", format=".1%"),
            ],
        )
    )
    return stacked([bar], HEIGHT)

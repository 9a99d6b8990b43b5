"""A histogram of bars that have names of their own, such as lengths of time."""

from functools import lru_cache

import altair as alt
import pandas as pd

from ui.charts.axes import HEIGHT, Chart, axis, stacked
from ui.remembering import remembered


@remembered
def histogram(
    frame: pd.DataFrame, *, label: str, count: str, label_title: str, count_title: str
) -> Chart:
    """A column for each row of the frame, in its order; the part of all is told when pointed at."""
    rows = frame[[label, count]].set_axis(["label", "count"], axis=1)
    rows["share"] = rows["count"] / rows["count"].sum()
    return Chart(rows, _histogram(label_title, count_title))


@lru_cache(maxsize=64)
def _histogram(label_title: str, count_title: str) -> str:
    foot = axis(label_title, grid=False, labelAngle=-35, labelOverlap=False)
    side = axis(count_title, format=",d", tickCount=5, domain=False)
    bar = (
        alt.Chart()
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=alt.X("label:O", sort=None, axis=foot, scale=alt.Scale(paddingInner=0.08)),
            y=alt.Y("count:Q", axis=side, scale=alt.Scale(domainMin=0)),
            tooltip=[
                alt.Tooltip("label:O", title=label_title),
                alt.Tooltip("count:Q", title=count_title, format=","),
                alt.Tooltip("share:Q", title="Of all", format=".1%"),
            ],
        )
    )
    return stacked([bar], HEIGHT)

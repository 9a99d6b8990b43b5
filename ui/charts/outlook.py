"""What was, and what is to come with its interval."""

from functools import lru_cache

import altair as alt
import pandas as pd

from ui.charts.axes import HEIGHT, Chart, axis, stacked
from ui.remembering import remembered

PAST, AHEAD = "past", "ahead"


@remembered
def outlook(frame: pd.DataFrame, *, title: str) -> Chart:
    """A line by month, solid for what was and dashed in the band of its interval ahead.

    The frame has month (datetime64), value, low and high (number; NaN for what was) and ahead (int:
    months ahead, 0 for what was). The dashed line begins at the last month that was.
    """
    rows = frame.assign(
        month=frame["month"].dt.tz_localize("UTC"),
        when=frame["month"].dt.strftime("%b %Y"),
        part=(frame["ahead"] > 0).map({True: AHEAD, False: PAST}),
    )
    last = rows[rows["part"] == PAST].tail(1)
    joint = last.assign(part=AHEAD, low=last["value"], high=last["value"])
    ahead = rows["part"] == AHEAD
    drawn = [rows[~ahead], joint, rows[ahead]] if ahead.any() else [rows]
    return Chart(pd.concat(drawn, ignore_index=True), _outlook(title))


@lru_cache(maxsize=64)
def _outlook(title: str) -> str:
    foot = axis("Month", format="%b %Y", grid=False, labelOverlap=True, tickCount=8)
    side = axis(title, format=",.0f", tickCount=5, domain=False)
    base = alt.Chart().encode(
        x=alt.X("month:T", scale=alt.Scale(type="utc"), axis=foot),
        y=alt.Y("value:Q", axis=side, scale=alt.Scale(zero=True, nice=True)),
    )
    band = base.transform_filter(f"datum.part === '{AHEAD}'").mark_area(opacity=0.16)
    dashes = alt.Scale(domain=[PAST, AHEAD], range=[[1, 0], [5, 4]])
    line = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash("part:N", scale=dashes, legend=None)
    )
    points = base.mark_circle(size=60, opacity=0.001).encode(
        tooltip=[
            alt.Tooltip("when:N", title="End of"),
            alt.Tooltip("value:Q", title=title, format=",.0f"),
            alt.Tooltip("low:Q", title="At least", format=",.0f"),
            alt.Tooltip("high:Q", title="At most", format=",.0f"),
        ]
    )
    return stacked([band.encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")), line, points], HEIGHT)

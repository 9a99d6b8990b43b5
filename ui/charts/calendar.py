"""A week of hours: a row a weekday, a column an hour, shaded by how much happens."""

from functools import lru_cache

import altair as alt
import pandas as pd

from ui.charts.axes import INK, Chart, axis, stacked
from ui.remembering import remembered

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ROW = 30  # px
SHADES = [0.04, 1.0]  # opacity of the theme's first colour


@remembered
def calendar(frame: pd.DataFrame, *, value_title: str, zone: str) -> Chart:
    """Hours of the week from columns weekday (0 is Monday), hour and events (a mean, or NaN).

    Hours that the range doesn't hold are outlined and have no shade.
    """
    day = frame["weekday"].map(dict(enumerate(WEEKDAYS)))
    hours = frame["hour"].map("{:02}:00".format)
    rows = frame[["hour", "events"]].assign(day=day, when=day + " " + hours)
    return Chart(rows, _calendar(value_title, zone))


@lru_cache(maxsize=64)
def _calendar(value_title: str, zone: str) -> str:
    foot = axis(
        f"Hour ({zone})", labelAngle=0, ticks=False, domain=False, grid=False, labelOverlap=True
    )
    side = axis("", ticks=False, domain=False, grid=False, labelPadding=6)
    base = alt.Chart().encode(
        x=alt.X("hour:O", axis=foot, scale=alt.Scale(domain=list(range(24)), paddingInner=0.05)),
        y=alt.Y("day:N", axis=side, scale=alt.Scale(domain=list(WEEKDAYS), paddingInner=0.08)),
        tooltip=[
            alt.Tooltip("when:N", title="Hour from"),
            alt.Tooltip("events:Q", title=value_title, format=",.1~f"),
        ],
    )
    shade = alt.Opacity(
        "events:Q", scale=alt.Scale(domainMin=0, range=SHADES, nice=False), legend=None
    )
    known = base.transform_filter("isValid(datum.events)").mark_rect(cornerRadius=2)
    unknown = base.transform_filter("datum.day && !isValid(datum.events)").mark_rect(
        fillOpacity=0, stroke=INK, strokeOpacity=0.3, strokeDash=[2, 2], cornerRadius=2
    )
    return stacked([known.encode(opacity=shade), unknown], ROW * len(WEEKDAYS) + 40)

"""A calendar of days: a column a week, a row a weekday, shaded by how much was done."""

from functools import lru_cache

import altair as alt
import pandas as pd

from ui.charts.axes import INK, Chart, axis, stacked
from ui.charts.calendar import WEEKDAYS
from ui.remembering import remembered

ROW = 19  # px
SHADES = [0.25, 1.0]  # opacity of the theme's first colour
DAY = pd.Timedelta(days=1)
GAP = pd.Timedelta(hours=20)  # left free between two weeks


@remembered
def days(frame: pd.DataFrame, *, value: str, value_title: str) -> Chart:
    """Days from columns day (datetime64, midnight) and `value` (a number).

    A day of zero is only a quiet ground. As UTC, and on an axis in UTC, days stay what they are.
    """
    day = frame["day"].dt.tz_localize("UTC")
    week = day - day.dt.day_of_week * DAY
    rows = pd.DataFrame(
        {
            "week": week,
            "end": week + 7 * DAY - GAP,
            "weekday": day.dt.day_of_week.map(dict(enumerate(WEEKDAYS))),
            "when": day.dt.strftime("%a %-d %b %Y"),
            "value": frame[value].astype("float64"),
        }
    )
    return Chart(rows, _days(value_title))


@lru_cache(maxsize=16)
def _days(value_title: str) -> str:
    foot = axis("", format="%b", tickCount="month", ticks=False, domain=False, grid=False)
    side = axis(
        "", values=list(WEEKDAYS[::2]), ticks=False, domain=False, grid=False, labelPadding=6
    )
    base = alt.Chart().encode(
        x=alt.X("week:T", scale=alt.Scale(type="utc"), axis=foot),
        x2=alt.X2("end:T"),
        y=alt.Y("weekday:N", axis=side, scale=alt.Scale(domain=list(WEEKDAYS), paddingInner=0.16)),
        tooltip=[
            alt.Tooltip("when:N", title="Day"),
            alt.Tooltip("value:Q", title=value_title, format=",.1~f"),
        ],
    )
    shade = alt.Opacity(
        "value:Q", scale=alt.Scale(type="sqrt", domainMin=0, range=SHADES), legend=None
    )
    ground = base.transform_filter("datum.value === 0").mark_rect(
        cornerRadius=2, fill=INK, fillOpacity=0.07
    )
    active = base.transform_filter("datum.value > 0").mark_rect(cornerRadius=2)
    return stacked([ground, active.encode(opacity=shade)], ROW * len(WEEKDAYS) + 30)

"""Strips of what answered: a row a probe, a cell a period, the darker the more of it failed."""

from functools import lru_cache

import altair as alt
import pandas as pd

from ui.charts.axes import INK, PERIOD_FORMATS, Chart, axis, legend, stacked
from ui.remembering import remembered

ROW = 34  # px
GOOD, SOME, MANY = "All answered", "Under 1% failed", "1% or more failed"
SHADES = {GOOD: 0.16, SOME: 0.5, MANY: 1.0}  # opacity of the theme's first colour
BAD = 0.99
LEGEND = "containerSize()[0] < 420 ? 2 : 8"  # of what stands side by side


@remembered
def strips(frame: pd.DataFrame, *, grain: str, zone: str) -> Chart:
    """Shares of what was good by period, from what `health.uptime.uptime_trend` returns.

    A period in which nothing was probed is outlined with dashes, which is not the same as good.
    """
    pattern = PERIOD_FORMATS[grain][0]
    rows = pd.DataFrame(
        {
            "when": frame["period"].dt.strftime(pattern),
            "series": frame["series"],
            "value": frame["value"],
            "state": frame["value"].map(_state, na_action="ignore"),
        }
    )
    order = tuple(dict.fromkeys(rows["when"]))
    return Chart(rows, _strips(grain, zone, order, rows["series"].nunique()))


def _state(value: float) -> str:
    if value >= 1:
        return GOOD
    return SOME if value > BAD else MANY


@lru_cache(maxsize=64)
def _strips(grain: str, zone: str, order: tuple[str, ...], count: int) -> str:
    foot = axis(
        f"{PERIOD_FORMATS[grain][1]} ({zone})",
        labelAngle=0, ticks=False, domain=False, grid=False, labelOverlap=True,
    )  # fmt: skip
    side = axis("", ticks=False, domain=False, grid=False, labelPadding=6, labelLimit=160)
    base = alt.Chart().encode(
        x=alt.X("when:O", sort=list(order), axis=foot, scale=alt.Scale(paddingInner=0.12)),
        y=alt.Y("series:N", sort=None, axis=side, scale=alt.Scale(paddingInner=0.3)),
        tooltip=[
            alt.Tooltip("series:N", title="Probe"),
            alt.Tooltip("when:O", title=PERIOD_FORMATS[grain][1]),
            alt.Tooltip("value:Q", title="Uptime", format=".3~%"),
        ],
    )
    # By itself it would be a scale of points, between the first two shades.
    scale = alt.Scale(type="ordinal", domain=list(SHADES), range=list(SHADES.values()))
    shade = alt.Opacity("state:N", scale=scale, legend=legend(list(SHADES), columns=LEGEND))
    known = base.transform_filter("isValid(datum.value)").mark_rect(cornerRadius=2)
    unknown = base.transform_filter("datum.when && !isValid(datum.value)").mark_rect(
        fillOpacity=0, stroke=INK, strokeOpacity=0.3, strokeDash=[2, 2], cornerRadius=2
    )
    return stacked([known.encode(opacity=shade), unknown], ROW * max(count, 1) + 60)

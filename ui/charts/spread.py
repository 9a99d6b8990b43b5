"""How a duration is spread over time: a column a period, a row a band, shaded by the share."""

from collections.abc import Sequence
from functools import lru_cache

import altair as alt
import pandas as pd

from ui.charts.axes import Chart, axis, stacked, time_axis
from ui.remembering import remembered

ROW = 22  # px
SHADES = [0.06, 1.0]  # opacity of the theme's first colour
LENGTHS = {"hour": pd.DateOffset(hours=1), "day": pd.DateOffset(days=1)}
LENGTHS |= {"week": pd.DateOffset(weeks=1), "month": pd.DateOffset(months=1)}
PATTERNS = {
    "hour": "%H:%M, %-d %b",
    "day": "%a %-d %b",
    "week": "week from %-d %b",
    "month": "%B %Y",
}


@remembered
def spread(frame: pd.DataFrame, *, bands: Sequence[str], grain: str, zone: str) -> Chart:
    """Requests by band of their duration, from period (local), band (place in `bands`), n, share.

    The shortest band is the lowest row; bands that nothing ever fell into, and those beyond them,
    have none.
    """
    period = frame["period"].dt.tz_localize("UTC")
    rows = frame[["n", "share"]].assign(
        period=period,
        until=period + LENGTHS[grain],
        when=period.dt.strftime(PATTERNS[grain]),
        band=[bands[place] for place in frame["band"]],
    )
    first, last = (int(frame["band"].min()), int(frame["band"].max())) if len(frame) else (0, 0)
    return Chart(rows, _spread(tuple(bands[first : last + 1]), grain, zone))


@lru_cache(maxsize=128)
def _spread(bands: tuple[str, ...], grain: str, zone: str) -> str:
    side = axis("Time to answer", grid=False, ticks=False, domain=False)
    shade = alt.Scale(domainMin=0, range=SHADES, nice=False)
    rect = (
        alt.Chart()
        .mark_rect()
        .encode(
            x=time_axis(grain, zone),
            x2=alt.X2("until:T"),
            y=alt.Y("band:N", sort=list(reversed(bands)), axis=side, scale=_all_of(bands)),
            opacity=alt.Opacity("share:Q", scale=shade, legend=None),
            tooltip=[
                alt.Tooltip("when:N", title="When"),
                alt.Tooltip("band:N", title="Took"),
                alt.Tooltip("n:Q", title="Requests", format=","),
                alt.Tooltip("share:Q", title="Of the period's", format=".1%"),
            ],
        )
    )
    return stacked([rect], ROW * len(bands) + 44)


def _all_of(bands: tuple[str, ...]) -> alt.Scale:
    return alt.Scale(domain=list(reversed(bands)), paddingInner=0.06)

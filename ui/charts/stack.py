"""Bars over time that are stacked, above zero and below it."""

from collections.abc import Mapping
from functools import lru_cache

import altair as alt
import pandas as pd

from ui.charts.axes import COLOURS, HEIGHT, INK, PERIOD_FORMATS, Chart, axis, legend, stacked

UNFINISHED = 0.45  # opacity
NET = "net"


def stack(
    frame: pd.DataFrame,
    *,
    parts: Mapping[str, int],
    below: str,
    grain: str,
    zone: str,
    title: str,
) -> Chart:
    """Stacked columns of a wide frame by period; the part `below` hangs from zero.

    `parts` are the columns from zero upwards, each with its place in the theme's colours; the frame
    also has period (datetime64), complete (bool) and net (number), which is a line. Columns of
    periods that are not complete are paler, without what hangs below: only the end of a period
    tells who is missing.
    """
    pattern = PERIOD_FORMATS[grain][0]
    years = "" if grain == "month" or frame["period"].dt.year.nunique() < 2 else " %Y"
    wide = frame.assign(when=frame["period"].dt.strftime(pattern + years))
    rows = wide.melt(["when", "complete", NET], [*parts], var_name="part", value_name="people")
    rows["value"] = rows["people"].where(rows["part"] != below, -rows["people"])
    rows["place"] = rows["part"].map({part: place for place, part in enumerate(parts)})
    rows = rows[rows["complete"] | (rows["part"] != below)]
    rows["part"] = rows["part"].str.capitalize()
    colours = tuple((part.capitalize(), place) for part, place in parts.items())
    return Chart(rows, _stack(colours, grain, zone, title))


@lru_cache(maxsize=64)
def _stack(colours: tuple[tuple[str, int], ...], grain: str, zone: str, title: str) -> str:
    at = {place: part for part, place in colours}
    domain = [at.get(place, f"no part {place}") for place in range(COLOURS)]
    below = axis(
        f"{PERIOD_FORMATS[grain][1]} ({zone})", grid=False, labelOverlap=True, labelAngle=0
    )
    base = alt.Chart().encode(x=alt.X("when:O", sort=None, axis=below))
    tooltip = [
        alt.Tooltip("when:O", title=PERIOD_FORMATS[grain][1]),
        alt.Tooltip("part:N", title="Who"),
        alt.Tooltip("people:Q", title=title, format=","),
        alt.Tooltip("net:Q", title="Net change", format="+,"),
    ]
    bars = base.mark_bar(cornerRadius=1).encode(
        y=alt.Y("value:Q", axis=axis(title, format=",d", tickCount=6, domain=False)),
        color=alt.Color(
            "part:N", scale=alt.Scale(domain=domain), legend=legend([part for part, _ in colours])
        ),
        order=alt.Order("place:Q"),
        opacity=alt.condition("datum.complete", alt.value(1), alt.value(UNFINISHED)),
        tooltip=tooltip,
    )
    net = base.transform_filter("datum.place === 0 && datum.complete").encode(y=alt.Y("net:Q"))
    zero = alt.Chart().mark_rule(color=INK, opacity=0.5).encode(y=alt.datum(0))
    return stacked([bars, zero, net.mark_line(color=INK, strokeWidth=1.5)], HEIGHT)

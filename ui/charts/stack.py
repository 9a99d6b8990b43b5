"""Bars over time that are stacked, above zero and below it."""

from collections.abc import Collection, Mapping
from functools import lru_cache

import altair as alt
import pandas as pd

from ui.charts.axes import COLOURS, HEIGHT, INK, PERIOD_FORMATS, Chart, axis, legend, stacked
from ui.remembering import remembered

UNFINISHED = 0.45  # opacity
NET = "net"


@remembered
def stack(
    frame: pd.DataFrame,
    *,
    parts: Mapping[str, int],
    below: Collection[str],
    grain: str,
    zone: str,
    title: str,
    of: str = "Who",
    early: bool = False,
) -> Chart:
    """Stacked columns of a wide frame by period; the parts `below` hang from zero.

    `parts` are the columns from zero outwards, each with its place in the theme's colours; the
    frame also has period (datetime64), complete (bool) and, where there is to be a line, net
    (number). Columns of periods that are not complete are paler. Unless these are told `early`,
    what hangs below is missing there: only the end of a period tells who did not come. `of` is
    what a part is called.
    """
    pattern = PERIOD_FORMATS[grain][0]
    years = "" if grain == "month" or frame["period"].dt.year.nunique() < 2 else " %Y"
    wide = frame.assign(when=frame["period"].dt.strftime(pattern + years))
    line = [name for name in (NET,) if name in frame]
    rows = wide.melt(["when", "complete", *line], [*parts], var_name="part", value_name="people")
    hangs = rows["part"].isin([*below])
    rows["value"] = rows["people"].where(~hangs, -rows["people"])
    rows["place"] = rows["part"].map({part: place for place, part in enumerate(parts)})
    rows = rows[rows["complete"] | ~hangs | early]
    rows["part"] = rows["part"].str.capitalize()
    colours = tuple((part.capitalize(), place) for part, place in parts.items())
    return Chart(rows, _stack(colours, grain, zone, title, of, bool(line)))


@lru_cache(maxsize=64)
def _stack(
    colours: tuple[tuple[str, int], ...], grain: str, zone: str, title: str, of: str, netted: bool
) -> str:
    at = {place: part for part, place in colours}
    domain = [at.get(place, f"no part {place}") for place in range(COLOURS)]
    below = axis(
        f"{PERIOD_FORMATS[grain][1]} ({zone})", grid=False, labelOverlap=True, labelAngle=0
    )
    base = alt.Chart().encode(x=alt.X("when:O", sort=None, axis=below))
    tooltip = [
        alt.Tooltip("when:O", title=PERIOD_FORMATS[grain][1]),
        alt.Tooltip("part:N", title=of),
        alt.Tooltip("people:Q", title=title, format=",.0f"),
    ]
    if netted:
        tooltip.append(alt.Tooltip("net:Q", title="Net change", format="+,.0f"))
    bars = base.mark_bar(cornerRadius=1).encode(
        y=alt.Y("value:Q", axis=axis(title, format=",d", tickCount=6, domain=False)),
        color=alt.Color(
            "part:N", scale=alt.Scale(domain=domain), legend=legend([part for part, _ in colours])
        ),
        order=alt.Order("place:Q"),
        opacity=alt.condition("datum.complete", alt.value(1), alt.value(UNFINISHED)),
        tooltip=tooltip,
    )
    zero = alt.Chart().mark_rule(color=INK, opacity=0.5).encode(y=alt.datum(0))
    if not netted:
        return stacked([bars, zero], HEIGHT)
    net = base.transform_filter("datum.place === 0 && datum.complete").encode(y=alt.Y("net:Q"))
    return stacked([bars, zero, net.mark_line(color=INK, strokeWidth=1.5)], HEIGHT)

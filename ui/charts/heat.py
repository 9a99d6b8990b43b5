"""The table of cohorts: a row a cohort, a column an interval since, shaded by the share."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any

import altair as alt
import pandas as pd

from ui.charts.axes import AS_HEAD, INK, Chart, axis, stacked
from ui.remembering import remembered

PATTERNS = {"day": "%a %-d %b", "week": "%-d %b", "month": "%b %Y"}
AVERAGE = "Average"
ROW, NARROW_ROW = 24, 14  # px
ROOMY = 34  # rows up to which each is high enough for numbers
WIDE = 30  # px from which on a column has room for a number
SHADES = [0.05, 0.62]  # opacity of the theme's first colour: ink is read on each of them


@dataclass(frozen=True, slots=True)
class Named:
    """What a table of cohorts calls what is counted: whose size, what of it, of what."""

    size: str = "users"
    share: str = "Back"
    part: str = "People back"
    whole: str = "Of people"


PEOPLE = Named()


@remembered
def heat(
    averages: pd.DataFrame, cells: pd.DataFrame, *, grain: str, named: Named = PEOPLE
) -> Chart:
    """Cohorts with their sizes, and the share of each that is back after each interval.

    `averages` and `cells` are what `analytics.product.retention` returns. The first row is the
    weighted average. Cells that are not ripe are outlined with dashes and have no shade; a cohort
    of nobody has no row.
    """
    cohorts = cells[(cells["series"] == "All") & (cells["size"] > 0)]
    whole = averages[averages["series"] == "All"]
    label = cohorts["cohort"].dt.strftime(PATTERNS[grain] + _year(cohorts["cohort"], grain))
    label += cohorts["size"].map(" \u00b7 {:,}".format).astype("str")
    rows = pd.concat(
        [
            _cells(whole.assign(ripe=True), AVERAGE),
            _cells(cohorts, label),
        ],
        ignore_index=True,
    )
    after = whole.loc[whole["interval"] > 0, "share"]
    most = ceil(min(max(after.max() if len(after) else 1, 0.05), 1) * 10) / 10
    count = int(cohorts["interval"].max()) + 1 if len(cohorts) else 1
    return Chart(rows, _heat(grain, count, cohorts["cohort"].nunique() + 1, most, named))


def _cells(frame: pd.DataFrame, label: "pd.Series[str] | str") -> pd.DataFrame:
    found = frame[["interval", "share", "actors", "size", "ripe"]].assign(row=label)
    found["state"] = found["ripe"].map({True: "complete", False: "not complete"})
    return found.assign(column=found.pop("interval").astype("str")).dropna(subset="share")


def _year(cohorts: "pd.Series[Any]", grain: str) -> str:
    """The year, where days and weeks of several years would be called the same."""
    several = grain != "month" and cohorts.dt.year.nunique() > 1
    return " %Y" if several else ""


@lru_cache(maxsize=128)
def _heat(grain: str, columns: int, rows: int, most: float, named: Named) -> str:
    order = [str(number) for number in range(columns)]
    head = axis(
        f"{grain.capitalize()}s after the start", orient="top", labelAngle=0, ticks=False,
        domain=False, labelOverlap=True, grid=False,
    )  # fmt: skip
    side = axis(
        f"{grain.capitalize()} of the start \u00b7 {named.size}",
        ticks=False, domain=False, grid=False, labelLimit=130, labelPadding=6, labelOverlap=True,
        **AS_HEAD,
    )  # fmt: skip
    base = alt.Chart().encode(
        x=alt.X(
            "column:N", sort=order, scale=alt.Scale(domain=order, paddingInner=0.04), axis=head
        ),
        y=alt.Y("row:N", sort=None, axis=side, scale=alt.Scale(paddingInner=0.06)),
    )
    share = base.transform_filter("isValid(datum.share)").encode(tooltip=_tooltip(grain, named))
    shade = alt.Scale(domain=[0, most], range=SHADES, clamp=True)
    ripe = share.transform_filter("datum.ripe").mark_rect(cornerRadius=2)
    open_ = share.transform_filter("!datum.ripe").mark_rect(
        fillOpacity=0, stroke=INK, strokeOpacity=0.45, strokeDash=[2, 2], cornerRadius=2
    )
    height = ROW if rows <= ROOMY else NARROW_ROW
    layers = [ripe.encode(opacity=alt.Opacity("share:Q", scale=shade, legend=None)), open_]
    if rows <= ROOMY:
        layers.append(_numbers(share, columns))
    return stacked(layers, height * rows + 44)


def _numbers(share: alt.Chart, columns: int) -> alt.Chart:
    """The shares in words, where a column is wide enough for them."""
    room = alt.ExprRef(f"width / {columns} >= {WIDE} ? 1 : 0")
    text = share.mark_text(fontSize=11, color=INK, opacity=room)
    numbers: alt.Chart = text.encode(text=alt.Text("share:Q", format=".0%"))
    return numbers


def _tooltip(grain: str, named: Named) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("row:N", title="Cohort"),
        alt.Tooltip("column:N", title=grain.capitalize()),
        alt.Tooltip("share:Q", title=named.share, format=".1%"),
        alt.Tooltip("actors:Q", title=named.part, format=","),
        alt.Tooltip("size:Q", title=named.whole, format=","),
        alt.Tooltip("state:N", title="Interval"),
    ]

"""Curves over a number of intervals: how something goes on after a start."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from ui.charts.axes import HEIGHT, INK, Chart, axis, legend, places, stacked
from ui.remembering import remembered

PALE = 0.16  # the opacity of the single cohorts behind their average
PATTERNS = {"day": "%a %-d %b %Y", "week": "%-d %b %Y", "month": "%b %Y"}


@remembered
def curves(
    averages: pd.DataFrame,
    cells: pd.DataFrame,
    *,
    grain: str,
    order: Sequence[str] = (),
    start: str = "the start",
    back: str = "Back",
) -> Chart:
    """The weighted average of each series by interval, over pale curves of single cohorts.

    `averages` and `cells` are what `analytics.product.retention` returns. With several series the
    whole and the cohorts are left out. Interval 0 is left out where all are there by definition:
    it would press everything else down. `start` and `back` are what the axes call them.
    """
    parts = averages[averages["series"] != "All"]
    shown = averages if parts.empty else parts
    first = 1 if shown.loc[shown["interval"] == 0, "share"].eq(1).all() else 0
    rows = [shown.assign(kind="average")]
    if parts.empty:
        rows.append(_cohorts(cells, grain))
    drawn = pd.concat(rows, ignore_index=True)
    drawn = drawn[(drawn["interval"] >= first) & drawn["share"].notna()]
    names = tuple(dict.fromkeys(shown["series"]))
    return Chart(drawn, _curves(grain, start, back, names, tuple(places(names, order))))


def _cohorts(cells: pd.DataFrame, grain: str) -> pd.DataFrame:
    """The curve of each cohort as far as it is ripe."""
    ripe = cells[cells["ripe"] & (cells["series"] == "All")]
    return pd.DataFrame(
        {
            "series": ripe["series"],
            "interval": ripe["interval"],
            "share": ripe["share"],
            "cohort": ripe["cohort"].dt.strftime(PATTERNS[grain]),
            "kind": "cohort",
        }
    )


@lru_cache(maxsize=128)
def _curves(
    grain: str, start: str, back: str, names: tuple[str, ...], domain: tuple[str, ...]
) -> str:
    unit = f"{grain.capitalize()}s after {start}"
    base = alt.Chart().encode(
        x=alt.X(
            "interval:Q",
            axis=axis(unit, grid=False, tickMinStep=1, format="d", tickCount=14),
            scale=alt.Scale(nice=False, zero=False),
        ),
        y=alt.Y(
            "share:Q", axis=axis(f"{back} (%)", format=".0%", tickCount=5, domain=False),
            scale=alt.Scale(zero=True, nice=True),
        ),
    )  # fmt: skip
    pale = base.transform_filter("datum.kind === 'cohort'").mark_line(
        strokeWidth=1, color=INK, opacity=PALE
    )
    averages = base.transform_filter("datum.kind === 'average'").encode(
        color=alt.Color(
            "series:N",
            scale=alt.Scale(domain=list(domain)),
            legend=legend(names) if len(names) > 1 else None,
        )
    )
    near = alt.selection_point(
        fields=["interval"], nearest=True, on="pointerover", clear="pointerout", empty=False
    )
    points = averages.mark_circle(size=55, opacity=1).encode(
        opacity=alt.condition(near, alt.value(1), alt.value(0.001)),
        tooltip=_tooltip(grain, back, named=len(names) > 1),
    )
    return stacked(
        [
            pale.encode(detail=alt.Detail("cohort:N")),
            averages.mark_line(strokeWidth=2.5),
            points.add_params(near),
        ],
        HEIGHT,
    )


def _tooltip(grain: str, back: str, *, named: bool) -> list[Any]:
    return [
        alt.Tooltip("interval:Q", title=grain.capitalize(), format="d"),
        *([alt.Tooltip("series:N", title="Of")] if named else []),
        alt.Tooltip("share:Q", title=back, format=".1%"),
        alt.Tooltip("actors:Q", title=f"People {back.lower()}", format=","),
        alt.Tooltip("size:Q", title="Of people old enough", format=","),
    ]

"""Key figures: value, change in words, the days behind it, and on hover what it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from analytics.business.summary import Headline
from analytics.filters import Filters
from ui import words
from ui.sparklines import sparkline

COLOURS: dict[str, Literal["normal", "inverse", "off"]] = {
    "up": "normal",
    "down": "inverse",
    "neutral": "off",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A value in words, what it means, and what stands below it; `moves` says that this is a change
    for the better or the worse, by its sign; with `less_is_better` a rise is for the worse."""

    value: str
    help: str
    below: str = ""
    moves: bool = False
    less_is_better: bool = False


def figures(told: Mapping[str, Figure]) -> None:
    """A row of tiles by their labels, of figures that are not those of the filter bar."""
    with st.grid(len(told), min_column_width=140, gap="xsmall"):
        for label, figure in told.items():
            st.metric(
                label,
                figure.value,
                figure.below or None,
                delta_color=_colour(figure),
                delta_arrow="auto" if figure.moves else "off",
                help=figure.help,
                border=True,
                height="stretch",
            )


def _colour(figure: Figure) -> Literal["normal", "inverse", "off"]:
    if not figure.moves:
        return "off"
    return "inverse" if figure.less_is_better else "normal"


def tiles(headlines: Sequence[Headline], filters: Filters) -> None:
    """A row of tiles that folds to the width of the page, and what they compare."""
    with st.grid(len(headlines), min_column_width=150, gap="xsmall"):
        for headline in headlines:
            _tile(headline)
    st.caption(words.compared(filters))


def _tile(headline: Headline) -> None:
    metric = headline.metric
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.metric(
            metric.label,
            words.amount(headline.value, metric.unit),
            words.change(headline.change) if headline.change is not None else None,
            delta_color=COLOURS[metric.direction],
            help=" ".join(filter(None, [metric.definition, headline.note])),
        )
        told = words.course(
            f"{metric.label} a day", headline.series, lambda value: words.amount(value, metric.unit)
        )
        if drawn := sparkline(headline.series, told):
            st.html(drawn)

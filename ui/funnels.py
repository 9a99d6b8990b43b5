"""From a funnel to its people; its times, its breakdown, and where the saved ones are left."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy import Select

from analytics.filters import Filters
from analytics.product.funnels.asking import Conversion
from analytics.product.funnels.definition import Funnel
from analytics.product.funnels.sql import abandonment_sql, times_sql, values_sql
from analytics.scope import Viewer
from analytics.segments.definition import Between, Definition, Dropped, Rule
from analytics.showing import shown
from ui import charts, words_funnels
from ui.cards import chart_card, table_card
from ui.drafts import DRAFT

SEGMENTS = "pages/segments.py"
_count = st.column_config.NumberColumn
_text = st.column_config.TextColumn
STEPS: Mapping[str, Any] = {
    "label": _text("Step", pinned=True),
    "actors": _count("People", format="localized", help="Who came at least so far"),
    "conversion": _count("Of all", format="percent", help="Of everybody who enters"),
    "step_conversion": _count("Of the step before", format="percent"),
    "lost": _count("Lost", format="localized", help="Came so far, no further, and can't any more"),
    "maturing": _count("May still come", format="localized", help="Their window is open"),
    "median_seconds": _text("Typical time", help="Half took up to so long from the step before"),
    "mean_seconds": _text("Average time", help="From the step before"),
}
VALUES: Mapping[str, Any] = {
    "value": _text("Value", pinned=True),
    "entered": _count("Enter", format="localized"),
    "converted": _count("Come to the end", format="localized"),
    "conversion": _count("Conversion", format="percent"),
    "lost": _count("Lost", format="localized"),
    "maturing": _count("May still come", format="localized"),
    "median_seconds": _text("Typical time", help="Half took up to so long, from first to last"),
}
ABANDONMENT: Mapping[str, Any] = {
    "funnel": _text("Funnel", pinned=True),
    "event": _text("Left after"),
    "next_event": _text("Before"),
    "lost": _count("Lost", format="localized"),
    "loss": _count("Of who came so far", format="percent"),
    "maturing": _count("May still come", format="localized"),
}


def statement(question: Callable[..., Select[Any]], *asked: Any) -> Callable[[], str]:
    """What makes the text of a question's SQL, once somebody wants to read it."""
    return lambda: shown(question(*asked))


def draw_times(
    viewer: Viewer, filters: Filters, funnel: Funnel, found: Conversion, note: str
) -> None:
    """How long people take from the first step to the last."""
    times = words_funnels.bars(found.times)
    chart_card(
        charts.histogram(
            times, label="label", count="actors", label_title="Time", count_title="People"
        ),
        times,
        title=words_funnels.times_finding(found),
        help=words_funnels.TIMES,
        name="funnel_times",
        note=note,
        query=statement(times_sql, viewer, filters, funnel),
    )


def draw_values(
    viewer: Viewer, filters: Filters, funnel: Funnel, found: Conversion, by: str
) -> None:
    """The funnel by the values of a dimension."""
    table_card(
        words_funnels.timed(found.values),
        title=words_funnels.values_finding(found.values),
        help=words_funnels.VALUES,
        name="funnel_values",
        columns=VALUES,
        query=statement(values_sql, viewer, filters, funnel, by),
    )


def draw_abandonment(
    viewer: Viewer, filters: Filters, saved: Sequence[tuple[str, Funnel]], left: pd.DataFrame
) -> None:
    """After which steps the saved funnels are left: `left`, by a statement each."""
    table_card(
        left,
        title=words_funnels.abandonment_finding(left),
        help=words_funnels.ABANDONMENT,
        name="abandonment",
        columns=ABANDONMENT,
        query=lambda: "\n".join(
            shown(abandonment_sql(viewer, filters, name, funnel)) for name, funnel in saved
        ),
    )


def offer_segment(filters: Filters, funnel: Funnel) -> None:
    """Offer the people who are lost after a step, or who come to the end, as a segment."""
    names = words_funnels.step_names(funnel)
    places = range(1, len(names) + 1)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        place = st.selectbox(
            "Who",
            places,
            format_func=lambda place: _who(names, place),
            key="dropped_after",
            label_visibility="collapsed",
            width=260,
        )
        within = Between(filters.start, filters.end)
        rule = Rule(Dropped(funnel.text, place, within))
        st.page_link(
            SEGMENTS,
            label="Make them a segment",
            icon=":material/group_add:",
            query_params={DRAFT: Definition((rule,)).json},
        )


def _who(names: list[str], place: int) -> str:
    return "Who came to the end" if place == len(names) else f"Who is lost after {names[place - 1]}"

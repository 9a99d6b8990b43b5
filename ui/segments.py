"""Segments on their page: the kept ones with their sizes and uses, and what a draft amounts to."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from html import escape
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from analytics.product.funnels.definition import BadFunnel, Funnel
from analytics.segments.asking import Size, may_change, shares_sql, size_sql
from analytics.segments.definition import (
    Definition,
    Did,
    FirstSeen,
    InStage,
    LastDays,
    Rule,
    definition_of,
)
from analytics.showing import shown
from db.errors import BadSegment
from db.segments import Segment
from db.views import View
from ui import words, words_segments
from ui.addresses import chosen_query
from ui.cards import foot
from ui.condition_fields import Choices
from ui.drafts import DRAFT
from ui.frame import clock, enter
from ui.segment_changes import forget_segment, load

USES = {"trends": "Trends", "retention": "Retention", "funnels": "Funnels"}
EXAMPLES = {
    "Came back this week": Definition((Rule(InStage("returning", ago=0)),)),
    "Slipped away last week": Definition((Rule(InStage("dormant")),)),
    "Very active": Definition((Rule(Did(times=50, within=LastDays(28))),)),
    "New and already gone": Definition(
        (Rule(FirstSeen(LastDays(30))), Rule(Did(within=LastDays(7)), negated=True))
    ),
}


def choices_of(
    kinds: pd.DataFrame, values: dict[str, list[str]], views: Sequence[View], filters: Filters
) -> Choices:
    """What a segment of this project can ask for; `kinds` as `kinds_of` gives them."""
    named = kinds.sort_values(["name", "subject"]).groupby("name")["subject"]
    funnels = {view.name: text for view in views if (text := _funnel(view.query))}
    return Choices({str(name): list(all_) for name, all_ in named}, values, funnels, filters.today)


def segment_list(kept: Sequence[Segment], held: pd.DataFrame, filters: Filters) -> None:
    """Every segment with its size, its share of the active, how old that is, and its uses.

    `held` are the `shares` of these segments.
    """
    rows = {row["segment_id"]: row for row in held.to_dict("records")}
    for segment in kept:
        row = rows[segment.id]
        _segment(segment, Size(segment.size, row["active"], row["everybody"]))
    if kept:
        foot(_listed(kept, held), "segments", "", partial(_shown_shares, filters))


def examples() -> None:
    """What segments are for, with some to begin with."""
    st.markdown(
        "A segment is a set of people that you name once and then filter every page by: "
        "what they did or did not do, what they use, and when they came. "
        "Begin with an example, or with a condition of your own."
    )
    with st.container(horizontal=True, gap="xsmall"):
        for name, definition in EXAMPLES.items():
            st.button(
                name,
                icon=":material/auto_awesome:",
                on_click=load,
                args=(definition, name),
            )


def measured(draft: Definition, size: Size | None, filters: Filters) -> None:
    """What the draft says and how many people that are; `size` is None while it is incomplete."""
    if size is None:
        st.caption(draft.gap)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.metric("People", words.amount(size.people, "people"), width="content")
        _share(size)
    said = f"Everybody who {words_segments.sentence(draft)}."
    foot(
        pd.DataFrame([asdict(size)]),
        "segment_size",
        words.plain(said),
        partial(_shown_size, filters, draft),
    )


def _segment(segment: Segment, size: Size) -> None:
    with st.container(border=True, key=f"segment_{segment.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width="stretch", gap=None):
                st.markdown(f"**{words.plain(segment.name)}**")
                st.caption(f"Everybody who {words.plain(_said(segment))}")
            st.metric("People", words.amount(segment.size, "people"), width="content")
            _share(size)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(_made(segment), width="stretch")
            st.html(_uses(segment.name), width="content")
            if may_change(enter(), segment):
                _changing(segment)


def _uses(name: str) -> str:
    """Links to pages with the segment as filter, and the other filters as they are.

    They are plain ones: a page link of Streamlit loses its query where the page was seen before
    with something chosen on it.
    """
    query = {key: value for key, value in chosen_query().items() if key != DRAFT}
    chosen = escape(urlencode(query | {"segment": [name]}, doseq=True))
    ink = "color: inherit; margin-right: 1rem; font-size: 0.9em"
    return "".join(
        f'<a href="/{page}?{chosen}" style="{ink}">{title}</a>' for page, title in USES.items()
    )


def _changing(segment: Segment) -> None:
    definition = _read(segment)
    st.button(
        "Change",
        key=f"change_{segment.id}",
        type="tertiary",
        icon=":material/edit:",
        on_click=load,
        args=(definition or Definition(), segment.name, segment.id),
    )
    with st.popover("Delete", type="tertiary", icon=":material/delete:"):
        st.markdown("Pages that are filtered by it will show everybody again.")
        st.button(
            "Delete it",
            key=f"delete_{segment.id}",
            type="primary",
            on_click=forget_segment,
            args=(segment,),
        )


def _listed(kept: Sequence[Segment], held: pd.DataFrame) -> pd.DataFrame:
    """The list as a table, to take away."""
    rows = [(segment.id, segment.name, segment.size, segment.counted_at) for segment in kept]
    named = pd.DataFrame(rows, columns=["segment_id", "segment", "people", "counted_at"])
    return named.merge(held, on="segment_id")


def _shown_shares(filters: Filters) -> str:
    return shown(shares_sql(enter("product"), filters))


def _shown_size(filters: Filters, draft: Definition) -> str:
    return shown(size_sql(enter("product"), filters, draft))


def _share(size: Size) -> None:
    with st.container(width=190, gap=None):
        st.progress(size.share or 0.0, text=words_segments.share(size))


def _made(segment: Segment) -> str:
    counted = words.ago(segment.counted_at, clock(1))
    by = f" · made by {words.plain(segment.maker)}" if segment.maker else ""
    return f"Counted {counted}{by}"


def _said(segment: Segment) -> str:
    definition = _read(segment)
    return words_segments.sentence(definition) if definition else "… (made by another version)"


def _read(segment: Segment) -> Definition | None:
    try:
        return definition_of(segment.definition)
    except BadSegment:
        return None


def _funnel(address: str) -> str | None:
    """The funnel that a saved view of the Funnels page shows; None when it can't be read."""
    try:
        return Funnel.from_text(address).text
    except BadFunnel:
        return None

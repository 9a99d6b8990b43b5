"""The choices of a journey, and the way from one of its paths to a funnel."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.product.journeys.asking import DIRECTIONS, FEWEST, LEVELS, MOST, MOST_TOLD, Journey
from analytics.product.journeys.flow import Flow, Path
from analytics.product.journeys.funnels import funnel_of
from ui.words_journeys import called, path_of

PATHS: Mapping[str, Any] = {
    "sessions": st.column_config.NumberColumn("Visits", format="localized", width="small"),
    "share": st.column_config.NumberColumn("Of all", format="percent", width="small"),
    "path": st.column_config.TextColumn("Path", width="large"),
}
EDGES: Mapping[str, Any] = {
    "step": st.column_config.NumberColumn("Step"),
    "source": st.column_config.TextColumn("From"),
    "target": st.column_config.TextColumn("To"),
    "sessions": st.column_config.NumberColumn("Visits", format="localized"),
    "share": st.column_config.NumberColumn(
        "Share", help="Of the visits at the step nearer to the start", format="percent"
    ),
}
FUNNELS = "pages/funnels.py"
ANYTHING = "anything"
BETWEEN = " \u00b7 "


def choose_journey(kinds: pd.DataFrame) -> Journey:
    """Draw the choices that make up a journey."""
    direction = _segments("What happened", DIRECTIONS, "direction", "after")
    level = _segments("Tell apart by", LEVELS, "level", "name")
    known = starts(kinds, level)
    start = st.selectbox(
        "Start at",
        list(known),
        key="journey_start",
        bind="query-params",
        width=200,
        help="The first time in a visit; with anything, the first or the last step of the visit.",
    )
    name, subject = known[start]
    steps = _number("Steps", "steps", 4, FEWEST, MOST, "Columns, the start among them.")
    top = _number("Per step", "top", 6, 1, MOST_TOLD, "How many are told apart in each column.")
    return Journey(name, subject, direction, level, steps, top)


def starts(kinds: pd.DataFrame, level: str) -> dict[str, tuple[str, str | None]]:
    """What a journey can start at, by how it is called: anything, names, names with subjects."""
    known: dict[str, tuple[str, str | None]] = {ANYTHING: ("", None)}
    known |= {name: (name, None) for name in sorted(set(kinds["name"]))}
    if level == "subject":
        pairs = kinds[["name", "subject"]].sort_values(["name", "subject"])
        for name, subject in pairs.itertuples(index=False, name=None):
            if subject:
                known[name + BETWEEN + subject] = (name, subject)
    return known


def offer_funnel(
    flow: Flow, journey: Journey, kinds: pd.DataFrame, picked: list[dict[str, Any]]
) -> None:
    """Offer the commonest way to a node as a funnel: to the one clicked on, or chosen here."""
    names = called(flow.nodes)
    ways = {
        path_of(way, names): way
        for way in sorted(flow.ways, key=lambda way: -way.sessions)
        if funnel_of(way, journey, kinds)
    }
    if not ways:
        return
    clicked = path_to(flow, picked)
    told = path_of(clicked, names) if clicked else ""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "A path of these as a funnel: click on a node, or choose",
            list(ways),
            index=list(ways).index(told) if told in ways else 0,
            key=f"journey_path_{told}",
        )
        funnel = funnel_of(ways[chosen], journey, kinds)
        if funnel:
            st.page_link(
                FUNNELS,
                label="Open as a funnel",
                icon=":material/filter_alt:",
                query_params=funnel.to_query(),
            )


def path_to(flow: Flow, picked: list[dict[str, Any]]) -> Path | None:
    """The commonest way to the node that was clicked on; None without one."""
    places = zip(flow.nodes["step"], flow.nodes["node"], strict=True)
    wanted = [(node.get("step"), node.get("node")) for node in picked]
    ways = zip(places, flow.ways, strict=True)
    return next((way for place, way in ways if place in wanted), None)


def _segments(label: str, options: tuple[str, ...], key: str, default: str) -> str:
    chosen: str = st.segmented_control(
        label,
        options,
        default=default,
        key=f"journey_{key}",
        bind="query-params",
        required=True,
    )
    return chosen


def _number(label: str, key: str, usual: int, least: int, most: int, help: str) -> int:
    return st.number_input(
        label,
        least,
        most,
        usual,
        key=f"journey_{key}",
        bind="query-params",
        width=110,
        help=help,
    )

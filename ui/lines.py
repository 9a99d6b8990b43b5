"""The choices of the Trends page: its lines, how they are read, and what parts them.

Choices are written in the address as they are labelled here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from analytics.filters import Filters
from analytics.measures.loading import TRAILING
from analytics.metrics import METRICS, Metric
from analytics.product.properties import PREFIX, property_keys
from analytics.product.retention import Doing
from analytics.product.trends.readings import READINGS, Reading
from ui.filters import LABELS, NO_BREAKDOWN, choose_metric
from ui.frame import fetch
from ui.terms import ANY, name_of

MORE = ("b", "c", "d")  # the lines besides the first
NONE = "None"
READ_AS: dict[Reading, str] = {
    "each": "each",
    "average": "7-period average",
    "cumulative": "cumulative",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the chart: a metric of all events, or of some."""

    letter: str
    metric: Metric
    doing: Doing

    @property
    def label(self) -> str:
        """The metric, and of what."""
        of = f" \u00b7 {name_of(self.doing)}" if self.doing.event else ""
        return f"{self.metric.label}{of}"

    @property
    def name(self) -> str:
        """The label after the line's letter, which tells lines of the same label apart."""
        return f"{self.letter} {self.label}"


def choose_first(known: Mapping[str, Doing]) -> Line:
    """Draw the choice of the first line."""
    return Line("A", choose_metric(), _choose_doing("Of", "of", known))


def choose_more(known: Mapping[str, Doing]) -> tuple[list[Line], bool]:
    """Draw the choice of up to three more lines, and of the ratio of the first two."""
    labels = {metric.label: metric for metric in METRICS.values()}
    lines = []
    with (
        st.expander("More metrics and a ratio", key="lines", type="compact"),
        st.grid("auto", min_column_width=170),
    ):
        for key in MORE:
            letter = key.upper()
            chosen = st.selectbox(letter, [NONE, *labels], key=f"metric_{key}", bind="query-params")
            doing = _choose_doing(f"{letter} of", f"of_{key}", known)
            if chosen != NONE:
                lines.append(Line(letter, labels[chosen], doing))
        ratio = st.toggle(
            "Ratio A / B", key="ratio", bind="query-params", help="The first line by the second"
        )
    return lines, ratio and bool(lines)


def choose_split(filters: Filters, doing: Doing) -> str | None:
    """Draw the choice of a breakdown: by a dimension, or by a property of the chosen event."""
    options: dict[str, str | None] = {NO_BREAKDOWN: None}
    options |= {label: name for name, label in LABELS.items()}
    if doing.event:
        keys = fetch(property_keys, filters, doing.event)
        options |= {f"{PREFIX}{key}": f"{PREFIX}{key}" for key in keys}
    label = st.selectbox(
        "Broken down by",
        list(options),
        key="by",
        bind="query-params",
        width=160,
        help="Choose an event to see its properties here; they are read from raw events.",
    )
    return options[label]


def choose_reading(metric: Metric) -> Reading:
    """Draw the choice of how a line is read."""
    fitting = [r for r in READINGS if r != "cumulative" or metric.key not in TRAILING]
    labels = {READ_AS[reading]: reading for reading in fitting}
    label = st.selectbox(
        "Read as",
        list(labels),
        key="reading",
        bind="query-params",
        width=150,
        help="An average is of the last seven periods; accumulated people are counted once.",
    )
    return labels[label]


def _choose_doing(label: str, key: str, known: Mapping[str, Doing]) -> Doing:
    return known[st.selectbox(label, list(known) or [ANY], key=key, bind="query-params", width=170)]

"""The choices of the Feedback page, its tiles, and the columns of its tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics.feedback.breakdowns import FEW
from analytics.feedback.metrics import ALL_MEASURES, Measure
from analytics.feedback.scores import Score
from analytics.filters import Filters
from ui import words, words_feedback

PARTS = {
    "Version": "app_version",
    "Plan": "plan",
    "Platform": "platform",
    "Feature": "subject",
    "Package": "package",
    "Country": "country",
    "Channel": "channel",
}
PINNED = 180  # pixels of a name: wider than 60 % of a phone's table, it would not stay in sight
THEMES: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("Theme", pinned=True, width=PINNED),
    "comments": st.column_config.NumberColumn("Comments", format="localized"),
    "people": st.column_config.NumberColumn(
        "People", help="Different people who wrote about it", format="localized"
    ),
    "change": st.column_config.NumberColumn(
        "Change", help="Comments of the days that are over against the time before",
        format="percent",
    ),
    "sentiment": st.column_config.NumberColumn(
        "Sentiment", help="The percentage of positive comments less that of negative ones",
        format="%+.0f",
    ),
    "detractors": st.column_config.NumberColumn(
        "Detractors", help="Of its people who answered NPS, those whose latest answer is 0 to 6",
        format="percent",
    ),
    "asked": st.column_config.NumberColumn(
        "Answered NPS", help="How many of its people ever did", format="localized"
    ),
    "is_pinned": st.column_config.CheckboxColumn("Pinned"),
}  # fmt: skip
AFTERWARDS: Mapping[str, Any] = {
    "week": st.column_config.NumberColumn("Week after", pinned=True),
    "share": st.column_config.NumberColumn("Active", format="percent"),
    "people": st.column_config.NumberColumn("Of people", format="localized"),
    "rest_share": st.column_config.NumberColumn("Others active", format="percent"),
    "rest_people": st.column_config.NumberColumn("Of others", format="localized"),
    "difference": st.column_config.NumberColumn("Difference, points", format="%+.1f"),
    "difference_low": st.column_config.NumberColumn("points, at least", format="%+.1f"),
    "difference_high": st.column_config.NumberColumn("points, at most", format="%+.1f"),
    "events": st.column_config.NumberColumn("Events each", format="%.1f"),
    "rest_events": st.column_config.NumberColumn("Others' events", format="%.1f"),
    "events_low": st.column_config.NumberColumn(
        "Fewer or more, at least", help="The 95% interval of their difference", format="%+.1f"
    ),
    "events_high": st.column_config.NumberColumn("at most", format="%+.1f"),
}


def score_tiles(found: Sequence[Score], filters: Filters) -> None:
    """A row of tiles, each with how sure it is, that folds to the width of the page."""
    with st.grid(max(len(found), 1), min_column_width=120, gap="xsmall"):
        for score in found:
            _tile(score)
    st.caption(words.compared(filters))


def choose_measure() -> Measure:
    """Draw the choice of the figure that charts and the breakdown show."""
    labels = {measure.metric.label: measure for measure in ALL_MEASURES}
    label = st.segmented_control(
        "Figure", list(labels), default="NPS", key="score", bind="query-params", required=True
    )
    return labels[label]


def choose_part() -> tuple[str, str]:
    """Draw the choice of a breakdown; its label and its column."""
    label = st.segmented_control(
        "Broken down by",
        list(PARTS),
        default="Version",
        key="score_by",
        bind="query-params",
        required=True,
    )
    return label, PARTS[label]


def part_columns(measure: Measure, label: str) -> Mapping[str, Any]:
    """The columns of a breakdown."""
    share = measure.metric.unit == "share"
    form = "percent" if share else "%+.0f" if measure.metric.unit == "points" else "%.2f"
    if measure.interval == "none":
        form = "localized"
    return {
        "series": st.column_config.TextColumn(label, pinned=True),
        "value": st.column_config.NumberColumn(measure.metric.label, format=form),
        "low": st.column_config.NumberColumn("At least", help="95% interval", format=form),
        "high": st.column_config.NumberColumn("At most", help="95% interval", format=form),
        "n": st.column_config.NumberColumn("Answers", format="localized"),
        "few": st.column_config.TextColumn("Rests on"),
        "share": st.column_config.NumberColumn("Of all answers", format="percent"),
    }


def marked(parts: pd.DataFrame) -> pd.DataFrame:
    """A breakdown with few (str): what rests on few answers says so, the others have None."""
    return parts.assign(few=parts["n"].lt(FEW).map({True: "few answers", False: None}))


def in_points(weeks: pd.DataFrame) -> pd.DataFrame:
    """The weeks after a comment with differences of shares in percentage points."""
    names = ["difference", "difference_low", "difference_high"]
    return weeks.assign(**{name: weeks[name] * 100 for name in names})


def in_words(answers: pd.DataFrame) -> pd.DataFrame:
    """A distribution with its answers as people read them."""
    return answers.assign(answer=answers["answer"].map(words_feedback.answer))


def _tile(score: Score) -> None:
    metric = score.measure.metric
    with st.container(border=True, gap=None, height="stretch"):
        st.metric(
            metric.label,
            words_feedback.value(score.value, metric.unit),
            words_feedback.change(score),
            delta_color="normal" if score.moved else "off",
            delta_arrow="auto" if score.moved else "off",
            help=words_feedback.explained(score),
        )
        st.caption(words_feedback.sureness(score))

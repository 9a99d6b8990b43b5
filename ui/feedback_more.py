"""What stands at the end of the Feedback page, a tab each: asked for only while it is open."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from analytics.feedback.page_ratings import page_opinions, page_opinions_sql
from analytics.feedback.sentiment_accuracy import (
    accuracy,
    sentiment_confusion,
    sentiment_confusion_sql,
)
from analytics.filters import Filters
from analytics.scope import Viewer
from analytics.showing import shown
from ui import words_feedback
from ui.cards import table_card
from ui.digest import draw_digest
from ui.frame import fetch

TABS = ("Weekly digest", "Sentiment, checked", "Our own pages")
CONFUSION: Mapping[str, Any] = {
    "person": st.column_config.TextColumn("A person says"),
    "lexicon": st.column_config.TextColumn("The lexicon said"),
    "comments": st.column_config.NumberColumn("Comments", format="localized"),
}
OPINIONS: Mapping[str, Any] = {
    "page": st.column_config.TextColumn("Page", pinned=True),
    "helpful": st.column_config.ProgressColumn("Helpful", format="percent", max_value=1),
    "n": st.column_config.NumberColumn("Colleagues", format="localized"),
    "latest": st.column_config.TextColumn("Latest remark", width="large"),
}


def draw_more(viewer: Viewer, filters: Filters) -> None:
    """The digest, how far sentiment can be believed, and what colleagues say of our pages."""
    drawing = (draw_digest, _draw_accuracy, _draw_pages)
    tabs = st.tabs(list(TABS), key="more_feedback", on_change="rerun", bind="query-params")
    for tab, draw in zip(tabs, drawing, strict=True):
        if tab.open:
            with tab:
                draw(viewer, filters)


def _draw_accuracy(viewer: Viewer, filters: Filters) -> None:
    confusion = fetch(sentiment_confusion, filters)
    table_card(
        confusion,
        title=words_feedback.accuracy_finding(accuracy(confusion)),
        help=words_feedback.ACCURACY,
        name="accuracy",
        columns=CONFUSION,
        query=lambda: shown(sentiment_confusion_sql(viewer, filters)),
        empty="Nobody has told the sentiment of a comment in this range yet.",
    )


def _draw_pages(viewer: Viewer, filters: Filters) -> None:
    table_card(
        fetch(page_opinions, filters.project_id),
        title="Were these pages helpful?",
        help=words_feedback.PAGES,
        name="opinions",
        columns=OPINIONS,
        query=lambda: shown(page_opinions_sql(viewer, filters.project_id)),
        empty="Nobody has rated a page yet. The question stands at the end of each.",
    )

"""The weekly digest on the Feedback page: what is sent, what was sent, and whether it arrived."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics.feedback.digest import (
    Digest,
    Quotes,
    archive,
    as_html,
    digest,
    markdown_of,
    quoted,
    quotes_of,
    sendings,
    sendings_sql,
)
from analytics.filters import Filters
from analytics.scope import Viewer
from analytics.showing import shown
from ui.cards import table_card
from ui.frame import ask, fetch_all

HELP = (
    "Made on Mondays at 7 o'clock of the project, of the week before and the whole project. "
    "Quotes are of comments without personal data; earlier digests are kept without them."
)
NOTHING = "Nothing was said in that week, nor in the week before."
WHERE = "Digests go to the targets that `python -m db target` names."
COLUMNS: Mapping[str, Any] = {
    "at": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm"),
    "target": st.column_config.TextColumn("Target"),
    "title": st.column_config.TextColumn("What", width="large"),
    "state": st.column_config.TextColumn("State", help="Given up after seven tries in a day"),
    "tries": st.column_config.NumberColumn("Tries"),
    "error": st.column_config.TextColumn("Last error"),
}


def draw_digest(viewer: Viewer, filters: Filters) -> None:
    """The digest of the last whole week or of an earlier one, and where digests went."""
    latest, quotes, kept, sent = fetch_all(
        ask(digest, filters),
        ask(quoted, filters),
        ask(archive, filters.project_id),
        ask(sendings, filters),
    )
    with st.container(border=True, key="card_digest", gap="xsmall"):
        st.subheader("Weekly digest", anchor=False, help=HELP)
        earlier = kept[kept["week"] != latest.week.isoformat()].set_index("week")["markdown"]
        week = _choose_week([latest.week.isoformat(), *earlier.index])
        kept = earlier[week] if week in earlier.index else _preview(latest, quotes)
        st.html(as_html(kept))  # Streamlit's own Markdown knows more signs than that of messages
    table_card(
        sent,
        title=_sent_finding(sent),
        help=WHERE,
        name="sendings",
        columns=COLUMNS,
        empty=WHERE,
        query=lambda: shown(sendings_sql(viewer, filters)),
    )


def _choose_week(weeks: list[str]) -> str:
    chosen: str = st.selectbox(
        "Week from Monday",
        weeks,
        key="digest",
        format_func=lambda week: f"{date.fromisoformat(week):%-d %B %Y}",
        width=240,
    )
    return chosen


def _preview(latest: Digest, quotes: Quotes) -> str:
    """The Markdown of what would be sent now."""
    return NOTHING if latest.is_silent else f"{markdown_of(latest)}\n{quotes_of(quotes)}"


def _sent_finding(sent: pd.DataFrame) -> str:
    """How many of the latest messages arrived."""
    if sent.empty:
        return "No message was sent yet"
    states = sent["state"].value_counts()
    told = [
        f"{states[state]} {state}" for state in ("sent", "waiting", "given up") if state in states
    ]
    return f"The latest messages: {', '.join(told)}"

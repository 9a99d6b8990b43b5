"""The roadmap's weights, the columns of its tables, and the choice of one of its rows."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.feedback.roadmap import Weights
from ui import words_roadmap
from ui.words_roadmap import Row

SLIDERS = {
    "reach": ("Reach", "How much it counts that many people want it"),
    "severity": ("Severity", "How much it counts that it hurts"),
    "confidence": ("Confidence", "How much it counts that the evidence is sure"),
    "effort": ("Effort", "How much it counts that it is quickly built"),
}
MONEY = ("Money in reach", "How much of reach is MRR, and not the number of people")
KINDS = {"request": "Request", "theme": "Pain theme"}
PINNED = 180  # pixels of a name: wider than 60 % of a phone's table, it would not stay in sight
RANKING: dict[str, Any] = {
    "score": None,  # depends on the rows, as does mrr
    "title": st.column_config.TextColumn("What", width=PINNED, pinned=True),
    "kind": st.column_config.TextColumn("Kind"),
    "state": st.column_config.TextColumn("State"),
    "formula": st.column_config.TextColumn(
        "Reach \u00d7 severity \u00d7 confidence \u00d7 ease", width="medium"
    ),
    "people": st.column_config.NumberColumn(
        "People", help="Who voted, or commented in its theme", format="localized"
    ),
    "mrr": None,
    "votes": st.column_config.NumberColumn("Votes", format="localized"),
    "comments": st.column_config.NumberColumn("Comments", format="localized"),
    "mood": st.column_config.NumberColumn(
        "Mood", help="Mean sentiment, from -1 to 1", format="%.2f"
    ),
    "negative": st.column_config.NumberColumn(
        "Negative", help="Of scored comments", format="percent"
    ),
    "subject": st.column_config.TextColumn("About", help="What most of its comments are about"),
    "error_rate": st.column_config.NumberColumn(
        "Error rate", help="Of the events of what it is about", format="percent"
    ),
    "drop_off": st.column_config.NumberColumn(
        "Drop-off",
        help="The largest loss beside a step of a saved funnel about it",
        format="percent",
    ),
    "confidence_used": st.column_config.NumberColumn("Confidence", format="percent"),
    "effort_used": st.column_config.NumberColumn("Effort", help="Person-weeks", format="%g w"),
    "assumed": st.column_config.TextColumn(
        "Assumed", help="What nobody entered and nothing is known of"
    ),
    "released": st.column_config.CheckboxColumn("Public", help="Released by a moderator"),
}
TOLD: Mapping[str, Any] = {
    "title": st.column_config.TextColumn("Request", pinned=True),
    "state": st.column_config.TextColumn("State"),
    "shipped_at": st.column_config.DatetimeColumn("Shipped", format="D MMM YYYY"),
    "told": st.column_config.NumberColumn(
        "Told", help="People with a notice of it", format="localized"
    ),
    "seen": st.column_config.NumberColumn("Saw it", format="localized"),
    "messages": st.column_config.NumberColumn("Messages", help="To targets"),
    "sent": st.column_config.NumberColumn("Arrived"),
    "told_at": st.column_config.DatetimeColumn("Told on", format="D MMM YYYY, HH:mm"),
}
ASSUMED = {
    "severity_assumed": "severity",
    "confidence_assumed": "confidence from n",
    "effort_assumed": "effort",
}


def choose_weights() -> Weights:
    """Draw the sliders of the weights, which the address holds."""
    with st.container(horizontal=True, gap="medium", key="weights"):
        powers = {name: _slider(name, *said, 2.0, 1.0) for name, said in SLIDERS.items()}
        return Weights(money=_slider("money", *MONEY, 1.0, 0.5), **powers)


def columns(rows: pd.DataFrame) -> Mapping[str, Any]:
    """The columns of the ranking: scores beside the highest, and money in its currency."""
    if rows.empty:
        return RANKING
    score = st.column_config.ProgressColumn(
        "Score",
        help="Of 100; the bar is its part of the highest",
        format="%.1f",
        max_value=max(float(rows["score"].max()), 1.0),
    )
    mrr = st.column_config.NumberColumn(
        f"MRR {rows['currency'].iloc[0]}".strip(),
        help="The monthly price of the latest plan of each of them",
        format="localized",
    )
    return RANKING | {"score": score, "mrr": mrr}


def listed(rows: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """The ranking as its table shows it: in words, with its formula, and what is assumed."""
    each = rows.to_dict("records")
    return rows.assign(
        kind=rows["kind"].map(KINDS),
        state=rows["state"].str.capitalize(),
        mrr=rows["mrr_cents"] / 100,
        formula=[words_roadmap.formula(row, weights) for row in each],
        assumed=[", ".join(ASSUMED[name] for name in ASSUMED if row[name]) for row in each],
    )


def told_listed(closed: pd.DataFrame) -> pd.DataFrame:
    """What became of requests as its table shows it: in words."""
    return closed.assign(state=closed["state"].str.capitalize())


def choose_item(rows: pd.DataFrame) -> Row:
    """Draw the choice of a row, by default the first."""
    known = {label(row): row for row in rows.to_dict("records")}
    return known[st.selectbox("Look into", list(known), key="item", bind="query-params")]


def label(row: Row) -> str:
    """A row by its title, and what tells it from one of the same title."""
    return f"{row['title']} ({row['kind']} {row['item']})"


def _slider(name: str, label: str, help: str, most: float, usual: float) -> float:
    key = f"weight_{name}"
    return st.slider(
        label, 0.0, most, usual, most / 8, key=key, bind="query-params", help=help, width=150
    )

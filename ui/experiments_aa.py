"""The A/A card: the machinery tried on the project's own people, who all got the same."""

from typing import Any

import pandas as pd
import streamlit as st
from analytics.experiments.catalogue import Ready

from analytics.experiments.self_test import SelfTest, self_test, self_test_sql
from analytics.filters import Filters
from analytics.showing import shown
from ui import charts
from ui import words_trials as told
from ui.cards import chart_card
from ui.experiments_ready import ready_ones
from ui.frame import enter, fetch

RUN = "a_a"
TENTHS = 10


def offer_a_a(filters: Filters) -> None:
    """The choice of a metric and a button; below them, once asked for, what came of it."""
    viewer = enter("product")
    with st.container(border=True, key="card_a_a_offer"):
        st.subheader("Run an A/A test on your own data", anchor=False, help=told.A_A)
        st.caption(told.A_A_WHY)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            ready = _choose(ready_ones(filters))
            if st.button("Run it", icon=":material/science:", key="run_a_a"):
                st.session_state[RUN] = True
    if not st.session_state.get(RUN):
        return
    with st.spinner("Splitting people in halves a hundred times ..."):
        found = fetch(self_test, filters, ready.metric)
    chart_card(
        charts.columns(
            by_tenth(found),
            number="p",
            count="splits",
            number_title="p-value from",
            count_title="Splits",
        ),
        by_tenth(found),
        title=told.a_a_title(found, ready.label),
        help=told.A_A,
        name="a_a",
        note=told.A_A_NOTE,
        query=lambda: shown(self_test_sql(viewer, filters, ready.metric)),
        empty=told.A_A_NOBODY,
    )


def by_tenth(found: SelfTest) -> pd.DataFrame:
    """How many splits have a p-value in each tenth: p (str), splits (int64), share (float64)."""
    edges = [tenth / TENTHS for tenth in range(TENTHS + 1)]
    tenths = pd.cut(found.rows["p"].dropna(), edges, include_lowest=True, labels=edges[:-1])
    counts = tenths.value_counts(sort=False)
    splits = counts.to_numpy(dtype="int64")
    return pd.DataFrame(
        {
            "p": [f"{edge:.1f}" for edge in edges[:-1]],
            "splits": splits,
            "share": splits / max(splits.sum(), 1),
        }
    )


def _choose(ready: dict[str, Ready]) -> Ready:
    labels: Any = {key: each.label for key, each in ready.items()}
    key = st.selectbox(
        "Metric", list(ready), key="a_a_metric", format_func=labels.__getitem__, width=260
    )
    return ready[key]

"""The A/A card: the machinery tried on the project's own people, who all got the same."""

import pandas as pd
import streamlit as st

from analytics.experiments.definition import Metric
from analytics.experiments.self_test import SelfTest, self_test, self_test_sql
from analytics.filters import Filters
from analytics.showing import shown
from ui import charts
from ui import words_trials as told
from ui.cards import chart_card
from ui.experiments_metrics import Choices, made
from ui.experiments_ready import choices_of
from ui.frame import enter, fetch

RUN, USUAL = "a_a", "events"
PARTS = 20  # of 0.05 each: the first one holds those that look different


def offer_a_a(filters: Filters) -> None:
    """The choice of a metric and a button; below them, once asked for, what came of it."""
    viewer = enter("product")
    with st.container(border=True, key="card_a_a_offer"):
        st.subheader("Run an A/A test on your own data", anchor=False, help=told.A_A)
        st.caption(told.A_A_WHY)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            metric = _choose(choices_of(filters))
            if st.button("Run it", icon=":material/science:", key="run_a_a"):
                st.session_state[RUN] = True
    if not st.session_state.get(RUN):
        return
    with st.spinner("Splitting people in halves a hundred times ..."):
        found = fetch(self_test, filters, metric)
    chart_card(
        charts.columns(
            by_part(found),
            number="p",
            count="splits",
            number_title="p-value from",
            count_title="Splits",
        ),
        by_part(found),
        title=told.a_a_title(found, metric.label),
        help=told.A_A,
        name="a_a",
        note=told.A_A_NOTE,
        query=lambda: shown(self_test_sql(viewer, filters, metric)),
        empty=told.A_A_NOBODY,
    )


def by_part(found: SelfTest) -> pd.DataFrame:
    """How many splits have a p-value in each part: p (str), splits (int64), share (float64)."""
    edges = [place / PARTS for place in range(PARTS + 1)]
    parts = pd.cut(found.rows["p"].dropna(), edges, right=False, labels=edges[:-1])
    counts = parts.value_counts(sort=False)
    splits = counts.to_numpy(dtype="int64")
    return pd.DataFrame(
        {
            "p": [f"{edge:.2f}" for edge in edges[:-1]],
            "splits": splits,
            "share": splits / max(splits.sum(), 1),
        }
    )


def _choose(choices: Choices) -> Metric:
    """A ready-made metric, of an event or of all."""
    keys = list(choices.ready)
    key = st.selectbox(
        "Metric",
        keys,
        keys.index(USUAL),
        key="a_a_metric",
        format_func=lambda each: choices.ready[each].label,
        width=220,
    )
    metric = choices.ready[key].metric
    done = st.selectbox("Of", list(choices.doings), key="a_a_of", width=220)
    return made(choices.ready[key], choices.doings[done], metric)

"""Models on which packages were run: how often, how fast and how well."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics.community.efficiency import ModelUse
from ui import words_models as told
from ui.cards import Query, table_card
from ui.tables import mean_time, share

COLUMNS: Mapping[str, Any] = {
    "model": st.column_config.TextColumn("Model", pinned=True),
    "runs": st.column_config.NumberColumn("Runs", format="localized"),
    "credits": st.column_config.NumberColumn("Credits", format="localized"),
    "duration_ms": mean_time("Of the runs that told it"),
    "success": share("Success", "Runs without error / runs"),
}


def models_card(models: Sequence[ModelUse], *, whose: str, query: Query) -> None:
    """A row a model; `whose` runs they are is said in the title."""
    table_card(
        models_frame(models),
        title=told.finding(models, whose),
        help=told.MODELS,
        name="models",
        columns=COLUMNS,
        query=query,
        empty=told.NO_RUN,
    )


def models_frame(models: Sequence[ModelUse]) -> pd.DataFrame:
    """model (str), runs, credits (int64), duration_ms, success (float64, NaN where not told)."""
    rows = [
        (told.name(each.model), each.runs, each.credits, each.duration_ms, each.success)
        for each in models
    ]
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return found.astype({"duration_ms": "float64", "success": "float64"})

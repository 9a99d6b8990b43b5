"""What an experiment's estimates say, as rows to draw, to show and to take away."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics.experiments.statistics import Estimate
from ui import words
from ui import words_experiments as told
from ui.words_verdicts import effect, quoted

LIFTS = ["metric", "variant", "says", "value", "low", "high"]
TONES = {"better": "better", "worse": "worse", "broken": "worse"}
NUMBERS: Mapping[str, Any] = {
    "metric": st.column_config.TextColumn("Metric", pinned=True),
    "variant": st.column_config.TextColumn("Variant"),
    "role": st.column_config.TextColumn("Role"),
    "says": st.column_config.TextColumn("Says"),
    "control": st.column_config.TextColumn("Control"),
    "value": st.column_config.TextColumn("Variant's"),
    "lift": st.column_config.NumberColumn("Change", format="percent"),
    "low": st.column_config.NumberColumn("At least", format="percent"),
    "high": st.column_config.NumberColumn("At most", format="percent"),
    "p": st.column_config.TextColumn("p", help="At the planned size"),
    "p_adjusted": st.column_config.TextColumn("p, adjusted", help="At the planned size"),
    "people": st.column_config.NumberColumn("People", format="localized"),
}
CHANCES: Mapping[str, Any] = {
    "metric": NUMBERS["metric"],
    "variant": NUMBERS["variant"],
    "chance": st.column_config.NumberColumn("Chance to win", format="percent"),
    "loss": st.column_config.TextColumn("Expected loss"),
    "reduction": st.column_config.NumberColumn(
        "Noise taken out", help="By the same metric before the exposure (CUPED)", format="percent"
    ),
}


def lift_rows(estimates: Sequence[Estimate]) -> pd.DataFrame:
    """A row for each estimate that has a relative effect: `LIFTS`, and label and tone to draw it.

    The value, low and high (float) are relative to the control: 0.02 is 2 %.
    """
    rows = [
        {
            "metric": each.metric.label,
            "variant": each.variant,
            "says": (says := told.means(each)),
            "value": found.lift,
            "low": found.lift_low,
            "high": found.lift_high,
            "label": f"{each.metric.label}, {quoted(each.variant)}\n{effect(each)}: {says}",
            "tone": TONES.get(says, "open"),
        }
        for each in estimates
        if (found := each.effect) and found.lift is not None
    ]
    return pd.DataFrame(rows, columns=[*LIFTS, "label", "tone"])


def number_rows(estimates: Sequence[Estimate]) -> pd.DataFrame:
    """A row for each estimate with everything that is known of it.

    The p-values are in the column p_adjusted where any was corrected for the others, else in p.
    """
    columns = list(dict.fromkeys((*NUMBERS, *CHANCES)))
    corrected = any(each.adjusted != each.p_value for each in estimates)
    rows = pd.DataFrame([_numbered(each) for each in estimates], columns=columns)
    return rows.drop(columns="p" if corrected else "p_adjusted")


def _numbered(estimate: Estimate) -> dict[str, Any]:
    found, metric = estimate.effect, estimate.metric
    row: dict[str, Any] = {
        "metric": metric.label,
        "variant": estimate.variant,
        "role": told.ROLES[metric.role],
        "says": told.means(estimate),
        **dict.fromkeys(("p", "p_adjusted"), told.p_value(estimate.adjusted)),
        "chance": estimate.chance,
        "loss": words.amount(estimate.loss, metric.unit),
        "reduction": estimate.reduction,
    }
    if found is None:
        return row
    return row | {
        "control": words.amount(found.control_value, metric.unit),
        "value": words.amount(found.value, metric.unit),
        "lift": found.lift,
        "low": found.lift_low,
        "high": found.lift_high,
        "people": found.n + found.n_control,
    }

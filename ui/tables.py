"""How the columns of tables are named and written, the same wherever they appear."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.product.retention import MILESTONES

SUBJECTS: Mapping[str, Any] = {
    "subject": st.column_config.TextColumn("Subject", help="What it was done to", pinned=True),
    "name": st.column_config.TextColumn("Event"),
    "events": st.column_config.NumberColumn("Events", format="localized"),
    "actors": st.column_config.NumberColumn("Users", format="localized"),
    "change": st.column_config.NumberColumn(
        "Change", help="Events of the days that are over against the time before", format="percent"
    ),
    "error_rate": st.column_config.NumberColumn("Error rate", format="percent"),
}
OUTCOMES = {
    "accepted": "Kept",
    "duplicate": "Sent twice",
    "rejected": "Malformed",
    "no_consent": "No consent",
    "bot": "From a bot",
}


def labelled(top: pd.DataFrame) -> pd.DataFrame:
    """The frame with `label` (str): the subject, or the event's name where that says it better."""
    label = top["subject"].where(top["subject"] != "", top["name"])
    twice = label.duplicated(keep=False)
    return top.assign(label=label.where(~twice, label + " (" + top["name"] + ")"))


def milestones(grain: str) -> Mapping[str, Any]:
    """The columns of retention at some intervals, by their numbers."""
    shares = {
        str(number): st.column_config.NumberColumn(
            f"{grain.capitalize()} {number}", help="Back, of those old enough", format="percent"
        )
        for number in MILESTONES[grain]
    }
    series = st.column_config.TextColumn("Of", pinned=True)
    size = st.column_config.NumberColumn("Users", help="In all cohorts", format="localized")
    return {"series": series, "size": size, **shares}


def outcomes(intake: pd.DataFrame) -> pd.DataFrame:
    """The frame with its outcomes in words."""
    return intake.assign(
        outcome=intake["outcome"].map(lambda name: OUTCOMES.get(name, plain(name)))
    )


def plain(name: str) -> str:
    """A name of the code as a word: too_large -> Too large."""
    return name.replace("_", " ").capitalize()

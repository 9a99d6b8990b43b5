"""How the columns of tables are named and written, the same wherever they appear."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.metrics import Metric
from analytics.product.retention import MILESTONES

DAY = "D MMM YYYY"
SHARE, SECONDS = "%.1f%%", "%.2f s"
TIMES = {SHARE: 100, SECONDS: 0.001}  # what values are multiplied by, to be written like this
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
VOLUMES: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("Event", pinned=True),
    "state": st.column_config.TextColumn(
        "State", help="New in the range, or quiet since before it"
    ),
    "events": st.column_config.NumberColumn("Events", format="localized"),
    "change": SUBJECTS["change"],
    "first_seen": st.column_config.DatetimeColumn("First seen", format="D MMM YYYY, HH:mm"),
    "last_seen": st.column_config.DatetimeColumn(
        "Last seen", help="The last hour with any", format="D MMM YYYY, HH:mm"
    ),
}
PROPERTIES: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("Event", pinned=True),
    "property": st.column_config.TextColumn("Property"),
    "events": st.column_config.NumberColumn("Sampled events", format="localized"),
    "share": st.column_config.NumberColumn(
        "Carry it", help="Of the sampled events of this name", format="percent"
    ),
}
CONSENT: Mapping[str, Any] = {
    "purpose": st.column_config.TextColumn("Purpose", pinned=True),
    "granted": st.column_config.NumberColumn("Granted", format="localized"),
    "refused": st.column_config.NumberColumn("Refused", format="localized"),
    "share": st.column_config.ProgressColumn("Of those who decided", format="percent"),
}
OUTCOMES = {
    "accepted": "Kept",
    "duplicate": "Sent twice",
    "invalid": "Malformed",
    "too_large": "Too large",
    "too_old": "Too old",
    "bad_time": "Of no known time",
    "in_future": "Of the future",
    "no_consent": "No consent",
    "do_not_track": "Do Not Track",
    "bot": "From a bot",
}


def share(label: str, help: str | None = None) -> Any:
    """A column of shares, as percent with one decimal."""
    return st.column_config.NumberColumn(label, help=help, format=SHARE)


def number(label: str, help: str | None = None) -> Any:
    """A column of numbers, as the reader's own language writes them."""
    return st.column_config.NumberColumn(label, help=help, format="localized")


def mean_time(help: str) -> Any:
    """A column of mean times, which are ms in the data and seconds on the page."""
    return st.column_config.NumberColumn("Mean time", help=help, format=SECONDS)


def written(data: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """The data as its columns are written: shares in percent, and times in seconds."""
    formats = {str(name): _format(columns[str(name)]) for name in data}
    scaled = {name: data[name] * TIMES[form] for name, form in formats.items() if form in TIMES}
    return data.assign(**scaled) if scaled else data


def _format(column: Any) -> Any:
    """How a column is written; None where its configuration leaves that open."""
    return (column.get("type_config") or {}).get("format") if isinstance(column, dict) else None


def totals_columns(metric: Metric) -> Mapping[str, Any]:
    """The columns of a metric's values over the whole range."""
    share = metric.unit == "share"
    return {
        "series": st.column_config.TextColumn("Value", pinned=True),
        "value": st.column_config.NumberColumn(
            f"{metric.label} (ms)" if metric.unit == "ms" else metric.label,
            format="percent" if share else "localized",
        ),
        "share": st.column_config.NumberColumn("Of all", format="percent"),
    }


def labelled(top: pd.DataFrame) -> pd.DataFrame:
    """The frame with `label` (str): the subject, or the event's name where that says it better."""
    pairs = list(zip(top["subject"].tolist(), top["name"].tolist(), strict=True))
    labels = [subject or name for subject, name in pairs]
    times = Counter(labels)
    told = [
        f"{label} ({name})" if times[label] > 1 else label
        for label, (_, name) in zip(labels, pairs, strict=True)
    ]
    return top.assign(label=pd.array(told, "str"))


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


def reasons(losses: pd.DataFrame) -> pd.DataFrame:
    """The frame with the reasons of its losses in words."""
    return losses.assign(series=outcomes(losses.assign(outcome=losses["series"]))["outcome"])


def plain(name: str) -> str:
    """A name of the code as a word: too_large -> Too large."""
    return name.replace("_", " ").capitalize()

"""One's own usage on its page: the figures, what they were worth, and the cards of what was run."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from analytics.community.assumptions import OF_PERSON
from analytics.community.efficiency import swaps
from analytics.community.person import Usage, my_usage_sql
from analytics.community.roi import hours_saved, person_return, savings
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, words, words_models
from ui import words_my_usage as told
from ui.assumptions import choose_assumed
from ui.cards import Query, chart_card, table_card, text_card
from ui.models import models_frame
from ui.tiles import Figure, figures

YEAR = 365  # days of the calendar
PACKAGES: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("Package", pinned=True),
    "runs": st.column_config.NumberColumn("Runs", format="localized"),
    "credits": st.column_config.NumberColumn("Credits", format="localized"),
    "rating": st.column_config.NumberColumn("Your stars", format="%.1f"),
    "ratings": st.column_config.NumberColumn("Ratings", format="localized"),
}


def query_of(viewer: Viewer, days: int, now: datetime) -> Query:
    """The statement behind all numbers of these days."""
    return lambda: shown(my_usage_sql(viewer, days, now))


def draw_tiles(usage: Usage) -> None:
    """The figures of the range."""
    figures(
        {
            "Runs": Figure(f"{usage.runs:,}", "What you ran, also what failed."),
            "Credits": Figure(f"{usage.credits:,}", "What your runs spent."),
            "Tokens": Figure(words.amount(usage.tokens, "tokens"), "Of the runs that told them."),
            "Mean time": Figure(words.amount(usage.duration_ms, "ms"), "Of runs that told it."),
            "Success": Figure(words.amount(usage.success, "share"), "Runs without error / runs."),
        }
    )


def draw_glance(usage: Usage) -> None:
    """What it was worth, with every assumption, and which model does the same for less."""
    place = st.container()
    assumed = choose_assumed(OF_PERSON)
    saved = hours_saved(usage.runs, assumed["minutes_saved_per_run"].likely)
    estimate = person_return(usage.runs, usage.days, assumed)
    spent = savings(usage.credits, usage.days, assumed)
    better = swaps(usage.models)
    with place:
        left, right = st.columns(2)
    with left:
        text_card(
            told.glance(usage, estimate, spent, assumed, saved),
            title=told.glance_title(spent, saved),
            help=told.GLANCE,
            name="glance",
        )
    with right:
        text_card(
            [words_models.swap(each) for each in better] or [words_models.NO_SWAP],
            title=words_models.swaps_title(better),
            help=words_models.SWAPS,
            name="swaps",
        )


def draw_calendar(year: Usage, query: Query) -> None:
    """Every day of a year."""
    daily = pd.DataFrame(list(year.daily), columns=["day", "runs", "credits"])
    daily["day"] = pd.to_datetime(daily["day"])
    chart_card(
        charts.days(daily, value="runs", value_title="Runs"),
        daily,
        title=told.calendar_finding(year),
        help=told.CALENDAR,
        name="calendar",
        query=query,
    )


def draw_packages(usage: Usage, query: Query) -> None:
    """What was run most."""
    table_card(
        pd.DataFrame(list(usage.packages), columns=["uid", *PACKAGES])[list(PACKAGES)],
        title=told.packages_finding(usage.packages),
        help=told.PACKAGES,
        name="packages",
        columns=PACKAGES,
        query=query,
        empty=words_models.NO_RUN,
    )


def draw_speed(usage: Usage, query: Query) -> None:
    """The mean time of a run on each model, the quickest first."""
    frame = models_frame(usage.models).dropna(subset="duration_ms").sort_values("duration_ms")
    frame = frame.assign(seconds=frame["duration_ms"] / 1_000)
    chart_card(
        charts.bars(
            frame,
            label="model",
            value="seconds",
            label_title="Model",
            value_title="Mean time of a run (s)",
            number=".2f",
        ),
        frame[["model", "runs", "duration_ms"]],
        title=told.speed_finding(frame),
        help=words_models.MODELS,
        name="speed",
        query=query,
        empty="No run told how long it took.",
    )

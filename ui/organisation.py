"""An organisation on its page: adoption, runs, credits by team, packages and who leads."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from analytics.community.metrics import RUNS
from analytics.community.organisation import Headed, OrganisationUsage
from analytics.community.organisation.cells import organisation_cells_sql
from analytics.community.published import OTHER
from analytics.measures.cutting import ALL
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, words
from ui import words_organisation as told
from ui.cards import Query, chart_card, table_card
from ui.tables import DAY
from ui.tiles import Figure, figures
from ui.words_organisation import people

CHOSEN = "organisation"
TEAMS: Mapping[str, Any] = {
    "team": st.column_config.TextColumn("Team", pinned=True),
    "people": st.column_config.TextColumn("People"),
    "runs": st.column_config.NumberColumn("Runs", format="localized"),
    "credits": st.column_config.NumberColumn("Credits", format="localized"),
    "value": st.column_config.NumberColumn("Value", format="dollar"),
}
PACKAGES: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("Package", pinned=True),
    "runs": st.column_config.NumberColumn("Runs", format="localized"),
    "people": st.column_config.TextColumn("People"),
    "credits": st.column_config.NumberColumn("Credits", format="localized"),
    "rating": st.column_config.NumberColumn("Stars", format="%.1f"),
    "ratings": st.column_config.NumberColumn("Ratings", format="localized"),
}
LEADERBOARD: Mapping[str, Any] = {
    "username": st.column_config.TextColumn("Member", pinned=True),
    "team": st.column_config.TextColumn("Team"),
    "runs": st.column_config.NumberColumn("Runs", format="localized"),
    "credits": st.column_config.NumberColumn("Credits", format="localized"),
    "last_at": st.column_config.DateColumn(
        "Last run", help="On this day or some before it, that are published together", format=DAY
    ),
}


def choose_organisation(headed: Sequence[Headed]) -> Headed | None:
    """Draw the choice of an organisation; None without any."""
    named = {name_of(each, headed): each for each in headed}
    if not named:
        return None
    chosen = st.selectbox(
        "Organisation",
        list(named),
        key=CHOSEN,
        bind="query-params",
        label_visibility="collapsed",
        width=240,
    )
    return named[chosen]


def name_of(one: Headed, headed: Sequence[Headed]) -> str:
    """Its name, with its id where another one has the same name."""
    alone = [each.name for each in headed].count(one.name) == 1
    return one.name if alone else f"{one.name} ({one.uid})"


def query_of(viewer: Viewer, headed: Headed, days: int) -> Query:
    """The statement that reads the published cells behind all numbers of these days."""
    return lambda: shown(organisation_cells_sql(viewer, headed, days))


def draw_tiles(usage: OrganisationUsage) -> None:
    """The figures of the range, and which days they are of."""
    totals = usage.totals
    change = "" if usage.change is None else words.change(usage.change)
    adoption, least = told.adoption(usage)
    figures(
        {
            "Active seats": Figure(told.active(usage), told.ACTIVE),
            "Adoption": Figure(adoption, told.ADOPTION, least),
            "Idle seats": Figure(told.idle(usage), told.IDLE),
            "Runs": Figure(f"{totals.n:,}", told.RUNS, change, moves=True),
            "Credits": Figure(f"{totals.credits:,}", "What these runs spent."),
            "Mean time": Figure(words.amount(totals.duration_ms, "ms"), "Of runs that told it."),
        }
    )
    if usage.start and usage.end:
        st.caption(told.caption(usage, usage.start, usage.end))


def draw_daily(usage: OrganisationUsage, query: Query) -> None:
    """Runs by day."""
    series = daily_frame(usage)
    chart_card(
        charts.line(series, RUNS, grain="day", zone=usage.organisation.zone),
        pd.DataFrame(list(usage.daily)),
        title=told.daily_finding(usage),
        help=told.DAILY,
        name="daily",
        query=query,
    )


def daily_frame(usage: OrganisationUsage) -> pd.DataFrame:
    """The runs of each day of the range as a series; NaN on days that are not published alone."""
    runs = {each.day: float(each.runs) for each in usage.daily}
    start = usage.start or date.min
    days = [start + timedelta(days=number) for number in range(usage.days)]
    found = pd.DataFrame({"period": pd.to_datetime(days), "value": [runs.get(day) for day in days]})
    return found.astype({"value": "float64"}).assign(complete=True, series=ALL, which="current")


def draw_teams(usage: OrganisationUsage, price: float, query: Query) -> None:
    """Credits by team, and all that is known of each; the parts add up to the whole."""
    frame = teams_frame(usage, price)
    left, right = st.columns([2, 3])
    with left:
        chart_card(
            charts.bars(
                frame,
                label="team",
                value="credits",
                label_title="Team",
                value_title="Credits",
            ),
            frame,
            title=told.teams_finding(usage.teams),
            help=told.TEAMS,
            name="credits",
            query=query,
        )
    with right:
        table_card(
            frame,
            title="What teams cost",
            help=told.TEAMS,
            name="teams",
            columns=TEAMS,
            note=told.teams_note(usage.teams, price),
            query=query,
        )


def teams_frame(usage: OrganisationUsage, price: float) -> pd.DataFrame:
    """A row a team, most credits first: team, people (str), runs, credits (int64), value ($)."""
    ranked = sorted(usage.teams, key=lambda each: -each.credits)
    rows = [
        (told.team(each.team), people(each.people), each.runs, each.credits, each.credits * price)
        for each in ranked
    ]
    return pd.DataFrame(rows, columns=list(TEAMS))


def draw_packages(usage: OrganisationUsage, query: Query) -> None:
    """What members run most."""
    table_card(
        packages_frame(usage),
        title=told.packages_finding(usage.packages),
        help=told.PACKAGES,
        name="packages",
        columns=PACKAGES,
        query=query,
    )


def packages_frame(usage: OrganisationUsage) -> pd.DataFrame:
    """A row a package, those of few people last.

    Columns: name, people (str), runs, credits, ratings (int64), rating (float64).
    """
    rows = [
        (
            told.package(each),
            each.runs,
            people(each.people),
            each.credits,
            each.rating,
            each.ratings,
        )
        for each in sorted(usage.packages, key=lambda each: each.name == OTHER)
    ]
    return pd.DataFrame(rows, columns=list(PACKAGES)).astype({"rating": "float64"})


def draw_leaderboard(usage: OrganisationUsage) -> None:
    """The members who agreed to be listed, where the organisation lists any."""
    switched_on = usage.organisation.leaderboard
    table_card(
        pd.DataFrame(list(usage.leaderboard), columns=list(LEADERBOARD)),
        title=told.leaderboard_finding(usage.leaderboard),
        help=told.LEADERBOARD,
        name="leaderboard",
        columns=LEADERBOARD,
        empty=told.NOBODY_LISTED if switched_on else told.NO_LEADERBOARD,
    )

"""What happens now, on the Live page: parts that draw themselves anew and leave the page alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import streamlit as st

from analytics.filters import Filters
from analytics.operations.live import (
    EVENTS_NOW,
    PEOPLE_NOW,
    Live,
    countries_sql,
    course_sql,
    failing_sql,
    live,
    newest_sql,
)
from analytics.operations.quality import whole_project
from analytics.scope import Viewer
from analytics.showing import shown
from ui import charts, words, words_trends
from ui import words_live as told
from ui.cards import chart_card, table_card
from ui.frame import ask, clock
from ui.shared import SECONDS, fetch_shared
from ui.tiles import Figure, figures

MAP_SECONDS = 10  # its shapes are as large as all the rest of the page
NEWEST: Mapping[str, Any] = {
    "at": st.column_config.DatetimeColumn("At", format="HH:mm:ss", width=90),
    "name": st.column_config.TextColumn("Event"),
    "subject": st.column_config.TextColumn("Subject"),
    "platform": st.column_config.TextColumn("Platform"),
    "country": st.column_config.TextColumn("Country", width=80),
    "ok": st.column_config.CheckboxColumn("Went well", width=90),
}
FAILING: Mapping[str, Any] = {
    "name": st.column_config.TextColumn("Event"),
    "subject": st.column_config.TextColumn("Subject"),
    "error_type": st.column_config.TextColumn("Type"),
    "n": st.column_config.NumberColumn("Failures", format="localized", width=90),
}


def of_today(filters: Filters) -> Filters:
    """The question that everybody who looks at the project asks, whatever their filters."""
    today = filters.over(filters.today, filters.today + timedelta(days=1))
    return replace(whole_project(today), now=clock(SECONDS))


@st.fragment(run_every=SECONDS)
def draw_now(viewer: Viewer, filters: Filters) -> None:
    """Figures, the last five minutes, the newest events and what fails."""
    asked = of_today(replace(filters, now=clock(1)))
    now = _now(viewer, asked)
    figures(
        {
            "People now": Figure(words.amount(now.people, ""), told.PEOPLE),
            "Events a second": Figure(words.amount(round(now.rate, 2), ""), told.RATE),
            "Events, 5 min": Figure(words.amount(now.events, ""), told.EVENTS),
            "Failures, 5 min": Figure(words.amount(now.failed, ""), told.FAILED, told.failed(now)),
        }
    )
    chart_card(
        charts.line(now.course, EVENTS_NOW, grain="moment", zone=filters.zone),
        now.course,
        title=told.course(now),
        help=EVENTS_NOW.definition,
        name="live_course",
        empty=told.QUIET,
        query=lambda: shown(course_sql(viewer, asked)),
    )
    left, right = st.columns([3, 2])
    with left:
        table_card(
            now.newest,
            title=told.newest(now.newest),
            help=told.NEWEST,
            name="live_newest",
            columns=NEWEST,
            empty=told.QUIET,
            query=lambda: shown(newest_sql(viewer, asked)),
        )
    with right:
        table_card(
            now.failing,
            title=told.failing(now),
            help=told.FAILING,
            name="live_failing",
            columns=FAILING,
            empty=told.ALL_WELL,
            query=lambda: shown(failing_sql(viewer, asked)),
        )


@st.fragment(run_every=MAP_SECONDS)
def draw_map(viewer: Viewer, filters: Filters) -> None:
    """Where people are."""
    asked = of_today(replace(filters, now=clock(1)))
    countries = _now(viewer, asked).countries
    chart_card(
        charts.world(countries, PEOPLE_NOW),
        countries,
        title=words_trends.lead(countries, PEOPLE_NOW),
        help=told.MAP,
        name="live_map",
        note=words_trends.beyond(charts.off_the_map(countries), PEOPLE_NOW),
        empty=told.NOBODY,
        query=lambda: shown(countries_sql(viewer, asked)),
    )


def _now(viewer: Viewer, asked: Filters) -> Live:
    found: Live = fetch_shared(viewer, asked.project_id, ask(live, asked), "operations")
    return found

"""Surveys on their page: each with what it asks, of whom, and how many answered."""

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.feedback.surveys import surveys_sql
from analytics.filters import Filters
from analytics.showing import shown
from ui import words
from ui import words_surveys as told
from ui.cards import foot
from ui.frame import enter
from ui.survey_changes import end_now

STATES = {"running": ("Running", "green"), "planned": ("Planned", "blue"), "over": ("Over", "gray")}
NOT_SHOWN = ("survey_id", "questions")


def survey_list(surveys: pd.DataFrame, filters: Filters) -> None:
    """Every survey with its turnout; `surveys` are those of `surveys_of`."""
    if surveys.empty:
        st.markdown(told.TEACHING)
        return
    for survey in surveys.to_dict("records"):
        _survey(survey, filters)
    foot(_listed(surveys), "surveys", "", partial(_query, filters))


def _survey(survey: Mapping[Hashable, Any], filters: Filters) -> None:
    label, colour = STATES[survey["state"]]
    with st.container(border=True, key=f"survey_{survey['survey_id']}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width="stretch", gap=None):
                st.markdown(f"**{words.plain(survey['name'])}** :{colour}-badge[{label}]")
                st.caption(f"{told.audience(survey)} · {told.quiet(survey['quiet_days'])}")
            _turnout(survey)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(told.lasts(survey), width="stretch")
            _asks(survey)
            if survey["state"] != "over":
                _ending(survey, filters)


def _turnout(survey: Mapping[Hashable, Any]) -> None:
    with st.container(horizontal=True, width="content", gap="xsmall", wrap=False):
        for name, label, unit in (
            ("shown", "Shown", ""),
            ("answered", "Answered", ""),
            ("response_rate", "Response rate", "share"),
        ):
            st.metric(label, words.amount(survey[name], unit), width=95)


def _asks(survey: Mapping[Hashable, Any]) -> None:
    with st.popover("Questions", type="tertiary", icon=":material/quiz:"):
        for number, question in enumerate(survey["questions"], 1):
            st.markdown(f"{number}. {words.plain(question.text)}")


def _ending(survey: Mapping[Hashable, Any], filters: Filters) -> None:
    with st.popover("End now", type="tertiary", icon=":material/stop_circle:"):
        st.markdown("It is shown to nobody any more and takes no answers; what was said stays.")
        st.button(
            "End it",
            key=f"end_{survey['survey_id']}",
            type="primary",
            on_click=end_now,
            args=(filters, survey["survey_id"]),
        )


def _listed(surveys: pd.DataFrame) -> pd.DataFrame:
    """The list as a table, to take away."""
    asked = [" / ".join(each.text for each in asked) for asked in surveys["questions"]]
    return surveys.drop(columns=list(NOT_SHOWN)).assign(questions=asked)


def _query(filters: Filters) -> str:
    return shown(surveys_sql(enter("feedback"), filters))

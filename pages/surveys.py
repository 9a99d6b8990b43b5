"""Surveys: what is asked of whom, how many answer, and a builder of new ones."""

import streamlit as st

from analytics.feedback.surveys import surveys_of
from analytics.measures.packs import kinds_of
from analytics.segments.asking import segments_of
from ui import words_surveys
from ui.filters import current_filters
from ui.frame import ask, enter, fetch_all
from ui.survey_builder import build
from ui.survey_preview import preview
from ui.survey_terms import choose_terms, starting
from ui.surveys import survey_list

enter("feedback")
filters = current_filters()
surveys, segments, kinds = fetch_all(
    ask(surveys_of, filters),
    ask(segments_of, filters.project_id),
    ask(kinds_of, filters.project_id),
)
if filters.anonymous:
    st.info(words_surveys.NOBODY)

st.subheader(words_surveys.finding(surveys), anchor=False, help=words_surveys.HELP)
survey_list(surveys, filters)

with st.container(border=True, key="card_survey_builder"):
    st.subheader("Ask something", anchor=False, help=words_surveys.BUILDING)
    questions = build()
    if questions:
        fields, shown = st.columns([3, 2])
        with fields:
            choose_terms(segments, sorted(set(kinds["name"])))
            starting(questions, segments, filters)
        with shown:
            preview(questions)

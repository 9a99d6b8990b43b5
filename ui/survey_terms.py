"""Whom a survey asks, when and how often: the fields under its questions, and its start."""

from collections.abc import Sequence

import streamlit as st

from analytics.filters import Filters
from db.errors import BadSurvey
from db.questions import Question, read
from db.segments import Segment
from db.surveys import LONGEST_NAME, LONGEST_QUIET, LONGEST_TARGET, USUAL_QUIET, Draft
from ui import words_surveys as told
from ui.survey_builder import QUESTIONS, propose
from ui.survey_changes import start

NAME, SEGMENT, ROLE, EVENT = "survey_name", "survey_segment", "survey_role", "survey_event"
SAMPLE, QUIET, DAYS = "survey_sample", "survey_quiet", "survey_days"
LONGEST_RUN = 3_650  # days


def choose_terms(segments: Sequence[Segment], events: Sequence[str]) -> None:
    """Draw the fields; `events` are the names that the project knows."""
    st.text_input("Name", key=NAME, max_chars=LONGEST_NAME, help="Only your team sees it.")
    with st.grid(3, min_column_width=150):
        st.selectbox(
            "Segment",
            [segment.name for segment in segments],
            index=None,
            key=SEGMENT,
            placeholder="Everybody",
        )
        st.text_input("Role", key=ROLE, max_chars=LONGEST_TARGET, help=told.ROLE)
        st.selectbox(
            "After the event",
            events,
            index=None,
            key=EVENT,
            placeholder="Any time",
            accept_new_options=True,
            help=told.EVENT,
        )
        st.number_input("Share of people (%)", 1, 100, 100, key=SAMPLE, help=told.SAMPLE)
        st.number_input("Quiet days", 0, LONGEST_QUIET, USUAL_QUIET, key=QUIET, help=told.QUIET)
        st.number_input(
            "Days that it runs", 0, LONGEST_RUN, 0, key=DAYS, help="0: until you end it."
        )


def starting(
    questions: tuple[Question, ...], segments: Sequence[Segment], filters: Filters
) -> None:
    """The button that starts the survey, and what it lacks until then."""
    gap = told.gap(questions)
    if gap:
        st.caption(gap)
    st.button(
        "Start survey",
        type="primary",
        icon=":material/campaign:",
        disabled=bool(gap),
        on_click=_start,
        args=(filters, tuple(segments)),
    )


def _start(filters: Filters, segments: tuple[Segment, ...]) -> None:
    """Keep what the fields say now, in a callback, and empty the builder."""
    if start(filters, _draft(segments), st.session_state[DAYS]):
        propose(())
        st.session_state[NAME] = ""


def _draft(segments: tuple[Segment, ...]) -> Draft:
    chosen = st.session_state
    ids = {each.name: each.id for each in segments}
    return Draft(
        name=chosen[NAME],
        questions=_questions(chosen[QUESTIONS]),
        segment_id=ids[chosen[SEGMENT]] if chosen[SEGMENT] else None,
        role=chosen[ROLE],
        event=chosen[EVENT] or "",
        sample=chosen[SAMPLE] / 100,
        quiet_days=chosen[QUIET],
    )


def _questions(text: str) -> tuple[Question, ...]:
    """The questions as they are held; none where the text was broken meanwhile."""
    try:
        return read(text or "")
    except BadSurvey:
        return ()

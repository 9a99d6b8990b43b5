"""A survey as people will see it; what is chosen here goes nowhere."""

from collections.abc import Sequence

import streamlit as st

from db.questions import SCALES, Question
from ui import words

ENDS = {
    "nps": ("not at all likely", "extremely likely"),
    "csat": ("very unsatisfied", "very satisfied"),
    "ces": ("very hard", "very easy"),
}


@st.fragment
def preview(questions: Sequence[Question]) -> None:
    """Draw the questions one below the other."""
    st.markdown("**Preview**")
    with st.container(border=True, key="survey_preview"):
        for place, question in enumerate(questions):
            st.markdown(words.plain(question.text) or "\u2026")
            _field(question, f"preview_{place}_{question.kind}")
        st.button("Send", key="preview_send", disabled=True)


def _field(question: Question, key: str) -> None:
    if question.kind in SCALES:
        _scale(question, key)
    elif question.kind == "text":
        st.text_area(question.text, key=key, label_visibility="collapsed")
    else:
        st.pills(
            question.text or "Options",
            [words.plain(option) for option in question.options],
            selection_mode="multi" if question.several else "single",
            key=f"{key}_{question.several}",
            label_visibility="collapsed",
        )


def _scale(question: Question, key: str) -> None:
    scale = SCALES[question.kind]
    st.pills(question.text or "Scale", list(scale), key=key, label_visibility="collapsed")
    low, high = ENDS[question.kind]
    st.caption(f"{scale[0]}: {low} · {scale[-1]}: {high}")

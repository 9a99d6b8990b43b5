"""The builder of surveys: questions by clicking, into one draft that is held as text.

The text is in the widget "As text" and so in the address: a link and an example fill it alike.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from db.errors import BadSurvey
from db.questions import LONGEST_QUESTION, MOST_QUESTIONS, Question, read, written
from ui.drafts import controlled

QUESTIONS = "questions"
KINDS = {
    "nps": ("Recommendation (NPS)", "0 to 10", "thumb_up"),
    "csat": ("Satisfaction (CSAT)", "1 to 5", "sentiment_satisfied"),
    "ces": ("Effort (CES)", "1 to 7", "speed"),
    "choice": ("Choice", "of options", "checklist"),
    "text": ("Text", "in their own words", "notes"),
}
FRESH = {
    "nps": Question("nps", "How likely are you to recommend us to a colleague?"),
    "csat": Question("csat", "How satisfied are you?"),
    "ces": Question("ces", "How easy was it to do what you came for?"),
    "choice": Question("choice", "Which of these do you use most?", ("One", "Another")),
    "text": Question("text", "What should we do better?"),
}
HOW_MANY = {False: "One of these", True: "Any of these"}
Draft = tuple[Question, ...]


def build() -> Draft:
    """Draw the builder and return the questions, complete or not."""
    rows = st.container(gap="xsmall", key="question_rows")
    draft = _as_text()
    with rows:
        for place in range(len(draft)):
            _question(draft, place)
        _adding(draft)
    return draft


def propose(draft: Sequence[Question]) -> None:
    """Make these the questions: in a callback, or before the builder is drawn."""
    st.session_state[QUESTIONS] = written(draft)


def _as_text() -> Draft:
    """The questions as text, to copy and to paste; what can't be read counts as none."""
    with st.expander("As text", key="questions_as_text", type="compact"):
        text = st.text_area(
            "Questions",
            key=QUESTIONS,
            bind="query-params",
            label_visibility="collapsed",
            placeholder="The questions as JSON: copy them from here, or paste others.",
        )
        try:
            return read(text or "")
        except BadSurvey as error:
            st.warning(str(error))
            return ()


def _question(draft: Draft, place: int) -> None:
    question = draft[place]
    label, scale, icon = KINDS[question.kind]
    with st.container(border=True, key=f"question_{place}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f":material/{icon}: **{label}** :gray[{scale}]", width=260)
            _text(draft, place)
            _moving(draft, place)
        if question.kind == "choice":
            _options(draft, place)


def _text(draft: Draft, place: int) -> None:
    controlled(
        st.text_input,
        f"Question {place + 1}",
        f"question_text_{place}",
        draft[place].text,
        lambda text: propose(_with(draft, place, text=text)),
        max_chars=LONGEST_QUESTION,
        placeholder="What do you want to know?",
    )


def _options(draft: Draft, place: int) -> None:
    question = draft[place]
    controlled(
        st.text_area,
        f"Options of question {place + 1}",
        f"question_options_{place}",
        "\n".join(question.options),
        lambda text: propose(_with(draft, place, options=_lines(text))),
        placeholder="One option a line",
        height="content",
    )
    controlled(
        st.segmented_control,
        f"How many options of question {place + 1}",
        f"question_several_{place}",
        question.several,
        lambda several: propose(_with(draft, place, several=several)),
        options=list(HOW_MANY),
        format_func=HOW_MANY.__getitem__,
        required=True,
    )


def _moving(draft: Draft, place: int) -> None:
    up = (*draft[: place - 1], draft[place], draft[place - 1], *draft[place + 1 :])
    away = (*draft[:place], *draft[place + 1 :])
    for name, icon, help, wanted, disabled in (
        ("up", "arrow_upward", "Ask it earlier", up, place == 0),
        ("remove", "close", "Remove this question", away, False),
    ):
        st.button(
            "",
            key=f"question_{name}_{place}",
            icon=f":material/{icon}:",
            help=help,
            type="tertiary",
            disabled=disabled,
            on_click=propose,
            args=(wanted,),
        )


def _adding(draft: Draft) -> None:
    """A button a kind of question; each adds one that is filled in already."""
    with st.container(horizontal=True, gap="xsmall"):
        for kind, (label, scale, icon) in KINDS.items():
            st.button(
                label,
                key=f"add_{kind}",
                icon=f":material/{icon}:",
                help=f"Add a question: {scale}",
                on_click=propose,
                args=((*draft, FRESH[kind]),),
                disabled=len(draft) >= MOST_QUESTIONS,
            )


def _with(draft: Draft, place: int, **changes: Any) -> Draft:
    return (*draft[:place], replace(draft[place], **changes), *draft[place + 1 :])


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())

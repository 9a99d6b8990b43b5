"""The questions of a survey, and which answers fit them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db.errors import BadReply, BadSurvey
from db.lines import fault, one_line

SCALES = {"nps": range(11), "csat": range(1, 6), "ces": range(1, 8)}
QUESTION_KINDS = (*SCALES, "choice", "text")
MOST_QUESTIONS = 20
LONGEST_QUESTION = 300
MOST_OPTIONS = 20
LONGEST_OPTION = 100


@dataclass(frozen=True, slots=True)
class Question:
    """One question: a scale (nps, csat, ces), a choice of one or several options, or a text."""

    kind: str
    text: str
    options: tuple[str, ...] = ()
    several: bool = False

    @property
    def json(self) -> dict[str, Any]:
        """The question as a survey keeps it; what does not apply is left out."""
        found: dict[str, Any] = {"kind": self.kind, "text": self.text}
        if self.options:
            found["options"] = list(self.options)
        if self.several:
            found["several"] = True
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answers to the question at this place; `text` may come with any answer."""

    question: int
    score: int | None = None
    choices: tuple[str, ...] = ()
    text: str | None = None


def questions_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """The questions as a survey keeps them."""
    return tuple(
        Question(
            each["kind"],
            each["text"],
            tuple(each.get("options", ())),
            bool(each.get("several", False)),
        )
        for each in kept
    )


def written(questions: Sequence[Question]) -> str:
    """The questions as text, to copy and to paste; "" for none."""
    return json.dumps([each.json for each in questions], ensure_ascii=False) if questions else ""


def read(text: str) -> tuple[Question, ...]:
    """The questions of such a text, complete or not; raises BadSurvey for what is none."""
    try:
        kept = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError):
        raise BadSurvey("This is no JSON.") from None
    if not isinstance(kept, list) or len(kept) > MOST_QUESTIONS or not all(map(_readable, kept)):
        raise BadSurvey("This is no list of questions.")
    return questions_of(kept)


def checked_questions(questions: Sequence[Question]) -> tuple[Question, ...]:
    """The questions, each on one line; raises BadSurvey that names the one that is wrong."""
    if not 0 < len(questions) <= MOST_QUESTIONS:
        raise BadSurvey(f"A survey has 1 to {MOST_QUESTIONS} questions.")
    return tuple(_checked(number, each) for number, each in enumerate(questions, 1))


def check_replies(questions: Sequence[Question], replies: Sequence[Reply]) -> None:
    """Raise BadReply unless every reply fits its question, and no question is answered twice."""
    if not replies:
        raise BadReply("answers: there is none.")
    if len({reply.question for reply in replies}) < len(replies):
        raise BadReply("answers: a question is answered twice.")
    for reply in replies:
        if not 0 <= reply.question < len(questions):
            raise BadReply(f"answers: the survey has no question {reply.question}.")
        if wrong := _mismatch(questions[reply.question], reply):
            raise BadReply(f"answers: question {reply.question}: {wrong}")


def _readable(kept: Any) -> bool:
    """Whether it has the members of a question, whatever they say."""
    if not isinstance(kept, dict):
        return False
    options = kept.get("options", [])
    texts = [kept.get("text"), *(options if isinstance(options, list) else [None])]
    few = len(texts) <= MOST_OPTIONS + 1
    return kept.get("kind") in QUESTION_KINDS and few and all(isinstance(t, str) for t in texts)


def _checked(number: int, question: Question) -> Question:
    """A question with its texts on one line; numbers are told as people count, from 1."""
    if question.kind not in QUESTION_KINDS:
        raise BadSurvey(f"Question {number}: its kind is one of {', '.join(QUESTION_KINDS)}.")
    text, options = one_line(question.text), tuple(map(one_line, question.options))
    if wrong := fault(text, LONGEST_QUESTION):
        raise BadSurvey(f"Question {number}: {wrong}")
    if question.kind == "choice":
        _check_options(number, options)
    elif options or question.several:
        raise BadSurvey(f"Question {number}: only a choice has options.")
    return replace(question, text=text, options=options)


def _check_options(number: int, options: Sequence[str]) -> None:
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise BadSurvey(f"Question {number}: a choice has 2 to {MOST_OPTIONS} options.")
    if len(set(options)) < len(options):
        raise BadSurvey(f"Question {number}: an option is there twice.")
    for option in options:
        if wrong := fault(option, LONGEST_OPTION):
            raise BadSurvey(f"Question {number}: an option: {wrong}")


def _mismatch(question: Question, reply: Reply) -> str:
    """Why the reply does not fit, "" when it does."""
    scale = SCALES.get(question.kind)
    if scale is not None:
        return _off_scale(scale, reply)
    if reply.score is not None:
        return "it takes no score."
    if question.kind == "choice":
        return _no_choice(question, reply.choices)
    if reply.choices:
        return "it takes no choices."
    return "" if reply.text else "it takes a text."


def _off_scale(scale: range, reply: Reply) -> str:
    if reply.choices:
        return "it takes no choices."
    if reply.score not in scale:
        return f"it takes a score from {scale[0]} to {scale[-1]}."
    return ""


def _no_choice(question: Question, choices: Sequence[str]) -> str:
    if not choices or not set(choices) <= set(question.options):
        return "it takes a choice of its options."
    if len(set(choices)) < len(choices):
        return "an option is chosen twice."
    if len(choices) > 1 and not question.several:
        return "it takes one choice."
    return ""

"""Which questions a survey can hold, and which answers fit them."""

import pytest

from db.errors import BadReply, BadSurvey
from db.questions import (
    Question,
    Reply,
    check_replies,
    checked_questions,
    questions_of,
    read,
    written,
)

NPS = Question("nps", "How likely are you to recommend us?")
CSAT = Question("csat", "How satisfied are you?")
CES = Question("ces", "How easy was it?")
ONE = Question("choice", "Which do you use most?", ("Web", "Phone"))
SEVERAL = Question("choice", "Which do you use?", ("Web", "Phone", "Watch"), several=True)
TEXT = Question("text", "What is missing?")
ALL = (NPS, CSAT, CES, ONE, SEVERAL, TEXT)


def test_questions_come_back_as_they_were_kept():
    assert questions_of([question.json for question in ALL]) == ALL


def test_what_does_not_apply_to_a_question_is_not_kept():
    assert NPS.json == {"kind": "nps", "text": NPS.text}


def test_questions_can_be_written_and_read_complete_or_not():
    unfinished = Question("choice", "", ("a",))
    for questions in (ALL, (unfinished,), ()):
        assert read(written(questions)) == questions


@pytest.mark.parametrize(
    "text",
    [
        *("{", "{}", "[1]", '["nps"]', "[" * 100_000, "null", '[{"kind": "nps"}]'),
        '[{"kind": ["nps"], "text": "?"}]',
        '[{"kind": "stars", "text": "?"}]',
        '[{"kind": "choice", "text": "?", "options": "ab"}]',
        '[{"kind": "choice", "text": "?", "options": [1]}]',
        '[{"kind": "choice", "text": "?", "options": [' + '"a",' * 20 + '"b"]}]',
        "[" + '{"kind": "nps", "text": "?"},' * 20 + '{"kind": "nps", "text": "?"}]',
    ],
    ids=lambda text: text[:40],
)
def test_what_is_no_text_of_questions_is_refused(text):
    with pytest.raises(BadSurvey):
        read(text)


def test_texts_and_options_are_made_one_line():
    (kept,) = checked_questions([Question("choice", " Which\n one? ", (" a\tb ", "c"))])
    assert (kept.text, kept.options) == ("Which one?", ("a b", "c"))


HOSTILE = {
    "none": [],
    "too many": [TEXT] * 21,
    "another kind": [Question("stars", "How?")],
    "no text": [Question("text", " \n")],
    "a long text": [Question("text", "x" * 301)],
    "a control": [Question("text", "a\x1b[31mb")],
    "options without a choice": [Question("nps", "How?", ("a", "b"))],
    "several without a choice": [Question("text", "How?", several=True)],
    "one option": [Question("choice", "Which?", ("a",))],
    "too many options": [Question("choice", "Which?", tuple(map(str, range(21))))],
    "an option twice": [Question("choice", "Which?", ("a", " a"))],
    "an empty option": [Question("choice", "Which?", ("a", ""))],
    "a long option": [Question("choice", "Which?", ("a", "x" * 101))],
}


@pytest.mark.parametrize("questions", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_can_not_be_asked_is_refused(questions):
    with pytest.raises(BadSurvey):
        checked_questions(questions)


def test_the_question_that_is_wrong_is_named_as_people_count():
    with pytest.raises(BadSurvey, match="Question 2"):
        checked_questions([NPS, Question("text", "")])


FITTING = [
    *(Reply(0, score=score) for score in range(11)),
    *(Reply(1, score=score) for score in range(1, 6)),
    *(Reply(2, score=score) for score in range(1, 8)),
    Reply(0, score=3, text="too slow"),
    Reply(3, choices=("Phone",)),
    Reply(4, choices=("Watch", "Web")),
    Reply(5, text="dark mode"),
]


@pytest.mark.parametrize("reply", FITTING, ids=repr)
def test_an_answer_that_fits_is_taken(reply):
    check_replies(ALL, [reply])


UNFITTING = {
    "nps above": Reply(0, score=11),
    "nps below": Reply(0, score=-1),
    "csat 0": Reply(1, score=0),
    "csat above": Reply(1, score=6),
    "ces 0": Reply(2, score=0),
    "ces above": Reply(2, score=8),
    "no score": Reply(0, text="well"),
    "choices on a scale": Reply(0, score=5, choices=("Web",)),
    "no choice": Reply(3),
    "two of one": Reply(3, choices=("Web", "Phone")),
    "another choice": Reply(3, choices=("TV",)),
    "a choice twice": Reply(4, choices=("Web", "Web")),
    "a score on a choice": Reply(3, score=1, choices=("Web",)),
    "no text": Reply(5),
    "an empty text": Reply(5, text=""),
    "a score on a text": Reply(5, score=1, text="well"),
    "choices on a text": Reply(5, choices=("Web",), text="well"),
    "a question that is not there": Reply(6, score=1),
    "a question from the end": Reply(-1, text="well"),
}


@pytest.mark.parametrize("reply", UNFITTING.values(), ids=UNFITTING.keys())
def test_an_answer_that_does_not_fit_is_refused(reply):
    with pytest.raises(BadReply):
        check_replies(ALL, [reply])


def test_no_question_is_answered_twice_and_some_question_is():
    with pytest.raises(BadReply, match="twice"):
        check_replies(ALL, [Reply(0, score=1), Reply(0, score=9)])
    with pytest.raises(BadReply, match="none"):
        check_replies(ALL, [])

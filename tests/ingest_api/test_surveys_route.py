"""Whom the API asks what, and what it keeps of the answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from db.access import project_secret
from db.identity import actor_key
from db.questions import Question
from db.segments import create_segment
from db.surveys import Draft, end_survey, make_survey
from db.tables import feedback, feedback_history, invitations, segment_members

NEXT = "/api/v1/surveys/next"
ASKED = Draft(
    "Quarter",
    (
        Question("nps", "How likely?"),
        Question("choice", "Which?", ("Web", "Phone"), several=True),
        Question("text", "What is missing?"),
        Question("csat", "How satisfied?"),
        Question("ces", "How easy?"),
    ),
    quiet_days=30,
)
WHOLE = [
    {"question": 0, "score": 9, "text": "well done"},
    {"question": 1, "choices": ["Phone", "Web"]},
    {"question": 2, "text": "dark mode"},
    {"question": 3, "score": 5},
    {"question": 4, "score": 1},
]


@pytest.fixture
def ask(door, ingest_engine):
    """Start a survey in the door's project; what is left out is as in ASKED."""

    def start(**changes):
        with ingest_engine.begin() as conn:
            return make_survey(conn, door.project.id, replace(ASKED, **changes))

    return start


@pytest.fixture
def read(ingest_engine):
    """All rows of a table of the door's project."""

    def rows(table, *order):
        with ingest_engine.connect() as conn:
            return conn.execute(select(table).order_by(*order)).all()

    return rows


def shown(door, user_id="u1", path=NEXT, headers=None, **more):
    answer = door.client.get(
        path,
        params={"user_id": user_id} | more,
        headers={"X-API-Key": door.key} | (headers or {}),
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()["survey"]


def respond(door, survey, answers=None, user_id="u1", **more):
    path = f"/api/v1/surveys/{survey['id']}/responses"
    body = {"user_id": user_id, "invitation": survey["invitation"]}
    return door.send(body | {"answers": answers or WHOLE} | more, path)


def kept(door, read):
    """What is kept of the answers, by question."""
    rows = read(feedback, feedback.c.question)
    return [row for row in rows if row.project_id == door.project.id]


def test_a_survey_is_answered_with_its_questions_and_an_invitation(door, ask, read):
    made = ask()
    survey = shown(door)
    assert survey["id"] == made.id
    assert survey["questions"][0] == {
        "kind": "nps",
        "text": "How likely?",
        "options": [],
        "several": False,
    }
    assert survey["questions"][1]["options"] == ["Web", "Phone"]
    assert survey["questions"][1]["several"]
    (invitation,) = [row for row in read(invitations) if row.survey_id == made.id]
    assert (invitation.id, invitation.answered_at) == (survey["invitation"], None)


def test_what_a_survey_is_called_and_whom_it_is_for_stays_with_us(door, ask):
    ask(name="People who may leave")
    assert set(shown(door)) == {"id", "invitation", "questions"}


def test_without_a_survey_that_fits_there_is_none(door, ask):
    assert shown(door) is None
    ask(event="checkout")
    assert shown(door) is None
    assert shown(door, event="checkout") is not None


def test_it_is_shown_once_in_its_quiet_time(door, ask):
    ask()
    assert shown(door, path=NEXT + "/") is not None
    assert shown(door) is None
    assert shown(door, "u2") is not None


def test_a_survey_of_a_segment_is_for_its_members(door, ask, ingest_engine):
    with ingest_engine.begin() as conn:
        segment = create_segment(conn, door.project.id, "payers", "{}", None)
        key = actor_key(project_secret(conn, door.project.id), "u1")
        member = {"project_id": door.project.id, "segment_id": segment, "actor_key": key}
        conn.execute(insert(segment_members).values(member))
    ask(segment_id=segment)
    assert shown(door, "u2") is None
    assert shown(door, "u1") is not None


def test_a_survey_of_a_role_is_for_that_role(door, ask):
    ask(role="admin")
    assert shown(door, role="member") is None
    assert shown(door, role="admin") is not None


@pytest.mark.parametrize("said", [{"feedback": False}, {"usage": True}, None])
def test_nobody_is_asked_who_has_not_granted_it(open_door, ingest_engine, said):
    door = open_door("opt-in")
    with ingest_engine.begin() as conn:
        made = make_survey(conn, door.project.id, ASKED)
    consent = {"user_id": "u1", "purposes": said}
    if said:
        door.client.put("/api/v1/consent", json=consent, headers={"X-API-Key": door.key})
    assert shown(door) is None
    with ingest_engine.connect() as conn:
        found = select(invitations.c.id).where(invitations.c.survey_id == made.id)
        assert conn.execute(found).all() == []
    consent["purposes"] = {"feedback": True}
    door.client.put("/api/v1/consent", json=consent, headers={"X-API-Key": door.key})
    assert shown(door) is not None


@pytest.mark.parametrize("headers", [{"DNT": "1"}, {"Sec-GPC": "1"}, {"User-Agent": "Googlebot"}])
def test_nobody_is_asked_who_does_not_want_to_be_followed_or_is_a_machine(door, ask, headers):
    ask()
    assert shown(door, headers=headers) is None
    assert shown(door) is not None


def test_an_anonymous_project_knows_nobody_to_ask(open_door, ingest_engine):
    door = open_door("anonymous")
    with ingest_engine.begin() as conn:
        make_survey(conn, door.project.id, ASKED)
    assert shown(door) is None


def test_every_answer_is_a_row_of_feedback(door, ask, read):
    made = ask()
    survey = shown(door)
    answer = respond(door, survey, platform="web", plan="pro", country="de")
    assert (answer.status_code, answer.json()) == (200, {"status": "stored", "answers": 5})
    rows = kept(door, read)
    assert [(row.kind, row.score, row.choices, row.comment) for row in rows] == [
        ("nps", 9, None, "well done"),
        ("choice", None, ["Phone", "Web"], None),
        ("text", None, None, "dark mode"),
        ("csat", 5, None, None),
        ("ces", 1, None, None),
    ]
    number = survey["invitation"]
    assert [row.interaction for row in rows] == [f"survey-{number}-{each}" for each in range(5)]
    assert {(row.survey_id, row.platform, row.plan) for row in rows} == {(made.id, "web", "pro")}
    assert {row.country for row in rows} == {"DE"}
    (invitation,) = [row for row in read(invitations) if row.id == number]
    assert invitation.answered_at == rows[0].said_at


def test_a_part_of_the_questions_may_be_answered(door, ask, read):
    ask()
    assert respond(door, shown(door), [WHOLE[2]]).json()["answers"] == 1
    assert [row.question for row in kept(door, read)] == [2]


def test_a_repetition_replaces_and_keeps_what_was_said(door, ask, read):
    ask()
    survey = shown(door)
    respond(door, survey, [{"question": 0, "score": 3}])
    respond(door, survey, [{"question": 0, "score": 8}, WHOLE[2]])
    assert [(row.question, row.score) for row in kept(door, read)] == [(0, 8), (2, None)]
    ids = {row.id for row in kept(door, read)}
    before = [row.score for row in read(feedback_history) if row.feedback_id in ids]
    assert before == [3]


def test_what_is_personal_in_an_answer_is_not_kept(door, ask, read):
    ask()
    text = "I am u-4711, write to ann@example.org"
    survey = shown(door, "u-4711")
    respond(door, survey, [{"question": 2, "text": text}], user_id="u-4711")
    (row,) = kept(door, read)
    assert "u-4711" not in row.comment
    assert "example.org" not in row.comment
    assert row.masked == 2


def test_who_withdrew_meanwhile_is_told_that_nothing_is_kept(door, ask, read):
    ask()
    survey = shown(door)
    no = {"user_id": "u1", "purposes": {"feedback": False}}
    door.client.put("/api/v1/consent", json=no, headers={"X-API-Key": door.key})
    answer = respond(door, survey, consent=["feedback"])
    assert (answer.status_code, answer.json()) == (200, {"status": "no_consent", "answers": 0})
    assert kept(door, read) == []
    assert door.outcomes() == {"no_consent": 1}


def test_without_geography_no_country_is_kept(door, ask, read):
    ask()
    no = {"user_id": "u1", "purposes": {"geography": False}}
    door.client.put("/api/v1/consent", json=no, headers={"X-API-Key": door.key})
    respond(door, shown(door), [WHOLE[0]], country="DE", channel="ads")
    (row,) = kept(door, read)
    assert (row.country, row.channel) == ("", "ads")


def test_do_not_track_keeps_no_answer(door, ask, read):
    ask()
    answer = respond(door, shown(door), do_not_track=True)
    assert answer.json() == {"status": "do_not_track", "answers": 0}
    assert kept(door, read) == []


def test_a_survey_that_is_over_is_gone(door, ask, read, ingest_engine):
    made = ask()
    survey = shown(door)
    with ingest_engine.begin() as conn:
        end_survey(conn, door.project.id, made.id, datetime.now(UTC))
    answer = respond(door, survey)
    assert (answer.status_code, answer.json()["status"]) == (410, 410)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "over" in answer.json()["detail"]
    assert shown(door, "u2") is None
    assert kept(door, read) == []


def test_a_survey_ends_by_itself(door, ask):
    ask(starts_at=datetime.now(UTC) - timedelta(days=2), ends_at=datetime.now(UTC))
    assert shown(door) is None


def test_what_is_unknown_and_what_is_anothers_are_told_alike(door, ask, open_door, read):
    ask()
    survey = shown(door)
    other = open_door()
    told = [
        respond(door, survey | {"id": survey["id"] + 1_000}),
        respond(door, survey | {"invitation": survey["invitation"] + 1_000}),
        respond(door, survey, user_id="u2"),
        respond(other, survey),
    ]
    assert {answer.status_code for answer in told} == {404}
    assert len({answer.text for answer in told}) == 1
    assert kept(door, read) == []


HOSTILE = {
    "no object": [],
    "nobody": {"user_id": ""},
    "no answers": {"answers": []},
    "too many answers": {"answers": [{"question": 0, "score": 1}] * 21},
    "twice": {"answers": [{"question": 0, "score": 1}, {"question": 0, "score": 2}]},
    "no question of it": {"answers": [{"question": 5, "score": 1}]},
    "a question below": {"answers": [{"question": -1, "score": 1}]},
    "an nps of 11": {"answers": [{"question": 0, "score": 11}]},
    "a csat of 0": {"answers": [{"question": 3, "score": 0}]},
    "a ces of 8": {"answers": [{"question": 4, "score": 8}]},
    "a score as text": {"answers": [{"question": 0, "score": "9"}]},
    "a score that is true": {"answers": [{"question": 0, "score": True}]},
    "a broken score": {"answers": [{"question": 0, "score": 8.5}]},
    "another option": {"answers": [{"question": 1, "choices": ["TV"]}]},
    "choices that are no list": {"answers": [{"question": 1, "choices": "Web"}]},
    "a text of spaces": {"answers": [{"question": 2, "text": " \n"}]},
    "a text that is invisible": {"answers": [{"question": 2, "text": "\u200b\u0000"}]},
    "a long text": {"answers": [{"question": 2, "text": "x" * 10_001}]},
    "a text that is a list": {"answers": [{"question": 2, "text": ["x"]}]},
    "an invitation as text": {"invitation": "1"},
    "a huge invitation": {"invitation": 2**63},
    "another member": {"project_id": 1},
    "a good one beside a bad one": {"answers": [WHOLE[0], {"question": 3, "score": 6}]},
}


@pytest.mark.parametrize("wrong", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_wrong_is_told_and_nothing_is_kept(door, ask, read, wrong):
    ask()
    survey = shown(door)
    path = f"/api/v1/surveys/{survey['id']}/responses"
    whole = {"user_id": "u1", "invitation": survey["invitation"], "answers": WHOLE}
    answer = door.send(wrong if isinstance(wrong, list) else whole | wrong, path)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert kept(door, read) == []


def test_markup_is_only_text(door, ask, read):
    ask()
    said = "<script>alert(1)</script> '; drop table feedback; -- %s {0} مرحبا 👩‍🚀"
    respond(door, shown(door), [{"question": 2, "text": said}])
    assert [row.comment for row in kept(door, read)] == [said]


@pytest.mark.parametrize("number", ["0", "-1", "x", str(2**31)])
def test_a_number_that_no_survey_can_have(door, number):
    answer = door.send({"user_id": "u1"}, f"/api/v1/surveys/{number}/responses")
    assert answer.status_code == 422


def test_a_key_for_reading_may_neither_ask_nor_answer(open_door):
    door = open_door(scope="read")
    headers = {"X-API-Key": door.key}
    assert door.client.get(NEXT, params={"user_id": "u"}, headers=headers).status_code == 403
    assert respond(door, {"id": 1, "invitation": 1}).status_code == 403
    assert door.client.get(NEXT, params={"user_id": "u"}).status_code == 401


@pytest.mark.parametrize("params", [{}, {"user_id": ""}, {"user_id": "u", "role": "x" * 101}])
def test_a_question_that_can_not_be_asked(door, params):
    answer = door.client.get(NEXT, params=params, headers={"X-API-Key": door.key})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"

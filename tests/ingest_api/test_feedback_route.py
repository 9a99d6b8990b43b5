"""What a product tells us that its people said."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.access import project_secret
from db.feedback import LONGEST_COMMENT
from db.identity import actor_key
from db.tables import consents, feedback, feedback_history

PATH = "/api/v1/feedback"
OF_A_RUN = "/api/v1/analytics/feedback"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def words(**members):
    return {"user_id": "u1", "interaction_id": "i1", "rating": 4} | members


def run(**members):
    return {"userId": "u1", "usageId": "r1", "rating": 5} | members


@pytest.fixture
def kept(ingest_engine):
    """These columns of what a door's project keeps, in the order of its making."""

    def read(door, *names):
        chosen = select(*(feedback.c[name] for name in names))
        mine = chosen.where(feedback.c.project_id == door.project.id).order_by(feedback.c.id)
        with ingest_engine.connect() as conn:
            return [tuple(row) for row in conn.execute(mine)]

    return read


@pytest.fixture
def history(ingest_engine):
    def read(door):
        h = feedback_history.c
        mine = select(h.score, h.comment).join(feedback, feedback.c.id == h.feedback_id)
        with ingest_engine.connect() as conn:
            rows = conn.execute(mine.where(feedback.c.project_id == door.project.id).order_by(h.id))
            return [tuple(row) for row in rows]

    return read


def status(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["status"]


def test_what_is_said_is_kept_and_answered(door, kept):
    sent = words(comment="Fast", helpful=True, context={"screen": "home"}, subject="export")
    about = {"package": "p", "platform": "web", "app_version": "2.1", "channel": "beta"}
    answer = door.send(sent | about | {"plan": "pro", "country": "de"}, PATH)
    told = answer.json()
    assert (status(answer), told["rating"], told["helpful"], told["comment"]) == (
        "stored",
        4,
        True,
        "Fast",
    )
    assert (told["interaction_id"], told["context"]) == ("i1", {"screen": "home"})
    said_at = datetime.fromisoformat(told["said_at"])
    assert abs(datetime.now(UTC) - said_at) < timedelta(seconds=30)
    columns = ("id", "kind", "subject", "package", "platform", "app_version", "channel", "plan")
    assert kept(door, *columns, "country") == [
        (told["id"], "rating", "export", "p", "web", "2.1", "beta", "pro", "DE")
    ]


def test_feedback_of_a_run_has_the_names_of_its_own(door, kept):
    answer = door.send(run(wasHelpful=True, feedback="Saved me 2 hours!"), OF_A_RUN)
    assert (status(answer), answer.json()["id"]) == ("stored", kept(door, "id")[0][0])
    assert kept(door, "interaction", "score", "helpful", "comment") == [
        ("r1", 5, True, "Saved me 2 hours!")
    ]


def test_a_person_is_the_same_that_their_events_are_of(door, kept, ingest_engine):
    door.send(words(), PATH)
    door.send(run(), OF_A_RUN)
    with ingest_engine.connect() as conn:
        key = actor_key(project_secret(conn, door.project.id), "u1")
    assert kept(door, "actor_key") == [(key,), (key,)]


@pytest.mark.parametrize("path", [PATH, PATH + "/", OF_A_RUN, OF_A_RUN + "/"])
def test_the_exact_same_again_changes_nothing(door, kept, history, path):
    sent = words() if PATH in path else run()
    first, again = door.send(sent, path), door.send(sent, path)
    assert (status(first), status(again)) == ("stored", "unchanged")
    assert first.json() | {"status": ""} == again.json() | {"status": ""}
    assert len(kept(door, "id")) == 1
    assert history(door) == []


def test_another_word_of_the_same_interaction_replaces_the_first(door, kept, history):
    first = door.send(words(comment="Slow", rating=2), PATH)
    again = door.send(words(rating=5), PATH)
    assert (status(again), again.json()["id"]) == ("replaced", first.json()["id"])
    assert again.json()["changed_at"] > again.json()["said_at"]
    assert kept(door, "score", "comment") == [(5, None)]
    assert history(door) == [(2, "Slow")]


def test_an_older_word_that_comes_late_does_not_replace(door, kept, history):
    door.send(words(rating=5, timestamp="2026-03-02T10:00Z"), PATH)
    assert status(door.send(words(rating=1, timestamp="2026-03-01T10:00Z"), PATH)) == "outdated"
    assert kept(door, "score") == [(5,)]
    assert history(door) == [(1, None)]


def test_who_may_only_send_can_not_read_with_an_older_word_what_is_kept(door):
    sent = words(comment="Slow", context={"screen": "home"}, timestamp="2026-03-02T10:00Z")
    kept = door.send(sent, PATH).json()
    told = door.send(words(rating=1, timestamp="2026-03-01T10:00Z"), PATH).json()
    assert {name: value for name, value in told.items() if value} == {
        "status": "outdated",
        "id": kept["id"],
    }


@pytest.mark.parametrize("path", [PATH, OF_A_RUN])
@pytest.mark.parametrize("body", [[], "Slow", 4, None])
def test_a_body_that_is_no_object_is_told_so(door, path, body):
    answer = door.send(body, path)
    assert (answer.status_code, answer.json()["detail"]) == (422, "It has to be an object.")


def test_a_clock_that_is_ahead_does_not_outdate_what_is_said_after(door, kept):
    ahead = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    said_at = door.send(words(rating=1, timestamp=ahead), PATH).json()["said_at"]
    assert datetime.fromisoformat(said_at) <= datetime.now(UTC)
    assert status(door.send(words(rating=5), PATH)) == "replaced"
    assert kept(door, "score") == [(5,)]


def test_other_people_interactions_and_projects_are_others(open_door, kept):
    one, other = open_door(), open_door()
    for sent in (words(), words(user_id="u2"), words(interaction_id="i2")):
        assert status(one.send(sent, PATH)) == "stored"
    assert status(other.send(words(), PATH)) == "stored"
    assert len(kept(one, "id")) == 3


def test_without_an_interaction_each_is_one_of_its_own(door, kept):
    for _ in range(2):
        assert status(door.send({"user_id": "u1", "comment": "Nice"}, PATH)) == "stored"
    assert kept(door, "kind", "interaction") == [("text", ""), ("text", "")]


def test_many_at_once_of_one_interaction_are_one_with_its_history(door, kept, history):
    def say(rating):
        assert door.send(words(rating=rating), PATH).status_code == 200

    speakers = [threading.Thread(target=say, args=(rating,)) for rating in (1, 2, 3, 4, 5)]
    for each in speakers:
        each.start()
    for each in speakers:
        each.join()
    ((last,),) = kept(door, "score")
    assert sorted([last, *(score for score, _ in history(door))]) == [1, 2, 3, 4, 5]


# Consent ------------------------------------------------------------------------------------


def consent(door, user_id="u1", **purposes):
    body = {"user_id": user_id, "purposes": purposes}
    door.client.put("/api/v1/consent", json=body, headers={"X-API-Key": door.key})


@pytest.fixture
def asking(open_door):
    return open_door(consent="opt-in")


@pytest.mark.parametrize(("path", "sent"), [(PATH, words()), (OF_A_RUN, run())])
def test_without_a_grant_nothing_is_kept_and_the_answer_says_so(asking, kept, path, sent):
    answer = asking.send(sent, path)
    assert (status(answer), answer.json()["id"]) == ("no_consent", None)
    assert kept(asking, "id") == []
    assert asking.outcomes() == {"no_consent": 1}


def test_a_grant_of_another_purpose_is_none(asking):
    consent(asking, usage=True)
    assert status(asking.send(words(), PATH)) == "no_consent"
    consent(asking, feedback=True)
    assert status(asking.send(words(), PATH)) == "stored"
    assert status(asking.send(words(user_id="u2"), PATH)) == "no_consent"
    assert asking.outcomes() == {"no_consent": 2, "accepted": 1}


def test_a_grant_that_comes_along_holds_and_is_recorded_once(asking, ingest_engine):
    for rating in (1, 2):
        assert status(asking.send(words(rating=rating, consent=["feedback"]), PATH)) != "no_consent"
    assert status(asking.send(words(rating=3), PATH)) == "replaced"
    mine = select(consents.c.purpose, consents.c.source)
    mine = mine.where(consents.c.project_id == asking.project.id)
    with ingest_engine.connect() as conn:
        assert conn.execute(mine).all() == [("feedback", "batch")]


def test_a_refusal_on_record_beats_a_grant_that_comes_along(open_door, kept):
    for mode in ("opt-in", "opt-out"):
        door = open_door(consent=mode)
        consent(door, feedback=False)
        assert status(door.send(words(consent=["feedback"]), PATH)) == "no_consent"
        assert kept(door, "id") == []


def test_what_comes_with_other_grants_alone_is_not_kept(door, kept):
    assert status(door.send(words(consent=["usage"]), PATH)) == "no_consent"
    assert kept(door, "id") == []


@pytest.mark.parametrize("signal", ["DNT", "Sec_GPC", "DO_NOT_TRACK"])
def test_a_browser_that_asks_not_to_be_followed_wins(door, kept, signal):
    answer = door.send(words(consent=["feedback"]), PATH, **{signal: "1"})
    assert status(answer) == "do_not_track"
    assert status(door.send(words(do_not_track=True), PATH)) == "do_not_track"
    assert kept(door, "id") == []
    assert door.outcomes() == {"do_not_track": 2}


def test_a_crawler_says_nothing(door, kept):
    assert status(door.send(words(), PATH, User_Agent=BOT)) == "bot"
    assert kept(door, "id") == []


def test_the_country_is_kept_only_with_geography(asking, kept):
    asking.send(words(country="DE", consent=["feedback"]), PATH)
    asking.send(words(country="DE", interaction_id="i2", consent=["feedback", "geography"]), PATH)
    assert kept(asking, "country") == [("",), ("DE",)]


def test_an_anonymous_project_knows_nobody_and_still_keeps_one_a_person(open_door, kept):
    door = open_door(consent="anonymous")
    assert status(door.send(words(rating=1), PATH)) == "stored"
    assert status(door.send(words(rating=2), PATH)) == "replaced"
    assert status(door.send(words(rating=3, user_id="u2"), PATH)) == "stored"
    assert status(door.send({"rating": 4, "interaction_id": "i1"}, PATH)) == "stored"
    rows = kept(door, "actor_key", "score", "interaction")
    assert [row[:2] for row in rows] == [(0, 2), (0, 3), (0, 4)]
    assert not any("u1" in row[2] or "i1" in row[2] for row in rows)


# What is not kept ---------------------------------------------------------------------------


def test_personal_data_is_masked_before_it_is_stored_and_counted(door, kept):
    sent = words(
        user_id="jane-4711",
        interaction_id="chat of jane-4711",
        comment="I am jane-4711 (jane@mail.example, +49 30 901820), card 4111 1111 1111 1111.",
        context={"email": "jane@mail.example", "note": ["call 030 901820", "ip 203.0.113.9"]},
        subject="page of jane-4711",
        package="jane-4711/tool",
    )
    told = door.send(sent, PATH).json()
    assert told["comment"] == "I am [removed] ([removed], [removed]), card [removed]."
    assert told["context"] == {"note": ["call [removed]", "ip [removed]"]}
    assert told["masked"] == 5
    assert kept(door, "interaction", "subject", "package", "comment", "masked") == [
        ("chat of [removed]", "page of [removed]", "[removed]/tool", told["comment"], 5)
    ]


def test_control_characters_are_removed_and_markup_is_only_text(door):
    comment = " <b>Slow</b>\x00 \x1b[31mred\r\n\u202eright\ttab & 'quote' -- \u0007👩\u200d🚀 "
    told = door.send(words(comment=comment), PATH).json()
    assert told["comment"] == "<b>Slow</b> [31mred\nright\ttab & 'quote' -- 👩\u200d🚀"


@pytest.mark.parametrize("size", [LONGEST_COMMENT + 1, 2**20])
def test_a_comment_that_is_too_long_is_refused_and_not_cut(door, kept, size):
    for path, sent in ((PATH, words(comment="x" * size)), (OF_A_RUN, run(feedback="x" * size))):
        answer = door.send(sent, path)
        assert answer.status_code == 422
        assert f"{LONGEST_COMMENT}" in answer.json()["detail"]
    assert kept(door, "id") == []
    told = door.send(words(comment="ä" * LONGEST_COMMENT), PATH).json()
    assert told["comment"] == "ä" * LONGEST_COMMENT


def test_a_body_that_is_too_large_is_a_413(door):
    assert door.send(b" " * (8 * 2**20 + 1), PATH).status_code == 413


SAID = {"user_id": "u1", "interaction_id": "i1"}
WRONG = {
    "a rating of 0": (words(rating=0), "rating"),
    "a rating of 6": (words(rating=6), "rating"),
    "half a star": (words(rating=4.5), "rating"),
    "a rating in letters": (words(rating="5"), "rating"),
    "a rating that is true": (words(rating=True), "rating"),
    "a huge rating": (words(rating=2**70), "rating"),
    "nothing said": (SAID, "rating"),
    "an empty comment": (SAID | {"comment": " \n"}, "rating"),
    "a comment of controls": (SAID | {"comment": "\x00\x01"}, "rating"),
    "a comment that is a list": (words(comment=["a"]), "comment"),
    "half a character": (b'{"user_id": "u", "comment": "a\\ud800b"}', "comment"),
    "helpful in words": (words(helpful="very"), "helpful"),
    "helpful as a number": (words(helpful=1), "helpful"),
    "context as a text": (words(context="home"), "context"),
    "a large context": (words(context={"a": "x" * 9_000}), "context"),
    "NUL in the context": (words(context={"a": "\x00"}), "context"),
    "nobody": ({"rating": 4}, "user_id"),
    "an empty id": (words(user_id=""), "user_id"),
    "a long interaction": (words(interaction_id="x" * 201), "interaction_id"),
    "the interaction of a survey": (words(interaction_id="survey-1-0"), "interaction_id"),
    "NUL in the interaction": (words(interaction_id="\x00"), "interaction_id"),
    "no time": (words(timestamp="yesterday"), "timestamp"),
    "a time to come": (words(timestamp="2199-01-01T00:00Z"), "timestamp"),
    "a time before time": (words(timestamp="0001-01-01T00:00:00+14:00"), "timestamp"),
    "a country that is none": (words(country="Germany"), "country"),
    "another purpose": (words(consent=["profit"]), "consent"),
    "consent as a text": (words(consent="feedback"), "consent"),
    "another member": (words(stars=4), "stars"),
    "a list": ([words()], "object"),
    "null": (None, "object"),
}
WRONG_RUN = {
    "a rating of 0": (run(rating=0), "rating"),
    "nothing said": ({"userId": "u1", "usageId": "r1"}, "rating"),
    "no usage": ({"userId": "u1", "rating": 4}, "usageId"),
    "the usage of a survey": (run(usageId="survey-1-0"), "usageId"),
    "an empty usage": (run(usageId=""), "usageId"),
    "nobody": ({"usageId": "r1", "rating": 4}, "userId"),
    "helpful in words": (run(wasHelpful="yes!"), "wasHelpful"),
    "feedback that is a number": (run(feedback=1), "feedback"),
    "the other route's member": (run(comment="a"), "comment"),
}


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [(PATH, *case) for case in WRONG.values()] + [(OF_A_RUN, *case) for case in WRONG_RUN.values()],
    ids=[*WRONG, *(f"of a run: {name}" for name in WRONG_RUN)],
)
def test_what_is_wrong_is_named_and_not_kept(door, kept, path, body, named):
    answer = door.send(body, path)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert named in answer.json()["detail"]
    assert kept(door, "id") == []


@pytest.mark.parametrize("path", [PATH, OF_A_RUN])
def test_a_key_for_ingest_is_needed(open_door, path):
    assert open_door(scope="read").send(words(), path).status_code == 403
    assert open_door().client.post(path, json=words()).status_code == 401

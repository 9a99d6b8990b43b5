"""What people ask for and vote for through the API, and what they are told of it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from db.access import project_secret
from db.identity import actor_key
from db.moderating import merge_requests, release_request, set_request_state
from db.tables import notices, requests

PATH = "/api/v1/requests"
NOTICES = "/api/v1/notices"
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def wish(title="Dark mode", user_id="u1", **members):
    return {"user_id": user_id, "title": title} | members


def ask(door, *args, **members):
    answer = door.send(wish(*args, **members), PATH)
    assert answer.status_code == 200, answer.text
    return answer.json()["request"]


def get(door, path, **params):
    answer = door.client.get(path, params=params, headers={"X-API-Key": door.key})
    assert answer.status_code == 200, answer.text
    return answer.json()


def titles(door, **params):
    return [each["title"] for each in get(door, PATH, **params)["requests"]]


def vote(door, request_id, user_id="u2"):
    return door.send({"user_id": user_id}, f"{PATH}/{request_id}/vote")


def take_back(door, request_id, user_id="u2"):
    path = f"{PATH}/{request_id}/vote"
    return door.client.delete(path, params={"user_id": user_id}, headers={"X-API-Key": door.key})


@pytest.fixture
def moderate(door, ingest_engine):
    """Do what a moderator does: a function of db.moderating, in the door's project."""

    def do(change, *args):
        with ingest_engine.begin() as conn:
            change(conn, door.project.id, *args)

    return do


@pytest.fixture
def released(door, moderate):
    """A request of u1 that a moderator released."""
    made = ask(door)
    moderate(release_request, made["id"], None, NOW)
    return made["id"]


def test_a_wish_is_kept_and_its_asker_votes(door):
    answer = door.send(wish(details="My eyes."), PATH)
    assert answer.status_code == 200
    told = answer.json()
    made = told["request"]
    assert told["status"] == "stored"
    assert (made["title"], made["details"], made["state"]) == ("Dark mode", "My eyes.", "open")
    assert (made["votes"], made["voted"], made["mine"]) == (1, True, True)
    assert get(door, PATH + "/", user_id="u1")["requests"] == [made]


@pytest.mark.parametrize("members", [{}, {"external_id": "dark-1"}])
def test_a_repetition_is_the_same_request(door, members):
    assert ask(door, **members) == ask(door, **members)
    assert titles(door, user_id="u1") == ["Dark mode"]


def test_others_see_it_once_it_is_released(door, moderate):
    made = ask(door)
    assert titles(door) == titles(door, user_id="u2") == []
    moderate(release_request, made["id"], None, NOW)
    assert titles(door) == ["Dark mode"]
    (seen,) = get(door, PATH, user_id="u2")["requests"]
    assert (seen["votes"], seen["voted"], seen["mine"]) == (1, False, False)


def test_what_is_kept_is_counted_as_what_is_not(door, moderate):
    made = ask(door)["id"]
    moderate(release_request, made, None, NOW)
    vote(door, made)
    door.send(wish(), PATH, DNT="1")
    assert door.outcomes() == {"accepted": 2, "do_not_track": 1}


def test_who_asked_and_who_voted_is_not_told(door, released):
    (seen,) = get(door, PATH)["requests"]
    assert set(seen) == {
        *("id", "title", "details", "state", "votes", "voted", "mine"),
        *("asked_at", "shipped_at", "merged_into"),
    }


def test_a_vote_counts_once_and_can_be_taken_back(door, released):
    for _ in range(2):
        answer = vote(door, released)
        assert (answer.status_code, answer.json()["request"]["votes"]) == (200, 2)
    for _ in range(2):
        answer = take_back(door, released)
        assert (answer.status_code, answer.json()["request"]["votes"]) == (200, 1)


def test_a_vote_on_a_merged_request_counts_on_what_it_was_merged_into(door, released, moderate):
    other = ask(door, "Night colours", "u3")["id"]
    moderate(merge_requests, released, other)
    voted = vote(door, released).json()["request"]
    assert (voted["merged_into"], voted["votes"]) == (other, 3)
    (seen,) = get(door, PATH)["requests"]
    assert (seen["id"], seen["votes"]) == (other, 3)


def test_what_is_unknown_unreleased_and_anothers_are_told_alike(door, open_door):
    made = ask(door)["id"]
    told = [
        act(place, number)
        for act in (vote, take_back)
        for place, number in ((door, made), (door, made + 1_000), (open_door(), made))
    ]
    assert {answer.status_code for answer in told} == {404}
    assert len({answer.text for answer in told}) == 1
    assert told[0].headers["content-type"] == "application/problem+json"


def test_nothing_is_kept_without_consent(open_door, ingest_engine):
    door = open_door("opt-in")
    told = {"status": "no_consent", "request": None}
    assert door.send(wish(), PATH).json() == told
    assert door.outcomes() == {"no_consent": 1}
    made = door.send(wish(consent=["feedback"]), PATH).json()["request"]
    with ingest_engine.begin() as conn:
        release_request(conn, door.project.id, made["id"], None, NOW)
    assert vote(door, made["id"]).json() == told
    assert titles(door) == ["Dark mode"]


def test_a_vote_can_be_taken_back_after_consent_was(door, released):
    vote(door, released)
    no = {"user_id": "u2", "purposes": {"feedback": False}}
    door.client.put("/api/v1/consent", json=no, headers={"X-API-Key": door.key})
    assert take_back(door, released).json()["request"]["votes"] == 1


def test_do_not_track_keeps_nothing(door):
    answer = door.send(wish(), PATH, DNT="1")
    assert answer.json() == {"status": "do_not_track", "request": None}
    assert titles(door, user_id="u1") == []


def test_an_anonymous_project_keeps_nothing_of_anybody(open_door):
    door = open_door("anonymous")
    answer = door.send(wish(), PATH)
    assert (answer.status_code, "anonymous" in answer.json()["detail"]) == (422, True)
    assert titles(door, user_id="u1") == []


def test_what_is_personal_is_not_kept(door, ingest_engine):
    made = ask(door, "For u-4711", "u-4711", details="Write to ann@example.org")
    with ingest_engine.connect() as conn:
        row = conn.execute(select(requests).where(requests.c.id == made["id"])).one()
    assert "u-4711" not in row.title
    assert "example.org" not in row.details
    assert row.masked == 2


def test_a_browser_may_take_back_a_vote(door):
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "DELETE"}
    answer = door.client.options(f"{PATH}/1/vote", headers=asked)
    assert "DELETE" in answer.headers["access-control-allow-methods"]


HOSTILE = {
    "no object": [],
    "nobody": wish(user_id=""),
    "no user": {"title": "a"},
    "no title": {"user_id": "u1"},
    "an empty title": wish(""),
    "only spaces": wish(" \n\t "),
    "an invisible title": wish("\u200b\u0000"),
    "a long title": wish("x" * 201),
    "a title that is a list": wish(["a"]),
    "half a character": b'{"user_id": "u1", "title": "a\\ud800b"}',
    "long details": wish(details="x" * 10_001),
    "an empty id": wish(external_id=""),
    "a long id": wish(external_id="x" * 201),
    "NUL in the id": wish(external_id="a\x00"),
    "a state": wish(state="shipped"),
    "a release": wish(released_at="2026-01-01T00:00Z"),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_wrong_is_told_and_not_kept(door, body):
    answer = door.send(body, PATH)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert titles(door, user_id="u1") == []


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"user_id": ""}])
def test_a_list_that_can_not_be_asked_for(door, params):
    answer = door.client.get(PATH, params=params, headers={"X-API-Key": door.key})
    assert answer.status_code == 422


def test_a_key_for_reading_may_not_take_part(open_door):
    door = open_door(scope="read")
    headers = {"X-API-Key": door.key}
    assert door.send(wish(), PATH).status_code == 403
    assert vote(door, 1).status_code == 403
    assert take_back(door, 1).status_code == 403
    for path in (PATH, NOTICES):
        answer = door.client.get(path, params={"user_id": "u1"}, headers=headers)
        assert answer.status_code == 403


def test_a_person_is_told_once_that_what_they_wanted_was_shipped(
    door, released, moderate, ingest_engine
):
    moderate(set_request_state, released, "shipped", NOW)
    with ingest_engine.begin() as conn:
        key = actor_key(project_secret(conn, door.project.id), "u1")
        place = {"project_id": door.project.id, "actor_key": key, "request_id": released}
        conn.execute(insert(notices).values(place))
    (first,) = get(door, NOTICES, user_id="u1")["notices"]
    assert (first["request"], first["title"], first["new"]) == (released, "Dark mode", True)
    assert datetime.fromisoformat(first["shipped_at"]) == NOW
    (again,) = get(door, NOTICES, user_id="u1")["notices"]
    assert again == first | {"new": False}
    assert get(door, NOTICES, user_id="u2")["notices"] == []
    assert get(door, PATH)["requests"][0]["state"] == "shipped"

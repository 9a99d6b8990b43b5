"""What people grant and refuse holds for their next event."""

import threading

import pytest
from sqlalchemy import func, select

from db.tables import consents
from tests.ingest_api.conftest import event

PATH = "/api/v1/consent"
PURPOSES = ("usage", "features", "performance", "feedback", "geography")


def say(door, user_id="u1", version="3", source="settings page", **purposes):
    body = {"user_id": user_id, "purposes": purposes, "version": version, "source": source}
    answer = door.client.put(PATH, json=body, headers={"X-API-Key": door.key})
    assert answer.status_code == 200, answer.text
    return answer.json()


def read(door, user_id="u1"):
    answer = door.client.get(PATH, params={"user_id": user_id}, headers={"X-API-Key": door.key})
    return answer.json()


@pytest.fixture
def asking(open_door):
    return open_door(consent="opt-in")


def test_of_somebody_unknown_the_mode_alone_decides(open_door):
    assert read(open_door(consent="opt-in"))["purposes"] == dict.fromkeys(PURPOSES, False)
    assert read(open_door(consent="opt-out"))["purposes"] == dict.fromkeys(PURPOSES, True)
    assert read(open_door(consent="anonymous"))["mode"] == "anonymous"


def test_a_project_that_asks_keeps_nothing_until_it_is_granted(asking):
    answer = asking.send([event()]).json()
    assert (answer["accepted"], answer["dropped"]) == (0, {"no_consent": 1})
    say(asking, usage=True)
    assert asking.accepted([event()]) == 1
    assert asking.outcomes() == {"accepted": 1, "no_consent": 1}


def test_a_grant_is_for_its_purpose_and_its_person_alone(asking):
    say(asking, usage=True)
    sent = [event("a"), event("b", purpose="feedback"), event("c", user_id="u2")]
    assert asking.send(sent).json()["dropped"] == {"no_consent": 2}
    assert asking.stored() == ["a"]


def test_a_withdrawal_holds_for_the_next_event(open_door):
    door = open_door(consent="opt-out")
    assert door.accepted([event()]) == 1
    say(door, usage=False)
    assert door.accepted([event()]) == 0
    say(door, usage=True)
    assert door.accepted([event()]) == 1


def test_the_country_is_kept_only_with_geography(asking):
    say(asking, usage=True)
    asking.accepted([event(country="DE")])
    say(asking, geography=True)
    asking.accepted([event(country="DE")])
    assert asking.stored("country") == ["", "DE"]


def test_the_history_keeps_every_word_with_version_and_source(asking):
    say(asking, usage=True, version="1", source="banner")
    told = say(asking, usage=False, features=True, version="2")
    spoken = [
        (entry["purpose"], entry["granted"], entry["version"], entry["source"])
        for entry in told["history"]
    ]
    assert spoken == [
        ("usage", True, "1", "banner"),
        ("usage", False, "2", "settings page"),
        ("features", True, "2", "settings page"),
    ]
    assert told["purposes"]["features"]
    assert not told["purposes"]["usage"]
    assert read(asking) == told


def test_a_batch_may_carry_its_users_grants_and_they_are_recorded(asking):
    assert asking.accepted({"events": [event()], "consent": ["usage"]}) == 1
    assert [(e["purpose"], e["source"]) for e in read(asking)["history"]] == [("usage", "batch")]
    assert asking.accepted([event()]) == 1


def test_a_batch_that_names_purposes_speaks_for_all_of_them(open_door):
    door = open_door(consent="opt-out")
    answer = door.send({"events": [event()], "consent": ["features"]}).json()
    assert answer["dropped"] == {"no_consent": 1}


def test_a_batch_can_not_undo_a_withdrawal_that_it_has_not_heard_of(asking):
    say(asking, usage=False)
    assert asking.accepted({"events": [event()], "consent": ["usage"]}) == 0
    assert not read(asking)["purposes"]["usage"]


def test_a_grant_that_is_on_record_is_not_recorded_again(asking):
    for _ in range(3):
        asking.accepted({"events": [event(), event()], "consent": ["usage"]})
    with asking.engine.connect() as conn:
        mine = select(func.count()).where(consents.c.project_id == asking.project.id)
        assert conn.execute(mine).scalar_one() == 1


def test_an_anonymous_project_stores_no_id_and_counts_first_uses(open_door):
    door = open_door(consent="anonymous")
    sent = [
        event("a", session_id="s1", first_use=["day", "week"]),
        {"event_type": "b"},
    ]
    assert door.accepted(sent) == 2
    assert sorted(door.stored("name", "actor_key", "session_key", "first_use")) == [
        ("a", 0, None, 3),
        ("b", 0, None, 0),
    ]
    body = {"user_id": "u1", "purposes": {"usage": True}}
    answer = door.client.put(PATH, json=body, headers={"X-API-Key": door.key})
    assert (answer.status_code, "anonymous" in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "user_id"),
        ([], "object"),
        ({"user_id": "", "purposes": {"usage": True}}, "user_id"),
        ({"user_id": "\x00", "purposes": {"usage": True}}, "user_id"),
        ({"user_id": "u1", "purposes": {}}, "purposes"),
        ({"user_id": "u1", "purposes": {"profit": True}}, "purposes.profit"),
        ({"user_id": "u1", "purposes": {"usage": "perhaps"}}, "purposes.usage"),
        ({"user_id": "u1", "purposes": {"usage": True}, "version": "x" * 101}, "version"),
        ({"user_id": "u1", "purposes": {"usage": True}, "email": "a@b.c"}, "email"),
    ],
)
def test_a_mistake_in_a_consent_is_a_422_that_names_it(asking, body, named):
    answer = asking.client.put(PATH, json=body, headers={"X-API-Key": asking.key})
    assert answer.status_code == 422
    assert named in answer.json()["detail"]


@pytest.mark.parametrize("query", ["", "?user_id=", "?user_id=%00", "?user_id=" + "x" * 201])
def test_a_question_without_a_person_is_a_422_that_names_it(asking, query):
    answer = asking.client.get(PATH + query, headers={"X-API-Key": asking.key})
    assert (answer.status_code, "user_id" in answer.json()["detail"]) == (422, True)


def test_people_who_speak_at_once_are_all_heard(asking):
    def grant(purpose):
        say(asking, **{purpose: True})

    speakers = [threading.Thread(target=grant, args=(purpose,)) for purpose in PURPOSES]
    for each in speakers:
        each.start()
    for each in speakers:
        each.join()
    assert all(read(asking)["purposes"].values())
    assert len(read(asking)["history"]) == 5

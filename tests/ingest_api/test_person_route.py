"""What is held of a person is theirs to read, and theirs to have erased."""

import pytest

from db.access import create_key, project_secret
from db.identity import actor_key
from jobs.catching_up import catch_up
from jobs.erasing import erase_waiting
from tests.ingest_api.conftest import event
from tests.packages import add_member, add_run
from tests.thorough import thorough

DATA, ERASURES = "/api/v1/user/data", "/api/v1/user/erasures"
FEEDBACK, CONSENT, REQUESTS = "/api/v1/feedback", "/api/v1/consent", "/api/v1/requests"


@pytest.fixture
def ask(door):
    """Ask something about a person with the project's key for reading."""
    return asker(door)


def asker(door):
    with door.engine.begin() as conn:
        key = create_key(conn, door.project.id, "read")

    def send(method="GET", user_id="u1", path=DATA):
        params = {"user_id": user_id} if path == DATA else {}
        return door.client.request(method, path, params=params, headers={"X-API-Key": key})

    return send


@pytest.fixture
def spoken(door):
    """A person who did and said all that there is to do and say, and another who said as much."""
    for who in ("u1", "u2"):
        door.send([event(user_id=who, properties={"path": "/a"}), event("close", user_id=who)])
        words = {"user_id": who, "interaction_id": "i1"}
        door.send(words | {"rating": 1, "comment": "Slow"}, FEEDBACK)
        door.send(words | {"rating": 5, "comment": "Fast"}, FEEDBACK)
        door.send({"user_id": who, "title": f"Dark mode for {who}"}, REQUESTS)
        said = {"user_id": who, "purposes": {"usage": True}, "version": "3", "source": "banner"}
        door.client.put(CONSENT, json=said, headers={"X-API-Key": door.key})
    catch_up(door.engine)


def told(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()


@thorough
def test_an_export_holds_everything_of_the_person_and_nothing_of_another(ask, spoken):
    export = told(ask())
    assert export["user_id"] == "u1"
    full = {"sightings": 1, "events": 2, "feedback": 1, "requests": 1, "votes": 1, "consents": 1}
    none = {"invitations": 0, "notices": 0, "segments": 0, "exposures": 0}
    none |= {"runs": 0, "organisations": 0, "accounts": 0, "tickets": 0}
    none |= {"customers": 0, "subscriptions": 0, "payments": 0}
    assert export["counts"] == full | none
    assert {name: len(rows) for name, rows in export["data"].items()} == export["counts"]
    data = export["data"]
    assert [each["name"] for each in data["events"]] == ["open", "close"]
    assert data["events"][0]["properties"] == {"path": "/a"}
    (said,) = data["feedback"]
    assert (said["interaction"], said["score"], said["comment"]) == ("i1", 5, "Fast")
    assert [(h["score"], h["comment"]) for h in said["history"]] == [(1, "Slow")]
    assert data["votes"][0]["title"] == data["requests"][0]["title"] == "Dark mode for u1"
    assert (data["consents"][0]["purpose"], data["consents"][0]["version"]) == ("usage", "3")
    assert "actor_key" not in str(data)


def test_an_export_names_packages_and_organisations_and_the_account(door, ask, spoken):
    with door.engine.begin() as conn:
        key = actor_key(project_secret(conn, door.project.id), "u1")
        add_member(conn, door.project.id, key)
        add_run(conn, door.project.id, key)
    data = told(ask())["data"]
    (ran,), (member,), (account,) = (data[n] for n in ("runs", "organisations", "accounts"))
    assert (ran["package"], ran["kind"], ran["organisation"]) == ("code-reviewer", "run", None)
    assert (member["organisation"], member["username"], member["role"]) == ("Acme", "ann", "member")
    assert account["email"].endswith("@x.example")
    assert not any(told(ask(user_id="u2"))["data"][name] for name in ("runs", "accounts"))
    assert str(key) not in str(data).replace(account["email"], "")


def test_an_export_says_whether_there_may_be_more(ask, spoken, monkeypatch):
    assert told(ask())["complete"]
    monkeypatch.setattr("ingest_api.routes.person.MOST_ROWS", 2)
    export = told(ask())
    assert (export["complete"], export["counts"]["events"]) == (False, 2)
    monkeypatch.setattr("ingest_api.routes.person.MOST_ROWS", 1)
    assert [each["name"] for each in told(ask())["data"]["events"]] == ["open"]


def test_of_somebody_unknown_nothing_is_held(ask, spoken):
    assert not any(told(ask(user_id="stranger"))["counts"].values())


def test_an_erasure_is_scheduled_done_by_the_worker_and_receipted(door, ask, spoken):
    before = told(ask(user_id="u2"))["counts"]
    asked = told(ask("DELETE"))
    assert (asked["status"], asked["receipt"]) == ("success", None)
    assert asked["message"] == "All user data has been scheduled for deletion"
    assert told(ask("DELETE"))["id"] == asked["id"]
    receipts = f"{ERASURES}/{asked['id']}"
    assert told(ask(path=receipts)) == asked
    erase_waiting(door.engine)
    done = told(ask(path=receipts))
    assert done["done_at"] > done["asked_at"]
    assert {name: n for name, n in done["receipt"].items() if n} == {
        "events": 2,
        "actor": 1,
        "actor_day": 1,
        "actor_event_day": 2,
        "feedback": 1,
        "feedback_history": 1,
        "requests": 1,
        "votes": 1,
        "consents": 1,
        "grants": 1,
    }
    assert not any(told(ask())["counts"].values())
    assert told(ask(user_id="u2"))["counts"] == before


def test_an_erasure_is_told_to_its_own_project_alone(open_door, ask, spoken):
    asked = told(ask("DELETE"))
    stranger = asker(open_door())
    assert stranger(path=f"{ERASURES}/{asked['id']}").status_code == 404
    assert stranger(path=f"{ERASURES}/999999999").status_code == 404
    assert stranger(path=f"{ERASURES}/none").status_code == 422


def test_in_an_anonymous_project_nobody_is_known(open_door):
    door = open_door(consent="anonymous")
    door.send({"user_id": "u1", "rating": 4}, FEEDBACK)
    ask = asker(door)
    assert not any(told(ask())["counts"].values())
    told(ask("DELETE"))
    erase_waiting(door.engine)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_key_for_reading_is_needed(door, method):
    params = {"user_id": "u1"}
    send = door.client.request
    assert send(method, DATA, params=params).status_code == 401
    assert send(method, DATA, params=params, headers={"X-API-Key": door.key}).status_code == 403


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("query", ["", "?user_id=", "?user_id=%00", "?user_id=" + "x" * 201])
def test_without_a_person_it_is_a_422_that_names_it(ask, method, query):
    answer = ask(method, path=f"{DATA}/{query}")
    assert (answer.status_code, "user_id" in answer.json()["detail"]) == (422, True)

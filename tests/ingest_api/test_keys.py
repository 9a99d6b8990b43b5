"""Who may send, and how often."""

import asyncio

import pytest

from db.access import revoke_key
from ingest_api import keys
from ingest_api.event import Sender
from ingest_api.limiting import Limits
from ingest_api.problems import Problem
from ingest_api.settings import Settings
from tests.ingest_api.conftest import EVENTS, event


@pytest.mark.parametrize(
    "header",
    [{"X-API-Key": "{}"}, {"Authorization": "Bearer {}"}, {"Authorization": "bearer  {}"}],
)
def test_a_key_is_taken_from_either_header(door, header):
    named = {name: value.format(door.key) for name, value in header.items()}
    assert door.client.post(EVENTS, json=[event()], headers=named).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": "unknown"},
        {"X-API-Key": "x" * 20_000},
        {"X-API-Key": b"\xff\xfe"},
        {"Authorization": "Basic dTpw"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer unknown"},
    ],
)
def test_without_a_known_key_the_answer_is_401(door, header):
    answer = door.client.post(EVENTS, json=[event()], headers=header)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["title"] == "Unknown key"


@pytest.mark.parametrize("path", [EVENTS, "/v1/track"])
def test_a_key_for_reading_may_not_ingest(open_door, path):
    answer = open_door(scope="read").send([event()], path=path)
    assert answer.status_code == 403


def test_a_key_of_a_server_may_ingest_but_not_read(open_door):
    door = open_door(scope="server")
    assert door.send([event()]).status_code == 200
    held = door.client.get("/api/v1/user/data?user_id=ann", headers={"X-API-Key": door.key})
    assert held.status_code == 403


def test_a_revoked_key_stops_working_once_it_is_forgotten(door, monkeypatch):
    monkeypatch.setattr(keys, "REMEMBERED_SECONDS", -1.0)
    assert door.accepted([event()]) == 1
    with door.engine.begin() as conn:
        assert revoke_key(conn, door.key) == 1
    assert door.send([event()]).status_code == 401


def test_the_keys_that_are_remembered_are_bounded(door, monkeypatch):
    monkeypatch.setattr(keys, "MAX_REMEMBERED", 3)
    for number in range(7):
        assert door.send([event()], x_api_key=f"unknown {number}").status_code == 401
    assert door.accepted([event()]) == 1
    monkeypatch.setattr(keys.Keys, "_read", lambda *_: pytest.fail("a good key was forgotten"))
    assert door.accepted([event()]) == 1


class Asking:
    """A request as far as the limits look at it."""

    def __init__(self, host: str, **headers: str) -> None:
        self.client = type("Client", (), {"host": host})
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def limits():
    return Limits(Settings(country_header="", rate_limit="3/minute", keyless_rate_limit="2/minute"))


def status_of(known: keys.Keys, request: Asking) -> int:
    try:
        asyncio.run(known.sender(request, "ingest"))
    except Problem as problem:
        return problem.status
    return 200


def test_who_guesses_keys_is_refused_and_those_who_have_one_are_not(door, limits, monkeypatch):
    monkeypatch.setattr(keys, "REMEMBERED_SECONDS", -1.0)
    known, own = keys.Keys(door.engine, limits), Asking("1.1.1.1", x_api_key=door.key)
    assert status_of(known, own) == 200
    guesses = [Asking("1.1.1.1", x_api_key=f"guess {number}") for number in range(4)]
    assert [status_of(known, guess) for guess in guesses] == [401, 401, 429, 429]
    assert status_of(known, own) == 200
    assert status_of(known, Asking("1.1.1.2", x_api_key="guess")) == 401
    assert passed(limits, *[Asking("1.1.1.1")] * 3) == 2


def passed(limits: Limits, *requests: Asking, project_id: int = 1) -> int:
    return sum(passes(limits, request, project_id) for request in requests)


def passes(limits: Limits, request: Asking, project_id: int) -> bool:
    try:
        limits.check(request, Sender(project_id, "opt-out", b"", None))
    except Problem as problem:
        return (problem.status, problem.headers["Retry-After"]) != (429, "60")
    return True


def test_requests_with_keys_are_counted_by_project(limits):
    first = [Asking("1.1.1.1", x_api_key="a"), Asking("1.1.1.2", authorization="Bearer b")] * 3
    assert passed(limits, *first) == 3
    assert passed(limits, *first, project_id=2) == 3


def test_requests_without_a_key_are_counted_by_address(limits):
    assert passed(limits, *[Asking("1.1.1.1")] * 5, *[Asking("1.1.1.2")] * 5) == 4


def test_people_are_counted_apart(limits):
    for person in (1, 2):
        for _ in range(3):
            limits.check_person(person)
        with pytest.raises(Problem) as told:
            limits.check_person(person)
        assert told.value.status == 429
    assert passed(limits, *[Asking("1.1.1.1", x_api_key="a")] * 4) == 3


def test_a_header_that_holds_no_key_does_not_lift_the_limit(limits):
    junk = [Asking("1.1.1.1", authorization="Basic x"), Asking("1.1.1.1", x_api_key=" ")]
    assert passed(limits, *junk, *junk) == 2


def test_addresses_are_counted_under_a_hash(limits):
    passed(limits, Asking("203.0.113.9"))
    assert "203.0.113.9" not in str(vars(limits._limiter.storage))

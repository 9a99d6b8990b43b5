"""Downloads of packages: counted apart by who downloads, and never dropped for being a robot's."""

import pytest

from db.tables import events
from tests.ingest_api.registered import one, registry, stored, told

PATH = "/api/v1/analytics/downloads"
PIP = 'pip/24.0 {"ci":null,"installer":{"name":"pip"},"system":{"name":"Linux","release":"6.1"}}'
BANDERSNATCH = "bandersnatch/6.5.0 (cpython 3.11.4-final0, Linux x86_64)"
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture
def door(open_door):
    return registry(open_door)


def download(**members):
    return {"package": "code-reviewer", "user_id": "u1", "version": "1.0"} | members


def test_a_download_is_kept_with_its_installer_and_platform(door):
    answer = told(door.send(download(user_agent=PIP), PATH))
    assert answer["id"]
    columns = ("kind", "version", "installer", "platform", "audience", "credits")
    assert stored(door, *columns) == [("download", "1.0", "pip", "linux", "person", 0)]
    event = one(door, events)
    assert (event.name, event.subject, event.platform) == (
        "package_download",
        "code-reviewer",
        "linux",
    )


@pytest.mark.parametrize(
    ("said", "audience"),
    [
        ({"user_agent": PIP, "ci": True}, "ci"),
        ({"user_agent": PIP.replace("null", "true")}, "ci"),
        ({"user_agent": PIP.replace("null", "true"), "ci": False}, "person"),
        ({"user_agent": BANDERSNATCH}, "mirror"),
        ({"user_agent": BANDERSNATCH, "ci": False}, "mirror"),
        ({"user_agent": CRAWLER}, "bot"),
        ({}, "person"),
    ],
)
def test_builds_robots_and_mirrors_are_kept_apart(door, said, audience):
    assert told(door.send(download(**said), PATH))["dropped"] is None
    assert stored(door, "audience") == [(audience,)]


def test_what_the_sender_knows_comes_before_the_user_agent(door):
    sent = download(user_agent=PIP, installer="poetry", platform="windows")
    told(door.send(sent, PATH))
    assert stored(door, "installer", "platform") == [("poetry", "windows")]


def test_the_agent_of_the_request_is_the_registrys_and_tells_nothing(door):
    told(door.send(download(), PATH, User_Agent=CRAWLER))
    assert stored(door, "audience", "installer", "platform") == [("person", "", "")]


def test_downloads_come_in_batches_too_and_once(door):
    batch = [download(download_id="d1"), download(download_id="d2"), download(package="none")]
    answer = told(door.send({"downloads": batch}, PATH))
    assert (answer["accepted"], answer["rejected"][0]["index"]) == (2, 2)
    assert told(door.send(batch[:2], PATH))["duplicates"] == 2
    assert len(stored(door, "run_id")) == len(batch[:2])


def test_consent_holds_for_downloads(open_door):
    door = registry(open_door, consent="opt-in")
    assert told(door.send(download(), PATH))["dropped"] == "no_consent"
    assert told(door.send(download(consent=["usage"]), PATH))["dropped"] is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"model": "m1"}, "model"),
        ({"user_id": None}, "user_id"),
        ({"installer": "x" * 101}, "installer"),
        ({"ci": "maybe"}, "ci"),
    ],
)
def test_a_mistake_is_told_with_its_field(door, said, field):
    answer = door.send(download(**said), PATH)
    assert (answer.status_code, field in answer.json()["detail"]) == (422, True)

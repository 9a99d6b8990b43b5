"""What a release step, or whoever knows what happened, tells the charts."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.access import create_key
from db.tables import annotations

PATH = "/api/v1/annotations"


def release(**members):
    return {"kind": "release", "title": "Version 2.0"} | members


@pytest.fixture
def read(door, ingest_engine):
    """The annotations of the door's project, as a key for reading gets them."""
    with ingest_engine.begin() as conn:
        key = create_key(conn, door.project.id, "read")

    def get(path=PATH, **params):
        return door.client.get(path, params=params, headers={"X-API-Key": key})

    return get


def titles(answer):
    assert answer.status_code == 200, answer.text
    return [each["title"] for each in answer.json()["annotations"]]


def test_what_is_said_is_kept_and_answered(door, read):
    said = release(
        at="2026-03-02T10:00:00+01:00",
        until="2026-03-02T10:30:00+01:00",
        url="https://example.org/2.0?a=b#c",
        external_id="v2",
    )
    answer = door.send(said, PATH)
    assert answer.status_code == 200
    kept = answer.json()
    assert {name: kept[name] for name in ("kind", "title", "url", "external_id")} == {
        "kind": "release",
        "title": "Version 2.0",
        "url": "https://example.org/2.0?a=b#c",
        "external_id": "v2",
    }
    assert datetime.fromisoformat(kept["at"]) == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert datetime.fromisoformat(kept["until"]) == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert read().json() == {"annotations": [kept]}


def test_without_a_time_it_happened_now(door):
    at = datetime.fromisoformat(door.send(release(), PATH).json()["at"])
    assert abs(datetime.now(UTC) - at) < timedelta(seconds=30)


def test_a_repetition_is_the_same_annotation(door, read):
    first = door.send(release(external_id="v2", at="2026-03-02T10:00Z"), PATH).json()
    again = door.send(release(external_id="v2"), PATH)
    assert (again.status_code, again.json()) == (200, first)
    assert titles(read()) == ["Version 2.0"]


def test_what_is_said_again_replaces_what_was_and_the_rest_stays(door):
    begun = {"kind": "incident", "title": "Slow", "external_id": "i1", "at": "2026-03-02T10:00Z"}
    door.send(begun, PATH)
    ended = {"kind": "incident", "title": "Was slow", "external_id": "i1"}
    kept = door.send(ended | {"until": "2026-03-02T11:00Z"}, PATH).json()
    assert kept["title"] == "Was slow"
    assert datetime.fromisoformat(kept["at"]).hour == 10
    assert datetime.fromisoformat(kept["until"]).hour == 11


def test_without_an_external_id_each_is_one_of_its_own(door, read):
    door.send(release(), PATH)
    door.send(release(), PATH)
    assert len(titles(read())) == 2


def test_two_projects_may_use_the_same_external_id(open_door):
    one, other = open_door(), open_door()
    ids = {door.send(release(external_id="v2"), PATH).json()["id"] for door in (one, other)}
    assert len(ids) == 2


def test_both_paths_work(door, read):
    assert door.send(release(), PATH + "/").status_code == 200
    assert titles(read(PATH + "/")) == ["Version 2.0"]


def test_the_list_is_of_a_time_and_the_latest_first(door, read):
    for day in (1, 2, 3):
        door.send(release(title=f"day {day}", at=f"2026-03-0{day}T00:00Z"), PATH)
    long = release(title="long", at="2026-02-01T00:00Z", until="2026-03-02T12:00Z")
    door.send(long, PATH)
    asked = {"from": "2026-03-02T00:00Z", "to": "2026-03-03T00:00Z"}
    assert titles(read(**asked)) == ["day 2", "long"]
    assert titles(read(limit=1)) == ["day 3"]


def test_another_projects_annotations_are_not_listed(open_door, read):
    open_door().send(release(), PATH)
    assert titles(read()) == []


def test_a_key_for_reading_may_not_write_and_one_for_ingest_not_read(door, open_door):
    assert open_door(scope="read").send(release(), PATH).status_code == 403
    answer = door.client.get(PATH, headers={"X-API-Key": door.key})
    assert (answer.status_code, answer.json()["status"]) == (403, 403)
    assert door.client.post(PATH, json=release()).status_code == 401
    assert door.client.get(PATH, headers={"X-API-Key": "no"}).status_code == 401


def test_a_title_is_one_line(door):
    kept = door.send(release(title="  Fix the\n  login \t page\n"), PATH).json()
    assert kept["title"] == "Fix the login page"


@pytest.mark.parametrize(
    "title", ["<b>&amp;</b>", "'; drop table annotations; --", "👩‍🚀 %s {0}", "مرحبا"]
)
def test_any_text_is_only_text(door, title):
    assert door.send(release(title=title), PATH).json()["title"] == title


HOSTILE = {
    "no object": [],
    "a text": "release",
    "null": None,
    "no title": {"kind": "release"},
    "an empty title": release(title=""),
    "only spaces": release(title=" \n\t "),
    "a long title": release(title="x" * 201),
    "NUL": release(title="a\x00b"),
    "an escape": release(title="a\x1b[31mb"),
    "a turned text": release(title="a\u202eb"),
    "half a character": b'{"kind": "release", "title": "a\\ud800b"}',
    "a title that is a list": release(title=["a"]),
    "another kind": release(kind="party"),
    "kind as a number": release(kind=1),
    "a script as address": release(url="javascript:alert(1)"),
    "data as address": release(url="data:text/html,x"),
    "an address without a host": release(url="https://"),
    "an address with a password": release(url="https://a:b@example.org"),
    "an address with a space": release(url="https://example.org/a b"),
    "a broken address": release(url="https://[::1"),
    "a control in the address": release(url="https://example.org/\n"),
    "a long address": release(url="https://example.org/" + "x" * 2_000),
    "no time": release(at="yesterday"),
    "a time that is a list": release(at=[1]),
    "a time before time": release(at="0001-01-01T00:00:00+14:00"),
    "a time far away": release(at="9999-12-31T23:59:59-12:00"),
    "a time that is no number": b'{"kind": "release", "title": "a", "at": NaN}',
    "an end before the beginning": release(at="2026-03-02T00:00Z", until="2026-03-01T00:00Z"),
    "an end in the past of what begins now": release(until="2020-01-01T00:00Z"),
    "an empty id": release(external_id=""),
    "a long id": release(external_id="x" * 201),
    "NUL in the id": release(external_id="a\x00"),
    "a number as id": release(external_id=7),
    "another member": release(person_id=1),
    "a project": release(project_id=1),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_wrong_is_told_and_not_kept(door, body, ingest_engine):
    answer = door.send(body, PATH)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    mine = select(annotations.c.id).where(annotations.c.project_id == door.project.id)
    with ingest_engine.connect() as conn:
        assert conn.execute(mine).all() == []


def test_a_wrong_end_leaves_what_was_kept_as_it_was(door, read):
    door.send(release(external_id="v2", at="2026-03-02T00:00Z"), PATH)
    wrong = release(title="other", external_id="v2", until="2026-03-01T00:00Z")
    assert door.send(wrong, PATH).status_code == 422
    assert titles(read()) == ["Version 2.0"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_a_400(door, body):
    assert door.send(body, PATH).status_code == 400


def test_a_body_that_is_too_large_is_a_413(door):
    assert door.send(b" " * (8 * 2**20 + 1), PATH).status_code == 413


@pytest.mark.parametrize(
    "params", [{"from": "x"}, {"to": "never"}, {"limit": 0}, {"limit": 10**9}, {"limit": "many"}]
)
def test_a_list_that_can_not_be_asked_for(read, params):
    answer = read(**params)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"

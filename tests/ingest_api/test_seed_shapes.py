"""The shapes that the clients of the first days send, taken exactly as they are."""

import pytest

from tests.ingest_api.conftest import EVENTS, event

BASE = {
    "event_type": "page_view",
    "timestamp": "2026-03-01T23:30:00Z",
    "user_id": "u1",
    "session_id": "s1",
    "properties": {"path": "/pricing?plan=pro", "theme": "dark"},
}
USER = BASE | {
    "event_type": "button_click",
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604",
    "ip_address": "203.0.113.9",
    "properties": {"button": "buy"},
}
INTERACTION = BASE | {
    "event_type": "transcription",
    "request_duration_ms": 840,
    "request_size_bytes": 52_000,
    "response_size_bytes": 310,
    "success": False,
    "error_type": "timeout",
    "model_used": "whisper-1",
    "properties": {},
}
COMMAND = {
    "session_id": "0b0e4b1e-5e0c-4d2c-9d7f-0d6b1c9f8a10",
    "command": "icon",
    "success": True,
    "timestamp": 1640995200000,
    "version": "1.0.0",
    "execution_time": 3450,
    "error_type": None,
    "prompt_length": 45,
    "output_format": "png",
    "model_used": "dall-e-3",
}


def test_a_base_event_is_stored_with_its_subject_and_properties(door):
    answer = door.send({"events": [BASE]})
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "status": "success",
            "processed": 1,
            "accepted": 1,
            "duplicates": 0,
            "dropped": {},
            "rejected": [],
        },
    )
    assert door.stored("name", "subject", "properties") == [
        ("page_view", "/pricing", {"path": "/pricing?plan=pro", "theme": "dark"})
    ]


def test_a_user_event_tells_its_platform_by_its_agent_and_loses_its_address(door):
    door.send({"events": [USER]})
    assert door.stored("name", "subject", "platform", "properties") == [
        ("button_click", "buy", "ios", {"button": "buy"})
    ]


def test_an_ai_interaction_has_its_duration_model_and_failure_in_columns(door):
    door.send({"events": [INTERACTION]})
    columns = ("subject", "duration_ms", "ok", "error_type", "purpose", "properties")
    assert door.stored(*columns) == [
        (
            "whisper-1",
            840.0,
            False,
            "timeout",
            "features",
            {"request_size_bytes": 52_000, "response_size_bytes": 310},
        )
    ]


@pytest.mark.parametrize(
    "left_out", ["user_id", "error_type", "ip_address"], ids="without {}".format
)
def test_what_the_shapes_call_optional_may_be_null_or_missing(door, left_out):
    whole = USER | INTERACTION
    assert door.accepted([whole | {left_out: None}]) == 1
    del whole[left_out]
    assert door.accepted([whole]) == 1


def test_a_client_without_a_user_is_counted_by_its_session(door):
    door.send([BASE | {"user_id": None}, BASE | {"user_id": None}])
    assert len(set(door.stored("actor_key"))) == 1


def test_a_run_of_a_command_is_stored_and_answered_ok(door):
    answer = door.send(COMMAND, path="/v1/track")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    columns = ("name", "subject", "platform", "app_version", "duration_ms", "ok", "properties")
    assert door.stored(*columns) == [
        (
            "command_run",
            "icon",
            "cli",
            "1.0.0",
            3450.0,
            True,
            {"prompt_length": 45, "output_format": "png", "model_used": "dall-e-3"},
        )
    ]
    assert door.stored("occurred_at")[0].isoformat() == "2022-01-01T00:00:00+00:00"


def test_a_failed_command_without_optional_members_is_a_failure(door):
    failed = {name: COMMAND[name] for name in ("session_id", "command", "timestamp", "version")}
    door.send(failed | {"success": False, "error_type": "network"}, path="/v1/track")
    assert door.stored("ok", "error_type") == [(False, "network")]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"session_id": ""}, "session_id"),
        ({"command": None}, "command"),
        ({"success": "perhaps"}, "success"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"version": ["1"]}, "version"),
        ({"execution_time": -1}, "execution_time"),
        ({"timestamp": -62135596800000 * 2}, "timestamp"),
    ],
)
def test_a_command_with_a_mistake_is_a_400_that_names_it(door, change, named):
    answer = door.send(COMMAND | change, path="/v1/track")
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]
    assert named in answer.json()["error"]
    assert door.stored() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"icon"', b"\xff\xfe"])
def test_a_body_that_is_no_command_is_a_400_in_the_commands_own_shape(door, body):
    answer = door.send(body, path="/v1/track")
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]


def test_without_a_key_a_command_goes_to_the_project_that_takes_them(open_door):
    first = open_door(keyless_track=True)
    answer = first.client.post("/v1/track", json=COMMAND)
    assert answer.json() == {"status": "ok"}
    assert first.stored("name") == ["command_run"]


def test_events_need_a_key_even_where_commands_need_none(open_door):
    keyless = open_door(keyless_track=True)
    assert keyless.client.post(EVENTS, json=[event()]).status_code == 401

"""What is answered to a batch, and what of it is stored."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.ingest_api.conftest import EVENTS, event


def test_a_bare_list_and_a_member_events_are_the_same(door):
    assert door.accepted([event("a")]) == 1
    assert door.accepted({"events": [event("b")]}) == 1
    assert door.stored() == ["a", "b"]


def test_the_good_part_of_a_batch_is_kept_and_the_bad_told_one_by_one(door):
    answer = door.send([event("a"), {"user_id": "u1"}, 7, event("b"), event(duration_ms="long")])
    assert answer.status_code == 200
    assert answer.json()["rejected"] == [
        {"index": 1, "reason": "invalid", "message": "event_type: Field required"},
        {
            "index": 2,
            "reason": "invalid",
            "message": "It has to be an object.",
        },
        {
            "index": 4,
            "reason": "invalid",
            "message": "duration_ms: Input should be a valid number, "
            "unable to parse string as a number",
        },
    ]
    assert (answer.json()["processed"], answer.json()["accepted"]) == (2, 2)
    assert door.stored() == ["a", "b"]
    assert door.outcomes() == {"accepted": 2, "invalid": 3}


def test_a_batch_of_mistakes_alone_is_a_422_that_lists_the_first_hundred(door):
    answer = door.send([{}] * 101)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [item["index"] for item in answer.json()["rejected"]] == list(range(100))
    assert door.outcomes() == {"invalid": 101}


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ('"event_type": ""', "event_type"),
        ('"event_type": null', "event_type"),
        (f'"event_type": "{"x" * 101}"', "event_type"),
        ('"event_type": "a\\u0000b"', "event_type"),
        ('"event_type": "\\ud800"', "event_type"),
        ('"user_id": "\\udfff"', "user_id"),
        ('"user_id": {"id": 1}', "user_id"),
        (f'"user_id": "{"x" * 201}"', "user_id"),
        ('"user_id": null', "user_id"),
        ('"timestamp": NaN', "timestamp"),
        ('"timestamp": 1e999', "timestamp"),
        ('"timestamp": "0001-01-01T00:00:00Z"', "timestamp"),
        ('"timestamp": "0001-01-01T00:00:00+14:00"', "timestamp"),
        ('"timestamp": "9999-12-31T23:59:59Z"', "timestamp"),
        ('"timestamp": "9999-12-31T23:59:59-12:00"', "timestamp"),
        ('"timestamp": "2026-02-30"', "timestamp"),
        ('"timestamp": true', "timestamp"),
        ('"duration_ms": -1', "duration_ms"),
        ('"duration_ms": Infinity', "duration_ms"),
        ('"duration_ms": NaN', "duration_ms"),
        ('"value": -Infinity', "value"),
        ('"value": 1e16', "value"),
        ('"success": "perhaps"', "success"),
        ('"country": "Germany"', "country"),
        ('"purpose": "profit"', "purpose"),
        ('"first_use": ["decade"]', "first_use.0"),
        ('"properties": []', "properties"),
        ('"properties": {"a": "\\u0000"}', "properties"),
        ('"properties": {"\\ud800": 1}', "properties"),
        ('"\\ud800": 1', "event"),
        ('"properties": {"a": 99999999999999999999999}', "kept"),
        ('"properties": {"a": NaN, "b": 1e999}', "kept"),
        (f'"properties": {{"a": "{"x" * 9_000}"}}', "properties"),
        (f'"note": "{"x" * 9_000}"', "properties"),
        (f'"properties": {"[" * 900 + "]" * 900}', "properties"),
        (f'"properties": {{"a": {"[" * 900 + "]" * 900}}}', "properties"),
        (f'"subject": "{"x" * 501}"', "subject"),
    ],
)
def test_a_bad_value_is_named_and_the_event_beside_it_kept(door, members, named):
    bad = '{"event_type": "bad", "user_id": "u1", ' + members + "}"
    answer = door.send(f"[{bad}, {json.dumps(event('good'))}]".encode())
    assert answer.status_code == 200, answer.text
    told = [item["message"].split(":")[0] for item in answer.json()["rejected"]]
    assert told == ([] if named == "kept" else [named])
    assert "good" in door.stored()


def test_an_integer_of_thousands_of_digits_is_no_number_that_is_kept(door):
    answer = door.send(f'[{{"event_type": "a", "user_id": "u1", "n": {"9" * 5_000}}}]'.encode())
    assert answer.status_code == 200
    assert door.stored("properties") == [{"n": None}]


@pytest.mark.parametrize(
    ("members", "column", "stored"),
    [
        ({"user_id": 42}, "name", "open"),
        ({"timestamp": "1767225600"}, "occurred_at", datetime(2026, 1, 1, tzinfo=UTC)),
        ({"timestamp": 1767225600000}, "occurred_at", datetime(2026, 1, 1, tzinfo=UTC)),
        ({"timestamp": "2026-01-01T00:00:00"}, "occurred_at", datetime(2026, 1, 1, tzinfo=UTC)),
        ({"timestamp": "2026-01-01T01:00+01:00"}, "occurred_at", datetime(2026, 1, 1, tzinfo=UTC)),
        ({"duration_ms": "12.5"}, "duration_ms", 12.5),
        ({"value": "-3"}, "value", -3.0),
        ({"success": "false"}, "ok", False),
        ({"success": 0}, "ok", False),
        ({"ok": False}, "ok", False),
        ({"version": 2}, "app_version", "2"),
        ({"country": "de"}, "country", "DE"),
        ({"event_type": "error"}, "ok", False),
        ({"event_type": "error", "properties": {"error_type": "E1"}}, "error_type", "E1"),
        ({"event_type": "feature_use", "properties": {"feature": "x"}}, "subject", "x"),
        ({"event_type": "page_view", "path": "/a?token=1#b"}, "subject", "/a"),
        ({"event_type": "feature_use"}, "purpose", "features"),
        ({"colour": "red"}, "properties", {"colour": "red"}),
        ({"properties": None}, "properties", None),
        ({"subject": "\U0001f600" * 500}, "subject", "\U0001f600" * 300),
    ],
)
def test_values_are_taken_in_the_forms_that_clients_send(door, members, column, stored):
    assert door.accepted([event() | members]) == 1
    assert door.stored(column) == [stored]


# The same event again ------------------------------------------------------------------------


def test_a_repeated_event_is_stored_once_and_reported(door):
    one, two = (event(event_id=str(uuid.uuid4())) for _ in range(2))
    assert door.accepted([one]) == 1
    answer = door.send([one, two, one]).json()
    assert (answer["processed"], answer["accepted"], answer["duplicates"]) == (3, 1, 2)
    assert len(door.stored()) == 2
    assert door.outcomes() == {"accepted": 2, "duplicate": 2}


@pytest.mark.parametrize("given", ["message 1", "42", 42, "8987F1F3-AB78-4E5C-A343-FF8455CCF703"])
def test_any_id_of_a_client_tells_a_repetition(door, given):
    again = event(message_id=given)
    assert [door.accepted([again]), door.accepted([again])] == [1, 0]


def test_two_people_may_use_the_same_ids(door):
    at = datetime.now(UTC).isoformat()
    hers, his = (event(event_id="1", user_id=who, timestamp=at) for who in ("u1", "u2"))
    assert door.accepted([hers, his]) == 2
    assert door.accepted([hers, his]) == 0
    third = event(event_id="1", user_id="u3", timestamp=at)
    answer = door.send([hers, third]).json()
    assert (answer["accepted"], answer["duplicates"]) == (1, 1)
    assert len(door.stored()) == 3


def test_two_projects_may_use_the_same_ids(open_door):
    same = [event(event_id="1")]
    assert [open_door().accepted(same), open_door().accepted(same)] == [1, 1]


def test_without_ids_equal_events_are_different_events(door):
    assert door.accepted([event(timestamp="2026-01-01T00:00:00Z")] * 2) == 2


def test_an_event_without_a_time_is_stored_once_however_often_it_is_sent(door):
    untimed = {"event_type": "open", "user_id": "u1", "event_id": "retried"}
    answers = [door.send([untimed, untimed]).json() for _ in range(3)]
    assert [answer["accepted"] for answer in answers] == [1, 0, 0]
    assert [answer["duplicates"] for answer in answers] == [1, 2, 2]
    assert len(door.stored()) == 1


def test_a_repetition_under_a_corrected_clock_is_recognised(door):
    clock = datetime.now(UTC) - timedelta(hours=3)
    sent = {"event_type": "open", "user_id": "u1", "event_id": "1", "timestamp": clock.isoformat()}

    def try_after(seconds: int) -> int:
        later = clock + timedelta(seconds=seconds)
        return door.accepted({"events": [sent], "sent_at": later.isoformat()})

    assert [try_after(0), try_after(5)] == [1, 0]
    assert abs(door.stored("occurred_at")[0] - datetime.now(UTC)) < timedelta(minutes=1)


# Retention and months ------------------------------------------------------------------------


def test_what_is_older_than_the_project_keeps_is_rejected_by_name(open_door):
    door = open_door(retention_months=1)
    old = (datetime.now(UTC) - timedelta(days=32)).isoformat()
    answer = door.send([event(timestamp=old), event()]).json()
    assert [item["reason"] for item in answer["rejected"]] == ["too_old"]
    assert answer["accepted"] == 1


def test_a_month_without_a_partition_gets_one(door):
    months = [f"20{year}-07-01T00:00:00Z" for year in (11, 13, 17)]
    assert door.accepted([event(timestamp=month) for month in months]) == 3


# Do not track --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "signal", [{"DNT": "1"}, {"Sec-GPC": "1"}, {"DO-NOT-TRACK": "1"}, {"DO-NOT-TRACK": "true"}]
)
@pytest.mark.parametrize("mode", ["opt-in", "opt-out", "anonymous"])
def test_a_signal_not_to_track_wins_over_every_mode(open_door, mode, signal):
    door = open_door(consent=mode)
    answer = door.send({"events": [event()], "consent": ["usage"]}, **signal).json()
    assert (answer["accepted"], answer["dropped"]) == (0, {"do_not_track": 1})
    assert door.stored() == []


@pytest.mark.parametrize("value", [True, 1, "1", "true"])
def test_the_signal_may_stand_in_the_body(door, value):
    assert door.accepted({"events": [event()], "DO_NOT_TRACK": value}) == 0
    assert door.accepted({"events": [event()], "do_not_track": value}) == 0
    assert door.accepted([event(DO_NOT_TRACK=value), event(do_not_track=value), event()]) == 1


@pytest.mark.parametrize("signal", [{"DNT": "0"}, {"DNT": "unspecified"}, {"Sec-GPC": "0"}])
def test_the_contrary_signal_is_no_signal(door, signal):
    assert door.accepted([event()], **signal) == 1


def test_a_command_line_tool_that_says_do_not_track_is_answered_ok(door):
    body = {"session_id": "s1", "command": "x", "success": True, "version": "1", "timestamp": 2e9}
    answer = door.send(body | {"DO_NOT_TRACK": "1"}, path="/v1/track")
    assert answer.json() == {"status": "ok"}
    assert door.stored() == []


def test_what_a_crawler_does_is_dropped_and_counted(door):
    agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    assert door.send([event()], user_agent=agent).json()["dropped"] == {"bot": 1}
    assert door.outcomes() == {"bot": 1}


# Paths ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [EVENTS, EVENTS + "/", EVENTS + "///"])
def test_a_path_works_with_and_without_a_slash_at_its_end(door, path):
    answer = door.send([event()], path=path)
    assert (answer.status_code, answer.history) == (200, [])

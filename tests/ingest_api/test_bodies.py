"""Bodies are decoded by what they are; what can't be is a clear answer, never a crash."""

import gzip
import json
import tracemalloc
import zlib

import pytest

from ingest_api.bodies import MAX_BODY, decode
from ingest_api.problems import Problem
from tests.ingest_api.conftest import EVENTS, event


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", "", "é"])
def test_json_is_read_whatever_it_claims_to_be(door, kind):
    assert door.accepted([event()], content_type=kind.encode("latin-1")) == 1


@pytest.mark.parametrize("claim", ["gzip", "identity", "br"])
def test_gzip_is_known_by_its_first_bytes(door, claim):
    body = gzip.compress(json.dumps([event()]).encode())
    assert door.accepted(body, content_encoding=claim) == 1


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_json_in_another_encoding_is_read(door, codec):
    assert door.accepted(json.dumps([event(user_id="ü")]).encode(codec)) == 1


ONE = b'[{"event_type": "open", "user_id": "u1", "properties": {"where": "here"}}]'
PACKED = gzip.compress(ONE, mtime=0)
BOMB = gzip.compress(b" " * (MAX_BODY + 1), mtime=0)
DEEP = b"[" * 500_000 + b"]" * 500_000


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"", 400, "no JSON"),
        (b"{", 400, "no JSON"),
        (b"\x00", 400, "no JSON"),
        (b"\xff\xfe\xfa", 400, "no JSON"),
        (DEEP, 400, "no JSON"),
        (PACKED[:-9], 400, "ends too early"),
        (PACKED[:20] + b"\x00" * 20, 400, ""),
        (b"\x1f\x8b", 400, "ends too early"),
        (b"\x1f\x8bnonsense", 400, "can't be inflated"),
        (PACKED + PACKED, 400, "more than one gzip stream"),
        (zlib.compress(ONE), 400, "no JSON"),
        (gzip.compress(PACKED, mtime=0), 400, "no JSON"),
        (BOMB, 413, "inflated"),
        (b" " * (MAX_BODY + 1), 413, "larger"),
        (b"null", 422, "events"),
        (b"7", 422, "events"),
        (b'"text"', 422, "events"),
        (b"{}", 422, "events"),
        (b'{"events": {}}', 422, "events"),
        (b'{"events": null}', 422, "events"),
        (b'{"events": [], "sent_at": "noon"}', 422, "sent_at"),
        (b'{"events": [], "sent_at": NaN}', 422, "sent_at"),
        (b'{"events": [], "consent": "usage"}', 422, "consent"),
        (b'{"events": [], "consent": ["everything"]}', 422, "consent"),
        (b'{"events": [], "consent": [["usage"]]}', 422, "consent"),
        (b"[" + b"0," * 100_000 + b"0]", 413, "10,000 are allowed"),
    ],
)
def test_a_body_that_can_not_be_taken_is_a_problem_that_says_why(door, body, status, told):
    answer = door.send(body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert told in problem["detail"]
    assert door.stored() == []


def test_no_more_of_a_bomb_is_inflated_than_may_be():
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(60)) + packer.flush()
    tracemalloc.start()
    with pytest.raises(Problem, match="inflated"):
        decode(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * MAX_BODY


def test_an_empty_batch_is_taken(door):
    for body in ([], {"events": []}):
        answer = door.send(body)
        assert (answer.status_code, answer.json()["processed"]) == (200, 0)


def test_the_largest_batch_is_taken_in_whole(door):
    small = [{"event_type": "open", "user_id": f"u{n}"} for n in range(10_000)]
    assert door.accepted(small) == 10_000


def test_a_body_that_ends_early_is_not_stored(door, raw):
    answer = raw(
        f"POST {EVENTS} HTTP/1.1\r\nHost: x\r\nX-API-Key: {door.key}\r\n"
        f"Content-Length: 9999\r\n\r\n{json.dumps([event()])}"
    )
    assert answer == b""
    assert door.accepted([event("after")]) == 1
    assert door.stored() == ["after"]


@pytest.mark.parametrize("length", ["-1", "ten", "1" * 30, "5\r\nContent-Length: 6"])
def test_a_length_that_makes_no_sense_is_a_400_or_the_end(door, raw, length):
    answer = raw(
        f"POST {EVENTS} HTTP/1.1\r\nHost: x\r\nX-API-Key: {door.key}\r\n"
        f"Content-Length: {length}\r\n\r\n[]"
    )
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")

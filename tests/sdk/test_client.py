"""The Python client against a server that takes, refuses, puts off or does not answer."""

import gzip
import json
import logging
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from looplens import Client, sending
from looplens.client import BATCH, EVENTS, MOST_WAITING, REQUESTS
from looplens.sending import BadAddress, backoff, checked


class Server:
    """A Looplens that answers as it is told to, and remembers what it took."""

    def __init__(self):
        self.statuses, self.bodies, self.headers = [], [], {}
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = server.statuses.pop(0) if server.statuses else 200
                if status == 200:
                    server.bodies.append((self.path, json.loads(gzip.decompress(body))))
                self.send_response(status)
                for name, value in server.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,))
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def sent(self, path=EVENTS):
        """The events, or reports, in order."""
        found = [body for place, body in self.bodies if place == path]
        return [event for body in found for event in body["events"]] if path == EVENTS else found

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server():
    made = Server()
    yield made
    made.stop()


@pytest.fixture
def client(server, monkeypatch):
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    made = Client("key", server.url, service="shop", every=60)
    yield made
    made.close()


def test_events_arrive_with_an_id_and_the_time_when_they_happened(server, client):
    client.track("command_run", "ann", subject="build", duration_ms=12.5)
    client.track("open")
    assert client.flush()
    first, second = server.sent()
    assert first["event_type"] == "command_run"
    assert (first["user_id"], first["subject"], first["duration_ms"]) == ("ann", "build", 12.5)
    assert "user_id" not in second
    assert first["event_id"] != second["event_id"]
    assert first["timestamp"].endswith("+00:00")


def test_a_full_batch_is_sent_at_once_and_large_numbers_in_several(server, client):
    for number in range(BATCH + 1):
        client.track("open", f"u{number}")
    until(lambda: len(server.sent()) >= BATCH)
    assert client.flush()
    assert [event["user_id"] for event in server.sent()] == [f"u{n}" for n in range(BATCH + 1)]


def until(true, seconds=5.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_what_is_put_off_is_sent_again_under_the_same_id(server, client):
    server.statuses = [503, 429, 500]
    client.track("open", "ann")
    ids = {json.loads(client._events[0])["event_id"]}
    for _ in range(3):
        assert not client.flush()
    assert client.flush()
    assert {event["event_id"] for event in server.sent()} == ids
    assert client.dropped == 0


@pytest.mark.parametrize("status", [400, 401, 403, 413, 422, 302])
def test_what_is_refused_for_good_is_counted_logged_and_not_sent_again(
    server, client, caplog, status
):
    server.statuses = [status]
    server.headers = {"Location": "http://127.0.0.1:9/elsewhere"}
    client.track("open", "ann")
    with caplog.at_level(logging.WARNING, "looplens"):
        assert client.flush()
    assert str(status) in caplog.text
    assert client.dropped == 1
    assert client.flush()
    assert server.sent() == []


def test_a_server_that_is_not_there_costs_the_caller_nothing(monkeypatch):
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    client = Client("key", "http://127.0.0.1:9", every=60)
    started = time.perf_counter()
    for _ in range(1_000):
        client.track("open", "ann")
    assert time.perf_counter() - started < 0.5
    assert not client.flush(1.0)
    client.close(0.5)


def test_events_that_find_no_room_are_dropped_and_counted(server, client):
    client._sending.acquire()
    for _ in range(MOST_WAITING + 3):
        client.track("open", "ann")
    assert client.dropped == 3
    client._sending.release()


class Silent:
    """What can't be told as text."""

    def __str__(self):
        raise KeyError("nobody asks for this")


def holding_itself():
    made = {}
    made["me"] = made
    return made


@pytest.mark.parametrize(
    "wrong",
    [{("a", 1): 2}, {b"a": 1}, {"a": Silent()}, {"a": float("nan")}, holding_itself()],
    ids=["tuple", "bytes", "silent", "nan", "circle"],
)
def test_what_json_can_not_say_is_dropped_alone_and_the_thread_goes_on(
    server, monkeypatch, caplog, wrong
):
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    client = Client("key", server.url, every=0.01)
    client.track("open", "before")
    client.track("open", "wrong", properties=wrong)
    until(lambda: len(server.sent()) == 1)
    client.track("open", "after")
    until(lambda: len(server.sent()) == 2)
    client.close()
    assert [event["user_id"] for event in server.sent()] == ["before", "after"]
    assert client.dropped == 1
    assert "drops what JSON can't say" in caplog.text


def test_what_is_changed_afterwards_is_sent_as_it_was(server, client):
    properties = {"a": 1}
    client.track("open", properties=properties)
    properties["a"] = 2
    assert client.flush()
    assert server.sent()[0]["properties"] == {"a": 1}


def test_a_key_that_no_header_holds_is_refused_and_raises_nothing(monkeypatch, caplog):
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    client = Client("key\nkey", "http://127.0.0.1:9", every=60)
    client.track("open")
    assert client.flush()
    client.close()
    assert client.dropped == 1


def test_whatever_sending_meets_the_thread_tries_again(server, monkeypatch, caplog):
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    monkeypatch.setattr("looplens.client.backoff", lambda *_: 0.01)
    post, failing = sending.post, [MemoryError(), KeyError()]

    def broken(*args):
        if failing:
            raise failing.pop()
        return post(*args)

    monkeypatch.setattr("looplens.client.post", broken)
    client = Client("key", server.url, every=0.01)
    client.track("open", "ann")
    until(server.sent)
    client.close()
    assert "could not be sent" in caplog.text


def test_where_no_thread_can_be_begun_the_next_event_tries_again(server, client, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", no_room)
        client.track("open", "first")
        client.requests.add("GET /a", 200, 10.0)
    client.track("open", "second")
    assert client._thread.is_alive()
    assert client.flush()
    assert [event["user_id"] for event in server.sent()] == ["first", "second"]


def no_room(_thread):
    raise RuntimeError("can't start new thread")


def test_counts_of_requests_are_reported_once_and_again_when_put_off(server, client):
    client.requests.add("GET /a", 200, 10.0)
    server.statuses = [503]
    assert not client.flush()
    assert client.flush()
    assert client.flush()
    (report,) = server.sent(REQUESTS)
    assert report["service"] == "shop"
    assert report["requests"][0]["endpoint"] == "GET /a"
    assert len(report["report_id"]) == 36
    assert report["sent_at"].endswith("+00:00")


@pytest.mark.parametrize("said", ["1", "true", "TRUE", "yes"])
def test_do_not_track_keeps_everything_at_home(server, monkeypatch, said):
    monkeypatch.setenv("DO_NOT_TRACK", said)
    client = Client("key", server.url)
    client.track("open", "ann")
    client.requests.add("GET /a", 200, 10.0)
    assert client.flush()
    client.close()
    assert server.bodies == []
    assert client._thread is None


@pytest.mark.parametrize("said", ["", "0", "false"])
def test_do_not_track_that_says_no_is_no_objection(server, monkeypatch, said):
    monkeypatch.setenv("DO_NOT_TRACK", said)
    client = Client("key", server.url, every=60)
    client.track("open", "ann")
    client.close()
    assert len(server.sent()) == 1


def test_a_thread_sends_without_being_asked(server, monkeypatch):
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    client = Client("key", server.url, every=0.01)
    client.track("open", "ann")
    until(server.sent)
    client.close()
    assert not client._thread.is_alive()


def test_a_child_process_sends_nothing_of_its_parents(server, client):
    client.track("open", "parent")
    client.requests.add("GET /parents", 200, 1.0)
    child = os.fork() if hasattr(os, "fork") else pytest.skip("no forks here")
    if child == 0:
        client.track("open", "child")
        done = client.flush() and client._thread.is_alive()
        os._exit(0 if done else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert [event["user_id"] for event in server.sent()] == ["child"]
    assert server.sent(REQUESTS) == []


def test_waiting_gets_longer_and_heeds_what_the_server_asks():
    assert 0.5 <= backoff(0, 0.0) <= 1.0
    assert 4.0 <= backoff(3, 0.0) <= 8.0
    assert backoff(50, 0.0) <= 300.0
    assert backoff(0, 30.0) == 30.0
    assert backoff(0, 1e9) == 300.0


@pytest.mark.parametrize("url", ["", "ftp://x", "file:///etc/passwd", "looplens.example"])
def test_an_address_is_of_the_web(url):
    with pytest.raises(BadAddress):
        checked(url)

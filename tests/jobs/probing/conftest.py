"""Servers of the tests' own, which answer as a test tells them to."""

import ssl
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
import trustme

from db.probes import Probe


def probe(kind, address, **more):
    """A probe as the database would give it out."""
    usual = {"every_seconds": 60, "timeout_seconds": 2.0, "expected_status": None}
    usual |= {"expected_text": "", "minimum_days": 14, "is_paused": False}
    return Probe(**({"id": 1, "project_id": 1, "name": "It", "kind": kind, "address": address}
                    | usual | more))  # fmt: skip


class Answering(BaseHTTPRequestHandler):
    """Answers each path with the status, headers and text that the server has for it."""

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        status, headers, text = self.server.answers.get(self.path, (404, {}, ""))
        if text is None:
            self.server.over.wait(10)
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        """Say nothing."""


@contextmanager
def serving(answers, context=None):
    """A server on a port of its own; a text of None is never answered."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.answers, server.asked, server.over = answers, [], Event()
    server.daemon_threads = True
    server.block_on_close = False
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site():
    """A server with a few answers."""
    answers = {
        "/": (200, {}, "all is well"),
        "/down": (503, {}, "oh"),
        "/slow": (200, {}, None),
        "/moved": (302, {"Location": "/"}, ""),
        "/round": (302, {"Location": "/round"}, ""),
        "/file": (302, {"Location": "file:///etc/passwd"}, ""),
        "/cloud": (302, {"Location": "http://169.254.169.254/latest"}, ""),
        "/path?a=b": (200, {}, "asked"),
    }
    with serving(answers) as server:
        yield server


@pytest.fixture(scope="session")
def authority():
    """Who signs certificates here."""
    return trustme.CA()


@pytest.fixture
def trusted(monkeypatch, authority):
    """What probes trust: this authority alone."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    for place in ("certificates", "web"):
        monkeypatch.setattr(f"jobs.probing.{place}.trusting", lambda: context)


@pytest.fixture
def secure(authority, trusted):
    """A server with a certificate for localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    answers = {"/": (200, {}, "well"), "/plain": (302, {"Location": "http://localhost:1/"}, "")}
    with serving(answers, context) as server:
        yield server

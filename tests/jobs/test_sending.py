"""What is in the outbox reaches an HTTP server of the test's own, once, or is tried again."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from sqlalchemy import insert, select
from structlog.testing import capture_logs

from db import tables
from db.access import create_project
from db.outbox import FIRST_WAIT, GROWTH, MOST_TRIES, Letter, post, take_due
from db.targets import set_target
from jobs.digest import make_digests
from jobs.sending import UNREACHABLE, send_due

NOW = datetime(2026, 3, 9, 7, tzinfo=UTC)
LETTER = Letter("Week", "### What came\n\n- **3** comments\n", "<h3>What came</h3> in HTML")
SECRET = "s3cret-token"


@dataclass
class Receiver:
    """What came in, and the status that is answered."""

    status: int = 200
    got: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    def address(self, more=""):
        return f"json://user:{SECRET}@127.0.0.1:{self.port}/{SECRET}{more}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server on this machine that takes what Apprise posts."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            made.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(made.status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def shop(own_engine):
    with own_engine.begin() as conn:
        return create_project(conn, "shop", consent="opt-out")


def posted(engine, project, address, about="1", now=NOW):
    with engine.begin() as conn:
        set_target(conn, project.id, "team", address, ("digest", "shipped"))
        return post(conn, project.id, "shipped", about, LETTER, now)


def outbox(engine):
    m = tables.messages.c
    with engine.connect() as conn:
        return conn.execute(select(m.tries, m.due_at, m.sent_at, m.error).order_by(m.id)).all()


def test_a_letter_arrives_once(own_engine, shop, receiver):
    assert posted(own_engine, shop, receiver.address()) == 1
    assert posted(own_engine, shop, receiver.address()) == 0
    assert send_due(own_engine, NOW) == 1
    assert send_due(own_engine, NOW + timedelta(days=9)) == 0
    assert [(each["title"], each["message"]) for each in receiver.got] == [
        (LETTER.title, LETTER.markdown.strip())
    ]
    assert outbox(own_engine) == [(1, None, NOW, "")]


def test_a_service_that_takes_html_gets_it(own_engine, shop, receiver):
    posted(own_engine, shop, receiver.address("?format=html"))
    send_due(own_engine, NOW)
    assert receiver.got[0]["message"] == LETTER.html.strip()


def test_after_failures_the_waits_grow_and_then_it_is_given_up(own_engine, shop, receiver):
    receiver.status = 500
    posted(own_engine, shop, receiver.address())
    moment = NOW
    for tries in range(1, MOST_TRIES):
        assert send_due(own_engine, moment) == 0
        due = moment + FIRST_WAIT * GROWTH ** (tries - 1)
        assert outbox(own_engine) == [(tries, due, None, "The target answered with 500.")]
        assert send_due(own_engine, due - timedelta(seconds=1)) == 0
        moment = due
    send_due(own_engine, moment)
    assert outbox(own_engine) == [(MOST_TRIES, None, None, "The target answered with 500.")]
    assert len(receiver.got) == MOST_TRIES
    assert moment - NOW < timedelta(days=1)
    assert send_due(own_engine, moment + timedelta(days=99)) == 0


def test_what_failed_arrives_when_the_target_is_well_again(own_engine, shop, receiver):
    receiver.status = 503
    posted(own_engine, shop, receiver.address())
    send_due(own_engine, NOW)
    receiver.status = 200
    assert send_due(own_engine, NOW + FIRST_WAIT) == 1
    assert outbox(own_engine) == [(2, None, NOW + FIRST_WAIT, "")]


def test_no_error_and_no_log_holds_the_address(own_engine, shop, receiver):
    receiver.status = 404
    posted(own_engine, shop, receiver.address())
    with own_engine.begin() as conn:
        other = create_project(conn, "other")
    posted(own_engine, other, f"json://{SECRET}.invalid:1/{SECRET}")
    with capture_logs() as logged:
        send_due(own_engine, NOW)
    told = f"{logged} {outbox(own_engine)}"
    assert "404" in told
    assert UNREACHABLE in told
    assert SECRET not in told


def test_apprise_itself_prints_nothing(receiver):
    receiver.status = 404
    program = (
        "from db.outbox import Letter; from jobs.sending import deliver;"
        f"print(deliver({receiver.address()!r}, Letter('a', 'b', 'c')))"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (ran.stdout, ran.stderr) == ("The target answered with 404.\n", "")


def test_a_target_that_fails_does_not_keep_others_from_theirs(own_engine, shop, receiver):
    posted(own_engine, shop, "json://127.0.0.1:1/")
    with own_engine.begin() as conn:
        other = create_project(conn, "other")
    posted(own_engine, other, receiver.address())
    assert send_due(own_engine, NOW) == 1


def test_two_workers_do_not_send_the_same_message(own_engine, shop, receiver):
    posted(own_engine, shop, receiver.address())
    with own_engine.begin() as one, own_engine.begin() as two:
        assert take_due(one, NOW) is not None
        assert take_due(two, NOW) is None


def test_a_message_whose_sending_never_ended_is_sent_again(own_engine, shop, receiver):
    posted(own_engine, shop, receiver.address())
    with own_engine.begin() as conn:
        take_due(conn, NOW)
    assert send_due(own_engine, NOW) == 0
    assert send_due(own_engine, NOW + FIRST_WAIT) == 1


def test_a_digest_is_sent_with_what_people_say_then(own_engine, shop, receiver):
    row = {"project_id": shop.id, "kind": "text", "said_at": NOW - timedelta(days=3)}
    row |= {"compound": -0.9, "sentiment": "negative", "lexicon": "1"}
    words = {1: "It is terrible, horrible, <b>bad</b>.", 2: "This goes with its person, sadly."}
    rows = [row | {"actor_key": who, "comment": text} for who, text in words.items()]
    with own_engine.begin() as conn:
        conn.execute(insert(tables.feedback), rows)
        set_target(conn, shop.id, "team", receiver.address("?format=html"), ("digest",))
    make_digests(own_engine, NOW)
    with own_engine.begin() as conn:
        conn.execute(tables.feedback.delete().where(tables.feedback.c.actor_key == 2))
    assert send_due(own_engine, NOW) == 1
    message = receiver.got[0]["message"]
    assert "“It is terrible, horrible, &lt;b&gt;bad&lt;/b&gt;.”" in message
    assert "sadly" not in message

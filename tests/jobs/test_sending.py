"""What is in the outbox reaches an HTTP server of the test's own, once, or is tried again."""

import json
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from apprise.plugins.slack import NotifySlack
from sqlalchemy import insert, select
from structlog.testing import capture_logs

from db import tables
from db.access import create_project
from db.outbox import FIRST_WAIT, GROWTH, MOST_TRIES, Attachment, Letter, post, take_due
from db.targets import set_target
from jobs import sending
from jobs.digest import DigestMaker
from jobs.notifying import TITLE, notify
from jobs.sending import UNREACHABLE, UNWRITTEN, Sender, send_due
from tests.thorough import thorough

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
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
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


def test_a_file_goes_along(own_engine, shop, receiver):
    chart = replace(LETTER, attachment=Attachment("chart.png", b"\x89PNG\x00\xff"))
    with own_engine.begin() as conn:
        set_target(conn, shop.id, "team", receiver.address(), ("alert",))
        post(conn, shop.id, "alert", "1", chart, NOW)
    assert send_due(own_engine, NOW) == 1
    (file,) = receiver.got[0]["attachments"]
    assert (file["filename"], b64decode(file["base64"])) == ("chart.png", b"\x89PNG\x00\xff")


def test_a_service_that_takes_html_gets_it(own_engine, shop, receiver):
    posted(own_engine, shop, receiver.address("?format=html"))
    send_due(own_engine, NOW)
    assert receiver.got[0]["message"] == LETTER.html.strip()


HOSTILE = "<b>R&D</b> [a](http://evil.example) *c* @channel <!here>"


@pytest.fixture
def shipped(own_engine, shop):
    """Ships a request with a hostile title, told to an address."""

    def ship(address):
        row = {"project_id": shop.id, "actor_key": 1, "title": HOSTILE, "asked_at": NOW}
        with own_engine.begin() as conn:
            set_target(conn, shop.id, "team", address, ("shipped",))
            conn.execute(insert(tables.requests).values(row | {"state": "shipped"}))
        notify(own_engine, NOW)

    return ship


def test_a_service_without_titles_gets_no_markup_of_users(own_engine, shipped, receiver):
    shipped(f"mmost://127.0.0.1:{receiver.port}/3ccdd113474722377935511fc85d3dd4")
    assert send_due(own_engine, NOW) == 1
    text = receiver.got[0]["text"]
    assert TITLE in text
    for markup in ("<b>", "[a](", "://evil", "*c* ", "@channel", "<!here>"):
        assert markup not in text.replace("\\*c\\* ", "")


def test_slack_gets_no_tag_and_no_entity_twice(own_engine, shipped, receiver, monkeypatch):
    monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{receiver.port}")
    shipped("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/")
    send_due(own_engine, NOW)
    text = receiver.got[0]["attachments"][0]["text"]
    assert "\u2039b\u203aR&amp;D\u2039/b\u203a" in text
    assert "&amp;lt;" not in text
    assert "<" not in text


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


@thorough
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


def test_what_cannot_be_written_is_counted_and_keeps_nobody_waiting(
    own_engine, shop, receiver, monkeypatch
):
    with own_engine.begin() as conn:
        set_target(conn, shop.id, "team", receiver.address(), ("digest", "shipped"))
        for kind, about in (("digest", "no week"), ("shipped", "1")):
            post(conn, shop.id, kind, about, LETTER, NOW)
    assert send_due(own_engine, NOW) == 1
    digest, other = outbox(own_engine)
    assert digest == (1, NOW + FIRST_WAIT, None, UNWRITTEN)
    assert other.sent_at == NOW


@pytest.fixture
def hanging(monkeypatch):
    """Targets hang until the test ends; how many deliveries were begun."""
    begun, ended = [], Event()

    def hang(*_):
        begun.append(1)
        ended.wait(30)
        return UNREACHABLE

    monkeypatch.setattr(sending, "deliver", hang)
    yield begun
    ended.set()


def wait_for(begun, deliveries):
    stop = time.monotonic() + 30
    while len(begun) < deliveries and time.monotonic() < stop:
        time.sleep(0.01)
    assert len(begun) == deliveries


def test_a_target_that_hangs_keeps_neither_the_worker_nor_others_waiting(
    own_engine, shop, receiver, hanging, monkeypatch
):
    for about in ("1", "2"):
        posted(own_engine, shop, receiver.address(), about)
    sender = Sender()
    started = time.monotonic()
    assert sender.look(own_engine)
    wait_for(hanging, 1)
    assert not sender.look(own_engine)
    assert time.monotonic() - started < 10
    monkeypatch.setattr(sender, "_longest", 0.0)
    assert sender.look(own_engine)
    wait_for(hanging, 2)
    assert [row.tries for row in outbox(own_engine)] == [1, 1]


def test_a_pass_that_fails_tells_no_address_and_is_followed_by_another(
    own_engine, shop, receiver, monkeypatch
):
    def fail(address, _):
        raise ValueError(address)

    posted(own_engine, shop, receiver.address())
    monkeypatch.setattr(sending, "deliver", fail)
    sender = Sender()
    with capture_logs() as logged:
        assert sender.look(own_engine)
        sender._thread.join(30)
    assert [entry["error"] for entry in logged] == ["ValueError"]
    assert SECRET not in str(logged)
    assert sender.look(own_engine)


def test_a_digest_is_sent_with_what_people_say_then(own_engine, shop, receiver):
    row = {"project_id": shop.id, "kind": "text", "said_at": NOW - timedelta(days=3)}
    row |= {"compound": -0.9, "sentiment": "negative", "lexicon": "1"}
    words = {1: "It is terrible, horrible, <b>bad</b>.", 2: "This goes with its person, sadly."}
    rows = [row | {"actor_key": who, "comment": text} for who, text in words.items()]
    with own_engine.begin() as conn:
        conn.execute(insert(tables.feedback), rows)
        set_target(conn, shop.id, "team", receiver.address("?format=html"), ("digest",))
    DigestMaker().make(own_engine, NOW)
    with own_engine.begin() as conn:
        conn.execute(tables.feedback.delete().where(tables.feedback.c.actor_key == 2))
    assert send_due(own_engine, NOW) == 1
    message = receiver.got[0]["message"]
    assert "“It is terrible, horrible, &lt;b&gt;bad&lt;/b&gt;.”" in message
    assert "sadly" not in message

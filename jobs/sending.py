"""Sending: what is in the outbox goes to its targets through Apprise, again after failures."""

import logging
import re
import time
from datetime import UTC, datetime

import structlog
from apprise import Apprise, NotifyFormat
from sqlalchemy import Connection, Engine

from analytics.feedback.digest import as_html, quotes_of
from db.outbox import Due, Letter, mark_failed, mark_sent, take_due
from jobs.digest import DIGEST, quotes_for

SECONDS_A_PASS = 2.0  # then batches are rolled up again, and the rest waits for the next pass
STATUS = re.compile(r"\berror=(\d{3})\b")
UNREADABLE = "The address of the target can't be used any more."
UNREACHABLE = "The target could not be reached."

log = structlog.get_logger()
APPRISE = logging.getLogger("apprise")  # its lines hold addresses, so they go nowhere
APPRISE.addHandler(logging.NullHandler())
APPRISE.propagate = False


def send_due(engine: Engine, now: datetime | None = None) -> int:
    """Send what is due, for a while; returns how many messages arrived."""
    moment, stop, arrived = now or datetime.now(UTC), time.monotonic() + SECONDS_A_PASS, 0
    while time.monotonic() < stop:
        with engine.begin() as conn:
            due = take_due(conn, moment)
            if due is None:
                break
            letter = _written(conn, due)
        arrived += _send(engine, due, letter, moment)
    return arrived


def _send(engine: Engine, due: Due, letter: Letter, now: datetime) -> bool:
    """Whether it arrived; no transaction is open while the target takes its time."""
    error = deliver(due.address, letter)
    with engine.begin() as conn:
        if not error:
            mark_sent(conn, due.id, now)
            return True
        mark_failed(conn, due.id, error)
    log.warning("a message was not sent", message=due.id, tries=due.tries, error=error)
    return False


def deliver(address: str, letter: Letter) -> str:
    """Send it to an address of Apprise; empty if it arrived, else why not, without the address."""
    server = Apprise.instantiate(address, suppress_exceptions=True)
    if server is None:
        return UNREADABLE
    takes_html = server.resolve_format(NotifyFormat.MARKDOWN) == NotifyFormat.HTML
    body = letter.html if takes_html else letter.markdown
    form = NotifyFormat.HTML if takes_html else NotifyFormat.MARKDOWN
    sender = Apprise([server])
    result = sender.notify(body, letter.title, body_format=form, log_level=logging.WARNING)
    if result:
        return ""
    status = STATUS.search("\n".join(entry.message for entry in result.logs()))
    return f"The target answered with {status[1]}." if status else UNREACHABLE


def _written(conn: Connection, due: Due) -> Letter:
    """The letter with what people say in it now; their words are stored with them alone."""
    if due.kind != DIGEST:
        return due.letter
    quotes = quotes_of(quotes_for(conn, due.project_id, due.about))
    markdown = f"{due.letter.markdown}\n{quotes}" if quotes else due.letter.markdown
    return Letter(due.letter.title, markdown, as_html(markdown))

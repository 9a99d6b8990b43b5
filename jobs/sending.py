"""Sending: what is in the outbox goes to its targets through Apprise, again after failures."""

import logging
import re
import time
from datetime import UTC, datetime
from html import unescape

import structlog
from apprise import Apprise, AppriseAttachment, NotifyBase, NotifyFormat
from apprise.attachment.memory import AttachMemory
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from analytics.feedback.digest import as_html, quotes_of
from db.errors import LooplensError
from db.outbox import Due, Letter, mark_failed, mark_sent, take_due
from jobs.beside import Beside
from jobs.digest import DIGEST, quotes_for

SECONDS_A_PASS = 2.0  # then the rest waits for the next pass
LONGEST_SECONDS = 60.0  # then a pass is left alone with a target that hangs
STATUS = re.compile(r"\berror=(\d{3})\b")
UNWRITTEN = "What people said could not be read."
UNREADABLE = "The address of the target can't be used any more."
UNREACHABLE = "The target could not be reached."

SLACK = "Slack"

log = structlog.get_logger()
APPRISE = logging.getLogger("apprise")  # its lines hold addresses, so they go nowhere
APPRISE.addHandler(logging.NullHandler())
APPRISE.propagate = False


class Sender(Beside):
    """Sends beside the worker: a slow target keeps nobody from their turn.

    What a pass was sending that never ends is due again in its time, and given up in the end.
    """

    def __init__(self) -> None:
        super().__init__(send_due, LONGEST_SECONDS)


def send_due(engine: Engine, now: datetime | None = None) -> int:
    """Send what is due, for a while; returns how many messages arrived."""
    moment, stop, arrived = now or datetime.now(UTC), time.monotonic() + SECONDS_A_PASS, 0
    while time.monotonic() < stop:
        with engine.begin() as conn:
            due = take_due(conn, moment)
        if due is None:
            break
        arrived += _send(engine, due, moment)
    return arrived


def _send(engine: Engine, due: Due, now: datetime) -> bool:
    """Whether it arrived; no transaction is open while the target takes its time.

    That it is tried is kept by then: one that can't be sent would else be the first for ever.
    """
    letter = _written(engine, due)
    error = deliver(due.address, letter) if letter else UNWRITTEN
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
    if str(server.service_name) == SLACK:
        body = _for_slack(body)
    form = NotifyFormat.HTML if takes_html else NotifyFormat.MARKDOWN
    sender = Apprise([server])
    result = sender.notify(
        body,
        letter.title,
        body_format=form,
        attach=_attached(server, letter),
        log_level=logging.WARNING,
    )
    if result:
        return ""
    status = STATUS.search("\n".join(entry.message for entry in result.logs()))
    return f"The target answered with {status[1]}." if status else UNREACHABLE


def _attached(server: NotifyBase, letter: Letter) -> AppriseAttachment | None:
    """The letter's file, where the service takes files; the text says all without it."""
    if letter.attachment is None or not server.attachment_support:
        return None
    content, name = letter.attachment.content, letter.attachment.name
    file = AttachMemory(content=content, name=name)  # type: ignore[no-untyped-call]
    return AppriseAttachment(file)


def _for_slack(markdown: str) -> str:
    """Without entities, which Apprise escapes once more for Slack, and without tags."""
    return unescape(markdown.replace("&lt;", "\u2039").replace("&gt;", "\u203a"))


def _written(engine: Engine, due: Due) -> Letter | None:
    """The letter with what people say in it now; their words are stored with them alone.

    None if they can't be read.
    """
    if due.kind != DIGEST:
        return due.letter
    try:
        with engine.connect() as conn:
            quotes = quotes_of(quotes_for(conn, due.project_id, due.about))
    except (LooplensError, SQLAlchemyError, ValueError):
        return None
    markdown = f"{due.letter.markdown}\n{quotes}" if quotes else due.letter.markdown
    return Letter(due.letter.title, markdown, as_html(markdown))

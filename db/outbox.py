"""The outbox: messages to the targets of a project, each sent at least once and rarely twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, LargeBinary, literal, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from db.tables import INSTALLATION, messages, targets

FIRST_WAIT = timedelta(minutes=1)
GROWTH = 4  # of the waits between tries
MOST_TRIES = 7  # the last after 22 hours and 45 minutes


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter, to the services that take files."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent, in the two forms that services take."""

    title: str
    markdown: str
    html: str
    attachment: Attachment | None = None


NO_ATTACHMENT = Attachment("", b"")


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose turn it is, with the address that it goes to and the try that this is."""

    id: int
    project_id: int
    kind: str
    about: str
    address: str
    tries: int
    letter: Letter


def post(
    conn: Connection, project_id: int, kind: str, about: str, letter: Letter, now: datetime
) -> int:
    """Put a letter in the outbox for every target of its kind that has not got it; how many.

    What is of Looplens itself goes to the targets of all projects, to each address once.
    """
    attachment = letter.attachment or NO_ATTACHMENT
    columns = {
        "project_id": targets.c.project_id,
        "target_id": targets.c.id,
        "kind": literal(kind),
        "about": literal(about),
        "title": literal(letter.title),
        "markdown": literal(letter.markdown),
        "html": literal(letter.html),
        "attachment": literal(attachment.content or None, LargeBinary),
        "attachment_name": literal(attachment.name),
        "due_at": literal(now),
    }
    wanting = select(*columns.values()).where(targets.c.kinds.any_() == kind)
    if project_id == INSTALLATION:
        once = distinct_on(targets.c.address)
        wanting = wanting.ext(once).order_by(targets.c.address, targets.c.id)
    else:
        wanting = wanting.where(targets.c.project_id == project_id)
    new = insert(messages).from_select(list(columns), wanting).on_conflict_do_nothing()
    return len(conn.execute(new.returning(messages.c.id)).all())


def take_due(conn: Connection, now: datetime) -> Due | None:
    """The message that has waited longest, if any is due, counted as tried.

    It is due again after a wait that grows with the tries, in case this one never ends; nobody else
    takes it meanwhile. After MOST_TRIES it is given up.
    """
    first = (
        select(messages.c.id)
        .where(messages.c.sent_at.is_(None), messages.c.due_at <= now)
        .order_by(messages.c.due_at, messages.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = conn.execute(
        select(messages, targets.c.address)
        .join(targets, targets.c.id == messages.c.target_id)
        .where(messages.c.id == first.scalar_subquery())
    ).one_or_none()
    if found is None:
        return None
    tries = found.tries + 1
    again = now + FIRST_WAIT * GROWTH ** (tries - 1) if tries < MOST_TRIES else None
    tried = update(messages).where(messages.c.id == found.id)
    conn.execute(tried.values(tries=tries, due_at=again))
    file = Attachment(found.attachment_name, found.attachment) if found.attachment else None
    letter = Letter(found.title, found.markdown, found.html, file)
    about = found.project_id, found.kind, found.about
    return Due(found.id, *about, found.address, tries, letter)


def mark_sent(conn: Connection, message_id: int, now: datetime) -> None:
    """It has arrived."""
    arrived = update(messages).where(messages.c.id == message_id)
    conn.execute(arrived.values(sent_at=now, due_at=None, error=""))


def mark_failed(conn: Connection, message_id: int, error: str) -> None:
    """It has not arrived; why, in words without the address."""
    conn.execute(update(messages).where(messages.c.id == message_id).values(error=error))

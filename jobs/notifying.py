"""Whoever wanted a request is told when it is shipped: once, however often it is shipped."""

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, Row, Select, func, literal, or_, select, union, update
from sqlalchemy.dialects.postgresql import insert

from analytics.feedback.digest import as_html, plain
from db.locks import ERASING_LOCK
from db.outbox import Letter, post
from db.tables import notices, requests, votes

SHIPPED = "shipped"  # the state of a request, and the kind of the messages about it
TITLE = "A request was shipped"  # no words of users: services without titles make markup of it


def notify(engine: Engine, now: datetime | None = None) -> int:
    """Tell of every request that was shipped and not told of yet; returns how many people.

    A request is one transaction: its notices, its messages and the mark that it was told of.
    """
    moment, told = now or datetime.now(UTC), 0
    while True:
        with engine.begin() as conn:
            shipped = _next(conn)
            if shipped is None:
                return told
            told += _tell(conn, shipped, moment)


def _next(conn: Connection) -> Row[int, int, str] | None:
    """A request to tell of, which no other worker takes until this transaction ends."""
    conn.execute(select(func.pg_advisory_xact_lock_shared(ERASING_LOCK)))
    due = (
        select(requests.c.id, requests.c.project_id, requests.c.title)
        .where(
            requests.c.state == SHIPPED,
            requests.c.told_at.is_(None),
            requests.c.merged_into.is_(None),
        )
        .order_by(requests.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return conn.execute(due).one_or_none()


def _tell(conn: Connection, shipped: Row[int, int, str], now: datetime) -> int:
    """How many people were told of this request now."""
    people = _wanting(shipped.id, shipped.project_id)
    new = insert(notices).from_select(["project_id", "request_id", "actor_key"], people)
    made = conn.execute(new.on_conflict_do_nothing().returning(notices.c.id))
    told = len(made.all())
    _post(conn, shipped, told, now)
    conn.execute(update(requests).where(requests.c.id == shipped.id).values(told_at=now))
    return told


def _wanting(request_id: int, project_id: int) -> Select[tuple[int, int, int]]:
    """project_id, request_id, actor_key: who asked for it or for what became it, and who voted."""
    asked = select(requests.c.actor_key).where(
        or_(requests.c.id == request_id, requests.c.merged_into == request_id)
    )
    voted = select(votes.c.actor_key).where(votes.c.request_id == request_id)
    wanting = union(asked, voted).subquery("wanting")
    known = wanting.c.actor_key != 0
    return select(literal(project_id), literal(request_id), wanting.c.actor_key).where(known)


def _post(conn: Connection, shipped: Row[int, int, str], told: int, now: datetime) -> None:
    """A message to each target of the project that wants to hear of what was shipped."""
    said = f"{_people(told)} who wanted it {'was' if told == 1 else 'were'} told."
    markdown = f"**{plain(shipped.title)}**\n\n{said}\n"
    letter = Letter(TITLE, markdown, as_html(markdown))
    post(conn, shipped.project_id, SHIPPED, str(shipped.id), letter, now)


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"

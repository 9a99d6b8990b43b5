"""Erasing: who asks for it is taken out of every table, with a receipt of what went."""

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    Text,
    cast,
    delete,
    func,
    literal,
    select,
    update,
)

from db.audit import note
from db.erasures import finish_erasure, next_erasure
from db.locks import ERASING_LOCK
from db.tables import (
    consents,
    customers,
    exposures,
    feedback,
    feedback_history,
    grants,
    invitations,
    member_days,
    notices,
    organisation_members,
    person_actors,
    published_people,
    requests,
    runs,
    unpublished,
    votes,
)
from db.tickets import unlink_tickets
from jobs.grouping import NOBODY
from jobs.recounting import asking
from jobs.rollups import PERSONAL, erase

SAID = (feedback, invitations, notices, votes, consents)
RAN = (runs, unpublished, member_days, organisation_members, person_actors)

log = structlog.get_logger()


def erase_waiting(engine: Engine) -> int:
    """Erase all who wait for it, each in a transaction of its own; returns how many."""
    erased = 0
    while _erase_next(engine):
        erased += 1
    return erased


def erase_person(conn: Connection, project_id: int, actor_key: int) -> dict[str, int]:
    """Take a person out of everything; returns how many rows went, by table.

    A request that others voted for stays, without its details and without whose it was. So does
    what they paid, which books are kept of, under a key of its own. And so does a refusal, without
    anything else: else a project that asks nobody would begin to collect anew.
    """
    if actor_key == NOBODY:
        return {}
    conn.execute(select(func.pg_advisory_xact_lock(ERASING_LOCK)))
    receipt = {table.name: _count(conn, table, project_id, actor_key) for table in PERSONAL}
    _count_anew(conn, project_id, actor_key)
    receipt["events"] = erase(conn, project_id, [actor_key])
    receipt["feedback_history"] = _delete(conn, feedback_history, _history(project_id, actor_key))
    for table in (*SAID, *RAN):  # each row is about one person alone
        receipt[table.name] = _delete(conn, table, _of(table, project_id, actor_key))
    receipt["tickets"] = unlink_tickets(conn, project_id, actor_key)
    receipt["published_people"] = _count_as_nobody(conn, project_id, actor_key)
    receipt["links_to_payments"] = _unlink(conn, project_id, actor_key)
    return receipt | _requests(conn, project_id, actor_key) | _grants(conn, project_id, actor_key)


def note_erasure(conn: Connection, project_id: int, receipt: Mapping[str, int]) -> None:
    """Note that somebody was erased: once that is done, since who notes holds up all who do."""
    note(conn, "person.erase", "a user", project_id, rows=sum(receipt.values()))


def _count_anew(conn: Connection, project_id: int, actor_key: int) -> None:
    """Have their days in the experiments that they were exposed to counted without them."""
    x = exposures.c
    theirs = select(x.experiment_id, x.project_id, x.exposed_at)
    conn.execute(asking(theirs.where(_of(exposures, project_id, actor_key))))


def _count_as_nobody(conn: Connection, project_id: int, actor_key: int) -> int:
    """Leave what was published of numbers of people as it is, each under a key that is nobody's.

    A number that falls by one the minute somebody is erased would tell that they were counted.
    """
    chance = func.hashtextextended(cast(func.gen_random_uuid(), Text), 0)
    theirs = update(published_people).where(_of(published_people, project_id, actor_key))
    return conn.execute(theirs.values(actor_key=chance)).rowcount


def _unlink(conn: Connection, project_id: int, actor_key: int) -> int:
    """Forget which customer they are."""
    theirs = update(customers).where(_of(customers, project_id, actor_key))
    return conn.execute(theirs.values(actor_key=None)).rowcount


def _erase_next(engine: Engine) -> bool:
    with engine.begin() as conn:
        waiting = next_erasure(conn)
        if waiting is None:
            return False
        erasure_id, project_id, actor_key = waiting
        receipt = erase_person(conn, project_id, actor_key)
        finish_erasure(conn, erasure_id, receipt)
    with engine.begin() as conn:
        note_erasure(conn, project_id, receipt)
    log.info("erased a person", erasure=erasure_id, rows=sum(receipt.values()))
    return True


def _requests(conn: Connection, project_id: int, actor_key: int) -> dict[str, int]:
    """Delete what nobody else wants; the rest belongs to those who do."""
    theirs = _of(requests, project_id, actor_key)
    wanted = select(literal(1)).where(votes.c.request_id == requests.c.id).exists()
    deleted = _delete(conn, requests, theirs & ~wanted)
    nobodys = {"actor_key": NOBODY, "external_id": None, "details": ""}
    freed = update(requests).where(theirs).values(nobodys).returning(requests.c.id)
    return {"requests": deleted, "requests_of_others_too": len(conn.execute(freed).all())}


def _grants(conn: Connection, project_id: int, actor_key: int) -> dict[str, int]:
    theirs = _of(grants, project_id, actor_key)
    conn.execute(update(grants).where(theirs).values(granted=0))
    return {"grants": _delete(conn, grants, theirs & (grants.c.refused == 0))}


def _history(project_id: int, actor_key: int) -> ColumnElement[bool]:
    mine = select(feedback.c.id).where(_of(feedback, project_id, actor_key))
    return feedback_history.c.feedback_id.in_(mine)


def _of(table: Table, project_id: int, actor_key: int) -> ColumnElement[bool]:
    return (table.c.project_id == project_id) & (table.c.actor_key == actor_key)


def _count(conn: Connection, table: Table, project_id: int, actor_key: int) -> int:
    counted = select(func.count()).select_from(table).where(_of(table, project_id, actor_key))
    return int(conn.execute(counted).scalar_one())


def _delete(conn: Connection, table: Table, which: ColumnElement[Any]) -> int:
    return len(conn.execute(delete(table).where(which).returning(literal(1))).all())

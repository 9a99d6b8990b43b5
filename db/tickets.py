"""Requests for help, as a help desk tells them: when and about what, without their words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from db.locks import TICKETS_LOCK, hold_off_erasing
from db.tables import tickets

ROWS_AT_ONCE = 1_000
DEFAULTS: Mapping[str, Any] = {
    "first_response_at": None,
    "resolved_at": None,
    "topic": "",
    "channel": "",
    "priority": "normal",
    "csat": None,
    "actor_key": None,
}
COLUMNS = ("ticket_id", "opened_at", *DEFAULTS, "updated_at")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is told of a ticket: `told` holds what was said besides, by the names of DEFAULTS.

    What was not said stays as it was told before; None takes it back, as of one that is open again.
    """

    ticket_id: str
    opened_at: datetime
    told: Mapping[str, Any] = field(default_factory=dict)
    updated_at: datetime | None = None
    actor_key: int | None = None


def record_tickets(conn: Connection, project_id: int, told: Iterable[Ticket], now: datetime) -> int:
    """Keep what is told; returns how many are new or changed.

    A repetition changes nothing, and neither does what is older than what was told before.
    """
    hold_off_erasing(conn)
    conn.execute(select(func.pg_advisory_xact_lock(TICKETS_LOCK, project_id)))
    rows = [*told]
    before = _held(conn, project_id, [each.ticket_id for each in rows])
    after = dict(before)
    for each in rows:
        after[each.ticket_id] = _merged(after.get(each.ticket_id), each, now)
    changed = [row for ticket_id, row in after.items() if row != before.get(ticket_id)]
    for start in range(0, len(changed), ROWS_AT_ONCE):
        _write(conn, project_id, changed[start : start + ROWS_AT_ONCE])
    return len(changed)


def unlink_tickets(conn: Connection, project_id: int, actor_key: int) -> int:
    """Forget whose these tickets were, as part of an erasure; how many there are."""
    theirs = (tickets.c.project_id == project_id) & (tickets.c.actor_key == actor_key)
    unlinked = update(tickets).where(theirs).values(actor_key=None)
    return len(conn.execute(unlinked.returning(tickets.c.ticket_id)).all())


def _held(conn: Connection, project_id: int, ids: list[str]) -> dict[str, dict[str, Any]]:
    columns = [tickets.c[name] for name in COLUMNS]
    ours = (tickets.c.project_id == project_id) & tickets.c.ticket_id.in_(ids)
    rows = conn.execute(select(*columns).where(ours))
    return {row.ticket_id: dict(row._mapping) for row in rows}


def _merged(before: dict[str, Any] | None, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """The row after this was told."""
    since = ticket.updated_at or now
    if before and since < before["updated_at"]:
        return before
    said = {**ticket.told, "opened_at": ticket.opened_at}
    if ticket.actor_key is not None:
        said["actor_key"] = ticket.actor_key
    base = before or {**DEFAULTS, "ticket_id": ticket.ticket_id, "updated_at": since}
    row = base | _before_opening(base, ticket.opened_at) | said
    return row if row == before else row | {"updated_at": since}


def _before_opening(row: Mapping[str, Any], opened_at: datetime) -> dict[str, None]:
    """What was told of a ticket that was opened anew since, taken back."""
    times = ("first_response_at", "resolved_at")
    return {name: None for name in times if row[name] and row[name] < opened_at}


def _write(conn: Connection, project_id: int, rows: list[dict[str, Any]]) -> None:
    new = insert(tickets).values([row | {"project_id": project_id} for row in rows])
    changed = {name: new.excluded[name] for name in COLUMNS if name != "ticket_id"}
    conn.execute(
        new.on_conflict_do_update(index_elements=["project_id", "ticket_id"], set_=changed)
    )

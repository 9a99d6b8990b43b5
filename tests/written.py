"""Events as a test writes them down, stored as the writer leaves them, and rolled up."""

import json
import re
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, insert, select

from db.access import Project, create_project, project_secret
from db.identity import actor_key, session_key
from db.partitions import ensure_months
from db.tables import cells, events, ledger
from jobs.aggregation import add as add_to_rollups
from jobs.rollups import of_batches

TOKEN = re.compile(r"(\w+)=(\S*)")
COLUMN_OF = {"version": "app_version", "duration": "duration_ms", "error": "error_type"}
NUMBERS = {"duration_ms": float, "value": float, "first_use": int, "properties": json.loads}


@dataclass(frozen=True)
class Written:
    """An event as a test writes it: `who what when` and then `name=value` in any order."""

    who: str
    name: str
    at: datetime
    columns: dict[str, object]
    session: str = ""

    @classmethod
    def parse(cls, line: str) -> "Written":
        who, name, at, *_ = line.split()
        given = {COLUMN_OF.get(key, key): value for key, value in TOKEN.findall(line)}
        session = given.pop("session", "")
        columns: dict[str, object] = {
            key: NUMBERS[key](value) if key in NUMBERS else value for key, value in given.items()
        }
        columns["ok"] = given.get("ok", "1") == "1" and name != "error"
        return cls(who, name, datetime.fromisoformat(at).astimezone(UTC), columns, str(session))


def add_events(conn: Connection, project: Project, *lines: str) -> None:
    """Store the events that a test wrote down as one batch, and roll them up."""
    add_to_rollups(conn, store_events(conn, project, *lines), sign=1)


def store_events(conn: Connection, project: Project, *lines: str) -> ColumnElement[bool]:
    """Store the events that a test wrote down as one batch; the condition for them."""
    written = [Written.parse(line) for line in lines]
    ensure_months(conn, [event.at.date() for event in written])
    times = sorted(event.at for event in written)
    batch = {
        "project_id": project.id,
        "received_at": times[-1],
        "accepted": len(written),
        "outcomes": {"accepted": len(written)},
        "first_at": times[0],
        "last_at": times[-1],
        "rolled_at": times[-1],
    }
    row = conn.execute(insert(ledger).values(batch).returning(ledger)).one()
    secret = project_secret(conn, project.id)
    alike = defaultdict(list)
    for event in written:
        stored = _row(event, project, row.batch_id, secret)
        alike[tuple(sorted(stored))].append(stored)
    for rows in alike.values():
        conn.execute(insert(events), rows)
    return of_batches([row])


def project_of(conn: Connection, *lines: str, zone: str = "UTC", name: str = "shared") -> Project:
    """A project that keeps everything, with these events."""
    project = create_project(conn, name, consent="opt-out", timezone=zone, retention_months=None)
    add_events(conn, project, *lines)
    return project


def platforms_of(conn: Connection, project: Project) -> dict[int, str]:
    """The platform of each cell of the project, by its id."""
    query = select(cells.c.id, cells.c.platform).where(cells.c.project_id == project.id)
    return {number: platform or "(not set)" for number, platform in conn.execute(query)}


def _row(event: Written, project: Project, batch_id: int, secret: bytes) -> dict[str, object]:
    anonymous = project.consent == "anonymous"
    return {
        "project_id": project.id,
        "actor_key": 0 if anonymous else actor_key(secret, event.who),
        "event_id": uuid.uuid4(),
        "occurred_at": event.at,
        "received_at": event.at,
        "batch_id": batch_id,
        "session_key": session_key(secret, event.session) if event.session else None,
        "name": event.name,
        "purpose": "usage",
        **event.columns,
    }

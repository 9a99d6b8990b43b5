"""Runs and downloads of packages as a test writes them, stored as the writer leaves them."""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql

from db.access import Project, project_secret
from db.identity import actor_key, session_key
from db.partitions import ensure_months
from db.tables import RUN_NAMES, events, ledger, organisation_members, organisations, packages, runs

TOKEN = re.compile(r"(\w+)=(\S*)")
NUMBERS = {"duration": float} | dict.fromkeys(
    ("tokens", "credits", "request_bytes", "response_bytes", "input_length", "output_length"), int
)
OF_RUNS = ("model", "installer", "audience", "tokens", *NUMBERS)


def write_packages(conn: Connection, project: Project, *names: str, public: bool = True) -> None:
    """Register the packages that are missing."""
    row = {"project_id": project.id, "is_public": public}
    for name in names:
        adding = postgresql.insert(packages).values(row | {"name": name})
        conn.execute(adding.on_conflict_do_nothing())


def write_members(
    conn: Connection, project: Project, organisation: str, *lines: str, seats: int = 50
) -> int:
    """Members of an organisation, each `who role=admin team=Frontend listed=1`; its id.

    It is made where it is missing. Members are called by the id that `write_runs` knows them by.
    """
    adding = postgresql.insert(organisations).values(
        project_id=project.id, name=organisation, seats=seats
    )
    conn.execute(adding.on_conflict_do_nothing())
    found = _ids(conn, organisations, project)[organisation]
    for line in lines:
        who, given = line.split()[0], dict(TOKEN.findall(line))
        conn.execute(
            insert(organisation_members).values(
                organisation_id=found,
                project_id=project.id,
                actor_key=actor_key(project_secret(conn, project.id), who),
                username=given.get("username", who),
                role=given.get("role", "member"),
                team=given.get("team", ""),
                listed=given.get("listed") == "1",
            )
        )
    return found


def write_runs(conn: Connection, project: Project, *lines: str) -> list[uuid.UUID]:
    """Store runs as one batch that is not rolled up yet; their ids.

    A line is `who package when` and then `name=value` in any order, of: kind (run, download), id,
    version, model, duration (ms), tokens, credits, ok, error, organisation, platform, country,
    session, installer, audience, comparison=1, request_bytes, response_bytes, input_length,
    output_length. Packages that are missing are registered; an organisation is kept where who
    runs is a member by now, with their team. `-` is nobody.
    """
    secret = project_secret(conn, project.id)
    write_packages(conn, project, *(line.split()[1] for line in lines))
    written = [_parsed(line, secret) for line in lines]
    moments = sorted(each["occurred_at"] for each in written)
    ensure_months(conn, [moment.date() for moment in moments])
    batch = {
        "project_id": project.id,
        "received_at": moments[-1],
        "accepted": len(written),
        "outcomes": {"accepted": len(written)},
        "first_at": moments[0],
        "last_at": moments[-1],
    }
    batch_id = conn.execute(insert(ledger).values(batch).returning(ledger.c.batch_id)).scalar_one()
    shared = {"project_id": project.id, "batch_id": batch_id}
    known, members = _ids(conn, packages, project), _members(conn, project)
    for each in written:
        conn.execute(insert(events).values(_event(each) | shared))
        conn.execute(insert(runs).values(_run(each, known, members) | shared))
    return [each["id"] for each in written]


def _parsed(line: str, secret: bytes) -> dict[str, Any]:
    """What the line says, under the names of the line, with the keys that ids are hashed into."""
    who, package, at, *_ = line.split()
    said: dict[str, Any] = {
        name: NUMBERS.get(name, str)(value) for name, value in TOKEN.findall(line)
    }
    session = said.get("session")
    return said | {
        "id": uuid.UUID(said["id"]) if "id" in said else uuid.uuid4(),
        "package": package,
        "actor_key": 0 if who == "-" else actor_key(secret, who),
        "session_key": session_key(secret, session) if session else None,
        "occurred_at": datetime.fromisoformat(at).astimezone(UTC),
        "kind": said.get("kind", "run"),
        "ok": said.get("ok", "1") == "1" and not said.get("error"),
    }


def _shared(said: dict[str, Any]) -> dict[str, Any]:
    """The columns that a run has in both tables."""
    return {name: said[name] for name in ("actor_key", "session_key", "occurred_at", "ok")} | {
        "error_type": said.get("error", "" if said["ok"] else "error"),
        "duration_ms": said.get("duration"),
        "platform": said.get("platform", ""),
        "country": said.get("country", ""),
    }


def _event(said: dict[str, Any]) -> dict[str, Any]:
    return _shared(said) | {
        "event_id": said["id"],
        "received_at": said["occurred_at"],
        "name": RUN_NAMES[said["kind"]],
        "subject": said["package"],
        "purpose": "usage",
        "app_version": said.get("version", ""),
        "value": said.get("credits"),
    }


def _run(said: dict[str, Any], known: dict[str, int], members: Any) -> dict[str, Any]:
    named = {name: said[name] for name in OF_RUNS if name in said and name != "duration"}
    place = members.get((said.get("organisation"), said["actor_key"]), (0, ""))
    return (
        _shared(said)
        | named
        | {
            "run_id": said["id"],
            "kind": said["kind"],
            "package_id": known[said["package"]],
            "organisation_id": place[0],
            "team": place[1],
            "version": said.get("version", ""),
            "comparison": said.get("comparison") == "1",
        }
    )


def _ids(conn: Connection, table: Any, project: Project) -> dict[str, int]:
    named = select(table.c.name, table.c.id).where(table.c.project_id == project.id)
    return {row.name: row.id for row in conn.execute(named)}


def _members(conn: Connection, project: Project) -> dict[tuple[str, int], tuple[int, str]]:
    """Organisation and team by the organisation's name and the member."""
    m, o = organisation_members.c, organisations.c
    query = select(o.name, m.actor_key, o.id, m.team)
    mine = query.where(o.id == m.organisation_id, o.project_id == project.id)
    return {(row[0], row[1]): (row[2], row[3]) for row in conn.execute(mine)}

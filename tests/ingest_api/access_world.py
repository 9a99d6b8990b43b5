"""Two packages and an organisation of one's own, the same of others, and everybody who may ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import Engine, event

from db.access import create_key, create_project
from db.members import set_member
from db.organisations import Organisation, create_organisation
from db.package_versions import release
from db.packages import Package, create_package
from tests.analytics.community.blocks import Ran, publish_days, publish_until
from tests.ingest_api.callers import Caller, becomes_author, becomes_user, caller, key_of, stranger
from tests.ingest_api.conftest import Door
from tests.runs_written import write_runs

LAST = date(2026, 3, 31)
MISSING = uuid4()
ORGANISATIONS = ("acme", "globex")


@dataclass(frozen=True)
class World:
    """A project with the things that callers ask for, by name, and the callers by what they are.

    `runs` are the ids of what a member of each organisation ran.
    """

    door: Door
    things: dict[str, Package | Organisation]
    runs: dict[str, UUID]
    callers: dict[str, Caller]

    def filled(self, path: str) -> str:
        """The path with the ids of the things that it names: /packages/{open}."""
        ids = {name: each.uid for name, each in self.things.items()} | self.runs
        return path.format(**ids, missing=MISSING, project=self.door.project.name)


def make_world(client: httpx.Client, engine: Engine) -> World:
    """Everything that the matrix of access asks about."""
    with engine.begin() as conn:
        project = create_project(conn, f"access {uuid4().hex}", consent="opt-out")
        door = Door(client, engine, project, create_key(conn, project.id, "ingest"))
        publish_until(conn, project, LAST)
        things: dict[str, Any] = {
            name: _package(conn, project, name) for name in ("open", "closed", "other", "hidden")
        }
        for name in ORGANISATIONS:
            things[name] = create_organisation(conn, project.id, name, 50)
            for user, role in (("owner", "owner"), ("head", "admin"), ("staff", "member")):
                key = key_of(conn, project, f"{name}_{user}")
                set_member(conn, things[name].id, key, user, role=role)
        ran = [f"{name}_staff {things['open'].name} {LAST}T10:00Z" for name in ORGANISATIONS]
        runs = dict(zip(("my_run", "their_run"), write_runs(conn, project, *ran), strict=True))
    return World(door, things, runs, _callers(door, things))


def _package(conn: Any, project: Any, name: str) -> Package:
    """A package; "open" and "other" are public, and ours are "open" and "closed"."""
    made = create_package(
        conn, project.id, f"{name}-{uuid4().hex}", is_public=name in ("open", "other")
    )
    release(conn, made.id, "1.0.0")
    days = (LAST - timedelta(days=number) for number in range(3))
    publish_days(conn, made, [Ran(who, day) for day in days for who in range(10)])
    return made


def _callers(door: Door, things: dict[str, Any]) -> dict[str, Caller]:
    made = {"stranger": stranger(door), "key": Caller(door.client, door.engine, "", door.key)}
    for role in ("member", "executive", "product", "operations", "admin"):
        made[role] = caller(door, role)
    made |= {"author": caller(door, "author"), "reader": caller(door, "author", "read")}
    for name in ("author", "reader"):
        for package in ("open", "closed"):
            becomes_author(made[name], things[package])
    for user in ("owner", "head", "staff"):
        made[user] = caller(door, "org_admin")
        becomes_user(made[user], door, f"acme_{user}")
    return made


BY_ITSELF = ("INSERT INTO request_stats", "INSERT INTO security_hours")


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of any database meanwhile, but for what the API writes every few seconds."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(BY_ITSELF):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)

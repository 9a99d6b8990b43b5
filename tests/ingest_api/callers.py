"""People who call the API in their own name, with a token each."""

import itertools
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import Connection, Engine

from db.access import Project, ensure_person, project_secret
from db.accounts import find_person, link_actor
from db.identity import actor_key
from db.package_authors import add_author
from db.packages import Package
from db.tokens import create_token
from tests.ingest_api.conftest import Door

numbers = itertools.count(1)


@dataclass(frozen=True)
class Caller:
    """Somebody with a token, and the application that they call."""

    client: httpx.Client
    engine: Engine
    email: str
    token: str

    def call(self, method: str, path: str, body: Any = None, **query: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent = None if method in ("GET", "DELETE") else body
        return self.client.request(method, path, json=sent, params=query or None, headers=headers)

    def told(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        answer = self.call(method, path, body, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def caller(door: Door, role: str = "member", scope: str = "manage") -> Caller:
    """Somebody new of this role, who may see the project's figures as far as the role goes."""
    email = f"person-{next(numbers)}@x.example"
    with door.engine.begin() as conn:
        person_id = ensure_person(conn, email, role, (door.project.id,))
        token = create_token(conn, person_id, "test", scope)
    return Caller(door.client, door.engine, email, token)


def stranger(door: Door) -> Caller:
    """Nobody that we know."""
    return Caller(door.client, door.engine, "", "")


def becomes_user(who: Caller, door: Door, user: str) -> None:
    """Say which user of the project somebody is."""
    with door.engine.begin() as conn:
        key = key_of(conn, door.project, user)
        link_actor(conn, find_person(conn, who.email).id, door.project.id, key)


def key_of(conn: Connection, project: Project, user: str) -> int:
    """The actor that a user of the project is."""
    return actor_key(project_secret(conn, project.id), user)


def becomes_author(who: Caller, package: Package) -> None:
    """Make somebody an author of the package."""
    with who.engine.begin() as conn:
        add_author(conn, package.id, who.email)

"""The real application, over HTTP, on a real database; every test has a project of its own."""

import contextlib
import itertools
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import URL, Engine, create_engine, select

from db.access import Project, create_key, create_project
from db.tables import events, ledger
from ingest_api.app import create_app
from tests.conftest import drop_database, make_database

EVENTS = "/api/v1/analytics/events"
numbers = itertools.count(1)


@dataclass(frozen=True)
class Door:
    """A project with a key, as a client has it; and what the database has of it."""

    client: httpx.Client
    engine: Engine
    project: Project
    key: str

    def send(self, body: Any, path: str = EVENTS, **headers: str) -> Any:
        named = httpx.Headers({"X-API-Key": self.key})
        named.update({name.replace("_", "-"): value for name, value in headers.items()})
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(path, content=content, headers=named)

    def accepted(self, body: Any, **headers: str) -> int:
        answer = self.send(body, **headers)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["accepted"])

    def stored(self, *names: str) -> list[Any]:
        """These columns of the stored events, in the order of their time; one column bare."""
        chosen = select(*(events.c[name] for name in names or ("name",)))
        mine = chosen.where(events.c.project_id == self.project.id).order_by(events.c.occurred_at)
        with self.engine.connect() as conn:
            rows = conn.execute(mine).all()
        return [row[0] for row in rows] if len(names) < 2 else [tuple(row) for row in rows]

    def outcomes(self) -> dict[str, int]:
        """What the ledger says became of everything that was sent."""
        mine = select(ledger.c.outcomes).where(ledger.c.project_id == self.project.id)
        with self.engine.connect() as conn:
            counted = conn.execute(mine).scalars().all()
        return dict(sum((Counter(each) for each in counted), Counter()))


@pytest.fixture(scope="session")
def ingest_url(server: URL) -> Iterator[URL]:
    url = make_database(server)
    yield url
    drop_database(url, server)


@pytest.fixture(scope="session")
def ingest_engine(ingest_url: URL) -> Iterator[Engine]:
    made = create_engine(ingest_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def client(ingest_url: URL) -> Iterator[httpx.Client]:
    with served(create_app(ingest_url)) as address, httpx.Client(base_url=address) as made:
        yield made


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of the application, in a thread of this process."""
    config = uvicorn.Config(app, port=0, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def open_door(client: httpx.Client, ingest_engine: Engine) -> Callable[..., Door]:
    """Makes a project; by default it keeps everything of everybody."""

    def make(consent: str = "opt-out", scope: str = "ingest", **chosen: Any) -> Door:
        with ingest_engine.begin() as conn:
            chosen = {"retention_months": None} | chosen
            name = f"project {next(numbers)}"
            project = create_project(conn, name, consent=consent, **chosen)
            key = create_key(conn, project.id, scope)
        return Door(client, ingest_engine, project, key)

    return make


@pytest.fixture
def door(open_door: Callable[..., Door]) -> Door:
    return open_door()


def event(name: str = "open", **members: Any) -> dict[str, Any]:
    """An event as a client sends it, of now and of somebody."""
    now = datetime.now(UTC).isoformat()
    return {"event_type": name, "user_id": "u1", "timestamp": now} | members


@pytest.fixture
def raw(client: httpx.Client) -> Callable[[str], bytes]:
    """Sends these characters as they are, ends the sending, and returns all that is answered."""

    def send(request: str) -> bytes:
        place = (client.base_url.host, client.base_url.port or 80)
        with socket.create_connection(place, timeout=5) as connection:
            connection.sendall(request.encode("latin-1"))
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    return send

"""A real Postgres, migrated once; what a test does to it is rolled back or thrown away."""

import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, Engine, insert, text

from db.access import Project, create_project, project_secret
from db.engine import make_engine, parse_url
from db.identity import actor_key, session_key
from db.migrate import migrate
from db.partitions import ensure_months
from db.postgres import embedded
from db.tables import events, ledger
from jobs.aggregation import add as add_to_rollups
from jobs.rollups import of_batches

TOKEN = re.compile(r"(\w+)=(\S*)")
COLUMN_OF = {"version": "app_version", "duration": "duration_ms", "error": "error_type"}
NUMBERS = {"duration_ms": float, "value": float, "first_use": int, "properties": json.loads}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """The address of a server that is ours to fill: DATABASE_URL's, or an embedded one."""
    if os.environ.get("DATABASE_URL"):
        yield parse_url(os.environ["DATABASE_URL"])
        return
    data = tmp_path_factory.mktemp("postgres")
    with embedded(data) as url:
        yield url
    shutil.rmtree(data, ignore_errors=True)


def make_database(server: URL) -> URL:
    """A new, migrated database on the server."""
    name = f"looplens_{uuid.uuid4().hex[:12]}"
    admin = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    url = server.set(database=name)
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()
    return url


def drop_database(url: URL, server: URL) -> None:
    """Remove it, whoever is still connected."""
    admin = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def engine(server: URL) -> Iterator[Engine]:
    """An engine on a database that all tests share without leaving anything in it."""
    url = make_database(server)
    made = make_engine(url)
    yield made
    made.dispose()
    drop_database(url, server)


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    """A connection whose transaction is rolled back after the test."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def own_database(server: URL) -> Iterator[URL]:
    """A database of the test's own, for what has to commit."""
    url = make_database(server)
    yield url
    drop_database(url, server)


@pytest.fixture
def own_engine(own_database: URL) -> Iterator[Engine]:
    """An engine on the database of the test's own."""
    made = make_engine(own_database)
    yield made
    made.dispose()


@pytest.fixture
def project(conn: Connection) -> Project:
    """A project that keeps everything, with days that end at midnight UTC."""
    return create_project(conn, "first", consent="opt-out", retention_months=None)


@pytest.fixture
def berlin(conn: Connection) -> Project:
    """A project whose days end at midnight in Berlin."""
    return create_project(
        conn, "berlin", consent="opt-out", timezone="Europe/Berlin", retention_months=None
    )


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


@pytest.fixture
def add_events(conn: Connection) -> Callable[..., None]:
    """Store events that a test wrote down, and roll them up."""

    def add(project: Project, *lines: str) -> None:
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
        for event in written:
            conn.execute(insert(events).values(_row(event, project, row.batch_id, secret)))
        add_to_rollups(conn, of_batches([row]), sign=1)

    return add


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


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A folder for an embedded server of the test's own."""
    return tmp_path / "data"

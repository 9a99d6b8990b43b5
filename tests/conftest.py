"""A real Postgres, migrated once; what a test does to it is rolled back or thrown away."""

import gc
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import URL, Connection, Engine, text
from xdist.scheduler import LoadFileScheduling

from db.access import Project, create_project
from db.engine import make_engine, parse_url
from db.migrate import migrate
from db.postgres import embedded
from jobs.beside import BESIDE
from tests import written
from tests.in_memory import quick_folder
from tests.thorough import cases, left_out

# The same cases in each run, and none judged by how busy the machine is.
settings.register_profile(
    "steady", deadline=None, derandomize=True, database=None, max_examples=cases(100)
)
settings.load_profile("steady")

# Nothing here has to survive the loss of power, and no other server reads the log. Databases come
# and go, which looks through all buffers each time.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "'256MB'",
    "shared_buffers": "'128MB'",
    "autovacuum": "off",
}
BROWSER = "tests/browser/"


class OneProduct(LoadFileScheduling):
    """A file is what one worker runs, but for all that look at the one product in a browser."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneProduct:
    return OneProduct(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The browser first: what takes longest may not be what the others wait for in the end."""
    if left := left_out(items):
        config.hook.pytest_deselected(items=left)
        gone = set(left)
        items[:] = [item for item in items if item not in gone]
    items.sort(key=lambda item: not item.nodeid.startswith(BROWSER))


def pytest_configure() -> None:
    """Look for garbage seldom: a fifth of the processor went to it."""
    gc.set_threshold(50_000, 20, 100)


def pytest_collection_finish() -> None:
    """Never look through what was imported, which stays."""
    gc.freeze()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """The address of a server that is ours to fill: DATABASE_URL's, or an embedded one."""
    if os.environ.get("DATABASE_URL"):
        url = parse_url(os.environ["DATABASE_URL"])
        yield url
        drop_database(url.set(database=template(url)), url)
        _admin(url).dispose()
        return
    with quick_folder(tmp_path_factory.mktemp("postgres")) as data:
        with embedded(data) as url:
            _run(url, *(f"ALTER SYSTEM SET {name} = {SETTINGS[name]}" for name in SETTINGS))
            _admin(url).dispose()
        with embedded(data) as url:
            yield url
            _admin(url).dispose()


def make_database(server: URL, like: URL | None = None) -> URL:
    """A new, migrated database on the server; or a copy of one that nobody is connected to."""
    url = _new_database(server)
    copied = like.database if like else template(server)
    _run(server, f"CREATE DATABASE {url.database} TEMPLATE {copied} STRATEGY FILE_COPY")
    return url


@cache
def template(server: URL) -> str:
    """The name of a migrated database: to copy its files is quicker than to migrate again."""
    url = _new_database(server)
    _run(server, f"CREATE DATABASE {url.database}")
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()
    return str(url.database)


def drop_database(url: URL, server: URL) -> None:
    """Remove it, whoever is still connected."""
    _run(server, f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)")


def _new_database(server: URL) -> URL:
    return server.set(database=f"looplens_{uuid.uuid4().hex[:12]}")


def _run(server: URL, *commands: str) -> None:
    """Run what no transaction may hold."""
    with _admin(server).connect() as conn:
        for command in commands:
            conn.execute(text(command))


@cache
def _admin(server: URL) -> Engine:
    """One engine for all of it: to make one and to connect takes longer than most commands."""
    return make_engine(server).execution_options(isolation_level="AUTOCOMMIT")


@pytest.fixture(scope="session")
def engine(server: URL) -> Iterator[Engine]:
    """An engine on a database that all tests share without leaving anything in it."""
    url = make_database(server)
    made = make_engine(url)
    yield made
    made.dispose()
    drop_database(url, server)


@pytest.fixture(scope="module")
def module_conn(engine: Engine) -> Iterator[Connection]:
    """A connection for what all tests of a module look at; rolled back after the last."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@contextmanager
def undone(conn: Connection) -> Iterator[None]:
    """Roll back what the block does, and nothing that was done before."""
    savepoint = conn.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


@pytest.fixture
def conn(module_conn: Connection) -> Iterator[Connection]:
    """A connection that sees what its module has stored; what a test does is rolled back."""
    with undone(module_conn):
        yield module_conn


@pytest.fixture
def own_database(server: URL) -> Iterator[URL]:
    """A database of the test's own, for what has to commit."""
    url = make_database(server)
    yield url
    drop_database(url, server)


@pytest.fixture
def own_engine(own_database: URL) -> Iterator[Engine]:
    """An engine on the database of the test's own; what works beside the test ends before it."""
    made = make_engine(own_database)
    yield made
    for thread in threading.enumerate():
        if thread.name.startswith(BESIDE):
            thread.join(30)
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


@pytest.fixture
def add_events(conn: Connection) -> Callable[..., None]:
    """Store events that a test wrote down, and roll them up."""
    return partial(written.add_events, conn)


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A folder for an embedded server of the test's own."""
    return tmp_path / "data"

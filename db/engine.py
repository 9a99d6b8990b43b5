"""How every process finds its database: DATABASE_URL, else the embedded server that is running."""

import os
from functools import cache
from threading import Lock
from typing import Any

import psycopg
from psycopg.pq import Format
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from db.errors import BadDatabaseUrl, DatabaseUnreachable
from db.postgres import DEFAULT_DATA, url_of

# Short analytic queries: compiling them costs more than it saves, and sorts should stay in memory.
SESSION = "-c jit=off -c work_mem=64MB -c random_page_cost=1.1 -c timezone=UTC"
_making = Lock()


def parse_url(address: str) -> URL:
    """The address as a URL for psycopg 3; raises BadDatabaseUrl, never naming the password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise BadDatabaseUrl() from None
    if url.drivername.split("+")[0] not in ("postgresql", "postgres"):
        raise BadDatabaseUrl(
            f"DATABASE_URL starts with '{url.drivername}'; Looplens needs 'postgresql://...'."
        )
    return url.set(drivername="postgresql+psycopg")


def database_url() -> URL:
    """DATABASE_URL, or the address of the embedded server in the data folder."""
    address = os.environ.get("DATABASE_URL", "")
    return parse_url(address) if address else url_of(DEFAULT_DATA)


def make_engine(url: URL, *, pool_size: int = 5) -> Engine:
    """An engine whose connections have the session settings that our queries were measured with."""
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        hide_parameters=True,  # of errors: they are what people wrote, and errors are logged
        connect_args={"options": SESSION, "connect_timeout": 10},
    )
    event.listen(engine, "before_cursor_execute", _in_the_format_asked_for)
    return engine


def _in_the_format_asked_for(
    _conn: Connection, cursor: Any, _sql: str, _parameters: Any, context: Any, _many: bool
) -> None:
    """Have Postgres send binary values where the option `binary` asks for it.

    As text, arrays of bytes are twice as long and take eight times as long to read.
    """
    if context is not None and context.execution_options.get("binary"):
        cursor.format = Format.BINARY


def engine() -> Engine:
    """The engine of this process: one, even where several threads ask for it first."""
    with _making:
        return _engine()


def close_engine() -> None:
    """Close the process's connections; the next who asks for the engine gets a new one."""
    engine().dispose()
    _engine.cache_clear()


@cache
def _engine() -> Engine:
    return make_engine(database_url())


def check(candidate: Engine) -> None:
    """Raise DatabaseUnreachable, in one sentence without secrets, when nobody answers."""
    try:
        with candidate.connect() as conn:
            conn.execute(text("SELECT 1"))
    except DBAPIError as error:
        url = candidate.url
        where = f"{url.host or 'the local socket'}:{url.port or 5432}/{url.database or ''}"
        raise DatabaseUnreachable(
            f"No database answers at {where} ({reason(error)}); check DATABASE_URL."
        ) from None


def reason(error: DBAPIError) -> str:
    """What the server or the driver says was the cause; it names no password."""
    said = error.orig.diag.message_primary if isinstance(error.orig, psycopg.Error) else None
    lines = (said or str(error.orig)).strip().splitlines()
    return lines[-1].split("FATAL:")[-1].strip() if lines else "no reason given"


def conninfo(url: URL) -> dict[str, str | int]:
    """The same address as keyword arguments of psycopg.connect, for COPY and LISTEN."""
    parts: dict[str, str | int | None] = {
        "host": url.host or str(url.query.get("host", "")) or None,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
    }
    extra = {key: str(value) for key, value in url.query.items() if key != "host"}
    return {key: value for key, value in parts.items() if value is not None} | extra

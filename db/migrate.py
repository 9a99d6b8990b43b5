"""Bring a database to the newest schema, and tell whether it is there."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select

from db.partitions import NAME, ensure_months, month_of, next_month

MIGRATE_LOCK = 7_004
MIGRATIONS = Path(__file__).parent / "migrations"
Progress = Callable[[int, int], None]  # what is done, of how many


def migrate(engine: Engine, progress: Progress | None = None) -> None:
    """Run the migrations that are missing and make the partitions of the next months.

    One process at a time does so; the others wait and then find nothing missing.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(select(func.pg_advisory_lock(MIGRATE_LOCK)))
        try:
            _migrate(engine, progress)
        finally:
            guard.execute(select(func.pg_advisory_unlock(MIGRATE_LOCK)))


def _migrate(engine: Engine, progress: Progress | None) -> None:
    with engine.connect() as conn:
        missing = _after(_revision(conn))
    for number, revision in enumerate(missing, start=1):
        with engine.begin() as conn:
            command.upgrade(_config(conn), revision)
        if progress:
            progress(number, len(missing))
    with engine.begin() as conn:
        ensure_months(conn, months_ahead(datetime.now(UTC)))


@cache
def _steps() -> list[str]:
    """All revisions, the first one first; to read them takes longer than most commands."""
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return [script.revision for script in scripts][::-1]


def _after(revision: str | None) -> list[str]:
    """The revisions that follow; all of them where this one is unknown, of which Alembic tells."""
    steps = _steps()
    return steps[steps.index(revision) + 1 :] if revision in steps else steps


def _revision(conn: Connection) -> str | None:
    return MigrationContext.configure(conn).get_current_revision()


def is_current(conn: Connection) -> bool:
    """Whether the database has the newest migration."""
    return _revision(conn) == _steps()[-1]


def months_ahead(now: datetime) -> list[date]:
    """The months that must be there by now: this and the next two."""
    this = month_of(now.date())
    following = next_month(this)
    return [this, following, next_month(following)]


def is_ours(thing: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Leave the partitions of facts out of a comparison: they are made as time passes."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return NAME.fullmatch(str(table)) is None


def _config(conn: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = conn
    return config

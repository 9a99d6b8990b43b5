"""A project of the API's tests with packages and an organisation, and what it keeps of runs."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, Table, select

from db.tables import packages, runs
from tests.ingest_api.conftest import Door
from tests.runs_written import write_members, write_packages


def registry(open_door: Callable[..., Door], **how: Any) -> Door:
    """A door of a project with two packages, and an organisation of which u1 is a member."""
    made = open_door(**how)
    with made.engine.begin() as conn:
        write_packages(conn, made.project, "code-reviewer", "seo-optimizer")
        write_members(conn, made.project, "Acme", "u1 team=Frontend", "lead role=admin")
    return made


def stored(door: Door, *names: str) -> list[tuple[Any, ...]]:
    """These columns of the stored runs, in the order of their time."""
    chosen = select(*(runs.c[name] for name in names))
    mine = chosen.where(runs.c.project_id == door.project.id).order_by(runs.c.occurred_at)
    with door.engine.connect() as conn:
        return [tuple(row) for row in conn.execute(mine)]


def told(answer: Any) -> Any:
    """The body of an answer of success."""
    assert answer.status_code == 200, answer.text
    return answer.json()


def one(door: Door, table: Table) -> Row[Any]:
    """The one row that the project has in this table."""
    with door.engine.connect() as conn:
        return conn.execute(select(table).where(table.c.project_id == door.project.id)).one()


def package_of(door: Door, name: str = "code-reviewer") -> Row[Any]:
    """The row of a package."""
    mine = (packages.c.project_id == door.project.id) & (packages.c.name == name)
    with door.engine.connect() as conn:
        return conn.execute(select(packages).where(mine)).one()

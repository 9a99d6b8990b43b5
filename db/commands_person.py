"""The command that prints what is held of a person."""

from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from db import access
from db.audit import note
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.identity import actor_key
from db.personal import held
from db.security import TALLY, add_counts, count_export

UserId = Annotated[str, typer.Argument(help="The person's id, as the product sends it.")]


@told_plainly
def export(name: Name, user: UserId, as_json: AsJson = False) -> None:
    """Say how much is held of a person; with --json all of it, to be handed to them."""

    def read(conn: Connection) -> dict[str, list[dict[str, Any]]]:
        project_id, key = key_of(conn, name, user)
        found = held(conn, project_id, key)
        rows = sum(map(len, found.values()))
        note(conn, "person.export", "a user", project_id, rows=rows)
        count_export(project_id, rows)
        add_counts(conn, TALLY.take())
        return found

    data = in_database(read)
    answer(data, told({table: len(rows) for table, rows in data.items()}), as_json)


def key_of(conn: Connection, name: str, user: str) -> tuple[int, int]:
    """The project's id and the person's key in it; raises UnknownProject."""
    project_id = access.find_project(conn, name).id
    return project_id, actor_key(access.project_secret(conn, project_id), user)


def told(counts: dict[str, int]) -> str:
    """The counts that are not 0, a line each."""
    lines = [f"{table}: {n:,}" for table, n in counts.items() if n]
    return "\n".join(lines) or "Nothing is held of this person."

"""Commands about what is measured of a product."""

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import Connection

from db import access
from db.completions import Completion, list_completions, remove_completion, set_completion
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.errors import BadSetting


@told_plainly
def complete(
    name: Name,
    start: Annotated[str, typer.Argument(help="The event that begins something.")] = "",
    done: Annotated[str, typer.Argument(help="The event of the same subject that ends it.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Measure this start no more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say which event completes what another starts; without names, list what was said."""
    if remove and (done or not start):
        raise BadSetting("To remove a pair, name its start alone.")

    def work(conn: Connection) -> list[Completion]:
        project_id = access.find_project(conn, name).id
        if remove and not remove_completion(conn, project_id, start):
            raise BadSetting(f"No completion of '{start}' is measured in '{name}'.")
        if start and not remove:
            set_completion(conn, project_id, start, done)
        return list_completions(conn, project_id)

    pairs = in_database(work)
    lines = [f"{pair.start} -> {pair.done}" for pair in pairs]
    answer([asdict(pair) for pair in pairs], "\n".join(lines) or "No completions yet.", as_json)

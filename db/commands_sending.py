"""Commands about where messages to the team go."""

import sys
from dataclasses import asdict
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import Connection

from db import access
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.errors import BadTarget

if TYPE_CHECKING:
    from db.targets import Target


@told_plainly
def target(
    name: Name,
    target: Annotated[str, typer.Argument(help="What the target is called.")] = "",
    kind: Annotated[
        list[str] | None,
        typer.Option(help="digest or shipped; may be repeated. By default both."),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Send nothing there any more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say where messages go; without a target, list those there are.

    The address, one of Apprise such as mailto:// or slack://, is read from standard input.
    """
    from db.targets import list_targets, remove_target, set_target

    if remove and not target:
        raise BadTarget("To remove a target, name it.")
    address = _address() if target and not remove else ""

    def work(conn: Connection) -> "list[Target]":
        project_id = access.find_project(conn, name).id
        if remove and not remove_target(conn, project_id, target):
            raise BadTarget(f"No target of '{name}' is called '{target}'.")
        if address:
            set_target(conn, project_id, target, address, kind or ("digest", "shipped"))
        return list_targets(conn, project_id)

    known = in_database(work)
    lines = [f"{each.name}: {', '.join(each.kinds)}" for each in known]
    answer([asdict(each) for each in known], "\n".join(lines) or "No targets yet.", as_json)


def _address() -> str:
    """An address that is neither shown nor kept in a shell's history; raises BadTarget."""
    given = getpass("Address: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not given.strip():
        raise BadTarget("The address is read from standard input, which was empty.")
    return given.strip()

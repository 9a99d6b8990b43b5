"""What the commands of `python -m db` share: how they reach the database, answer and fail."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer
from psycopg import InterfaceError, OperationalError
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from db import running
from db.engine import make_engine, reason
from db.errors import LooplensError

Name = Annotated[str, typer.Argument(help="The project's name.")]
REFUSALS = OperationalError, InterfaceError, InsufficientPrivilege  # that are nobody's bug
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def told_plainly(command: Callable[..., None]) -> Callable[..., None]:
    """An error of ours is one sentence on standard error, and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except LooplensError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
        except DBAPIError as error:
            if not isinstance(error.orig, REFUSALS):
                raise
            typer.echo(f"The database did not do it: {reason(error)}.", err=True)
            raise typer.Exit(1) from None

    return run


def in_database(work: Callable[[Connection], Any]) -> Any:
    """What the work returns, done in one transaction."""
    with running.database() as url:
        engine = make_engine(url)
        try:
            with engine.begin() as conn:
                return work(conn)
        finally:
            engine.dispose()


def answer(value: Any, text: str, as_json: bool) -> None:
    """The answer on standard output: as JSON, or as text for people."""
    typer.echo(json.dumps(value, default=str) if as_json else text)

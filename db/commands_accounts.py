"""Commands about people who sign in: their tokens, who they are in a project, and their end."""

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import Connection

from db import accounts, tokens
from db.commands_person import UserId, key_of
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.tables import TOKEN_SCOPES

Email = Annotated[str, typer.Argument(help="The address that they sign in with.")]


@told_plainly
def token(
    email: Email,
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    scope: Annotated[str, typer.Option(help=f"{' or '.join(TOKEN_SCOPES)}.")] = "read",
    days: Annotated[int, typer.Option(help="How long it works.")] = tokens.LASTS_DAYS,
    as_json: AsJson = False,
) -> None:
    """Make a personal access token and print it, this once."""

    def make(conn: Connection) -> str:
        person = accounts.find_person(conn, email)
        return tokens.create_token(conn, person.id, name, scope, days)

    made = in_database(make)
    answer({"token": made, "email": email, "scope": scope, "days": days}, made, as_json)


@told_plainly
def list_tokens(email: Email, as_json: AsJson = False) -> None:
    """List the tokens of a person that still work."""
    found = in_database(lambda conn: tokens.list_tokens(conn, accounts.find_person(conn, email).id))
    lines = [
        f"{each.id}  {each.hint}...  {each.scope}  until {each.expires_at:%Y-%m-%d}  {each.name}"
        for each in found
    ]
    answer([asdict(each) for each in found], "\n".join(lines) or "No tokens.", as_json)


@told_plainly
def revoke_token(
    email: Email,
    token_id: Annotated[int, typer.Argument(help="Its number, as `tokens` lists it.")],
    as_json: AsJson = False,
) -> None:
    """End a personal access token at once."""

    def end(conn: Connection) -> None:
        tokens.revoke_token(conn, accounts.find_person(conn, email).id, token_id)

    in_database(end)
    answer({"revoked": token_id}, f"Revoked token {token_id}.", as_json)


@told_plainly
def link(email: Email, name: Name, user: UserId, as_json: AsJson = False) -> None:
    """Say which user of a project somebody is, so that they see their own usage."""

    def keep(conn: Connection) -> None:
        accounts.link_actor(conn, accounts.find_person(conn, email).id, *key_of(conn, name, user))

    in_database(keep)
    answer({"email": email, "project": name}, f"{email} is this user of '{name}'.", as_json)


@told_plainly
def close_account(email: Email, as_json: AsJson = False) -> None:
    """End an account: nothing lets them in any more, and after 30 days nobody knows whose it was.

    Until then an invitation that they accept opens it again.
    """

    def end(conn: Connection) -> None:
        accounts.close_account(conn, accounts.find_person(conn, email).id)

    in_database(end)
    answer({"closed": email}, f"Closed the account of {email}.", as_json)

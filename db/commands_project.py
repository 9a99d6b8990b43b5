"""The commands that make projects, and let programs and people in."""

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import Connection

from db import access, running
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.errors import BadSetting
from db.tables import KEY_SCOPES


def _months(given: str) -> int | None:
    if given == "none":
        return None
    if not given.isdecimal():
        raise BadSetting(f"Retention is a number of months or none, not '{given}'.")
    return int(given)


@told_plainly
def project(
    name: Name,
    consent: Annotated[str, typer.Option(help="opt-in, opt-out or anonymous.")] = "opt-in",
    tz: Annotated[str, typer.Option(help="IANA time zone that days are cut in.")] = "UTC",
    retention: Annotated[str, typer.Option(help="Months that events are kept, or none.")] = "12",
    keyless_track: Annotated[
        bool, typer.Option(help="Take the events of /v1/track that come without a key.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a project."""

    def make(conn: Connection) -> access.Project:
        return access.create_project(
            conn,
            name,
            consent=consent,
            timezone=tz,
            retention_months=_months(retention),
            keyless_track=keyless_track,
        )

    made = in_database(make)
    answer(asdict(made), f"Made the project '{made.name}' ({made.consent}, {tz}).", as_json)


@told_plainly
def projects(as_json: AsJson = False) -> None:
    """List the projects."""
    found = in_database(access.list_projects)
    lines = [f"{p.name}  {p.consent}  {p.timezone}  {p.retention_months or 'none'}" for p in found]
    answer([asdict(each) for each in found], "\n".join(lines), as_json)


@told_plainly
def key(
    name: Name,
    scope: Annotated[
        str, typer.Option(help="ingest (clients), read, or server (your servers).")
    ] = "ingest",
    as_json: AsJson = False,
) -> None:
    """Make an API key and print it, this once."""
    if scope not in KEY_SCOPES:
        raise BadSetting(f"A scope is {' or '.join(KEY_SCOPES)}, not '{scope}'.")

    def make(conn: Connection) -> str:
        return access.create_key(conn, access.find_project(conn, name).id, scope)

    made = in_database(make)
    answer({"key": made, "project": name, "scope": scope}, made, as_json)


@told_plainly
def revoke(
    key_or_hint: Annotated[str, typer.Argument(help="A key, or its first nine characters.")],
    as_json: AsJson = False,
) -> None:
    """Revoke a key; it stops working within five seconds."""
    ended = in_database(lambda conn: access.revoke_key(conn, key_or_hint))
    answer({"revoked": ended}, f"Revoked {ended} key{'' if ended == 1 else 's'}.", as_json)
    if not ended:
        raise typer.Exit(1)


@told_plainly
def invite(
    email: Annotated[str, typer.Argument(help="Who is invited.")],
    role: Annotated[str, typer.Option(help=", ".join(access.ROLES) + ".")],
    project: Annotated[
        list[str] | None, typer.Option(help="A project that they may see; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print a one-time link that signs this person in; it lasts a week."""

    def make(conn: Connection) -> str:
        ids = tuple(access.find_project(conn, name).id for name in project or ())
        return access.invite(conn, email, role, ids)

    link = access_link(in_database(make))
    answer({"email": email, "role": role, "link": link}, link, as_json)


def access_link(token: str) -> str:
    """The token goes behind '#': browsers keep that part to themselves, so no log has it."""
    return f"{running.Ports.from_environment().dashboard_url}/access#{token}"

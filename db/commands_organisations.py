"""Commands that set up organisations and their members."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from db import access, members, organisations
from db.commands_person import UserId, key_of
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.errors import UnknownOrganisation
from db.tables import MEMBER_ROLES

OrganisationName = Annotated[str, typer.Argument(help="The organisation's name or uid.")]
USUAL_SEATS = 1


@told_plainly
def organisation(
    name: Name,
    organisation_name: OrganisationName,
    seats: Annotated[int | None, typer.Option(help="How many seats it pays for.")] = None,
    leaderboard: Annotated[
        bool | None,
        typer.Option(
            "--leaderboard/--no-leaderboard", help="Whether it lists members who agree to that."
        ),
    ] = None,
    rename: Annotated[str | None, typer.Option(help="A new name for it.")] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Forget it, its members and its numbers.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make an organisation, or change or remove one; tell its uid."""

    def keep(conn: Connection) -> organisations.Organisation:
        project_id = access.find_project(conn, name).id
        found = _found_or_made(conn, project_id, organisation_name, not remove, seats)
        if remove:
            organisations.remove_organisation(conn, found.id)
            return found
        return organisations.change_organisation(
            conn, found.id, name=rename, seats=seats, leaderboard=leaderboard
        )

    kept = in_database(keep)
    answer(asdict(kept), f"Removed '{kept.name}'." if remove else _line(kept), as_json)


@told_plainly
def list_organisations(name: Name, as_json: AsJson = False) -> None:
    """List the organisations of a project."""
    found = in_database(
        lambda conn: organisations.list_organisations(conn, access.find_project(conn, name).id)
    )
    answer([asdict(each) for each in found], "\n".join(map(_line, found)), as_json)


@told_plainly
def member(
    name: Name,
    organisation_name: OrganisationName,
    user: UserId,
    username: Annotated[
        str | None, typer.Option(help="What colleagues know them by; needed for a new member.")
    ] = None,
    role: Annotated[str | None, typer.Option(help=f"{', '.join(MEMBER_ROLES)}.")] = None,
    team: Annotated[str | None, typer.Option(help="Their team, or '' for none.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="They are no member of it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take somebody into an organisation, change them or let them go; list its members."""
    given = {"username": username, "role": role, "team": team}
    told = {field: value for field, value in given.items() if value is not None}

    def keep(conn: Connection) -> list[members.Member]:
        project_id, key = key_of(conn, name, user)
        found = organisations.find_organisation(conn, project_id, organisation_name)
        if remove:
            members.remove_member(conn, found.id, key)
        elif any(each.actor_key == key for each in members.list_members(conn, found.id)):
            members.change_member(conn, found.id, key, **told)
        else:
            members.set_member(conn, found.id, key, **({"username": ""} | told))
        return members.list_members(conn, found.id)

    _answer_members(in_database(keep), as_json)


@told_plainly
def list_members(name: Name, organisation_name: OrganisationName, as_json: AsJson = False) -> None:
    """List the members of an organisation."""

    def read(conn: Connection) -> list[members.Member]:
        project_id = access.find_project(conn, name).id
        found = organisations.find_organisation(conn, project_id, organisation_name)
        return members.list_members(conn, found.id)

    _answer_members(in_database(read), as_json)


def _found_or_made(
    conn: Connection, project_id: int, name: str, may_make: bool, seats: int | None
) -> organisations.Organisation:
    try:
        return organisations.find_organisation(conn, project_id, name)
    except UnknownOrganisation:
        if not may_make:
            raise
        chosen = USUAL_SEATS if seats is None else seats
        return organisations.create_organisation(conn, project_id, name, chosen)


def _answer_members(found: list[members.Member], as_json: bool) -> None:
    lines = [f"{each.username}  {each.role}  {each.team or '-'}" for each in found]
    answer([_told(each) for each in found], "\n".join(lines) or "No members yet.", as_json)


def _told(found: members.Member) -> dict[str, Any]:
    """The member without what they are known by inside."""
    inside = ("actor_key", "organisation_id")
    return {name: value for name, value in asdict(found).items() if name not in inside}


def _line(found: organisations.Organisation) -> str:
    listed = "leaderboard" if found.leaderboard else "no leaderboard"
    return f"{found.name}  {found.seats} seats  {listed}  {found.uid}"

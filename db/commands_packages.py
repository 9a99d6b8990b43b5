"""Commands that register packages, and note their releases and authors."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from db import access, package_authors, package_versions, packages
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.errors import BadPackage, UnknownPackage

PackageName = Annotated[str, typer.Argument(help="The package's name or uid.")]


@told_plainly
def package(
    name: Name,
    package_name: Annotated[str, typer.Argument(help="The package's name, or uid to change it.")],
    summary: Annotated[str | None, typer.Option(help="What it is for, in a line.")] = None,
    public: Annotated[
        bool | None,
        typer.Option("--public/--private", help="Whether everybody sees what is published of it."),
    ] = None,
    rename: Annotated[str | None, typer.Option(help="A new name for it.")] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Forget it, its runs and its published numbers.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Register a package, or change or remove one; tell its uid."""

    def keep(conn: Connection) -> packages.Package:
        found = _found_or_made(conn, access.find_project(conn, name).id, package_name, not remove)
        if remove:
            packages.remove_package(conn, found.id)
            return found
        return packages.change_package(
            conn, found.id, name=rename, summary=summary, is_public=public
        )

    kept = in_database(keep)
    answer(asdict(kept), f"Removed '{kept.name}'." if remove else _line(kept), as_json)


@told_plainly
def list_packages(name: Name, as_json: AsJson = False) -> None:
    """List the packages of a project."""
    found = in_database(
        lambda conn: packages.list_packages(conn, access.find_project(conn, name).id)
    )
    answer([asdict(each) for each in found], "\n".join(map(_line, found)), as_json)


@told_plainly
def release(
    name: Name,
    package_name: PackageName,
    version: Annotated[str, typer.Argument(help="The version, as runs name it.")],
    at: Annotated[str, typer.Option(help="When, as ISO 8601; now if left out.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="It was not released.")] = False,
    as_json: AsJson = False,
) -> None:
    """Note that a version was released; list the versions, the newest first."""
    moment = _moment(at)

    def keep(conn: Connection) -> list[package_versions.Version]:
        found = packages.find_package(conn, access.find_project(conn, name).id, package_name)
        if not remove:
            package_versions.release(conn, found.id, version, moment)
        elif not package_versions.withdraw(conn, found.id, version):
            raise BadPackage(f"version: '{found.name}' has none called '{version}'.")
        return package_versions.list_versions(conn, found.id)

    known = in_database(keep)
    lines = [f"{each.version}  {each.released_at:%Y-%m-%d %H:%M}" for each in known]
    answer([asdict(each) for each in known], "\n".join(lines), as_json)


@told_plainly
def author(
    name: Name,
    package_name: PackageName,
    email: Annotated[str, typer.Argument(help="Who wrote it.")],
    remove: Annotated[bool, typer.Option("--remove", help="They are no author of it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make somebody an author of a package; list its authors. `invite` lets them in."""

    def keep(conn: Connection) -> list[str]:
        found = packages.find_package(conn, access.find_project(conn, name).id, package_name)
        if not remove:
            package_authors.add_author(conn, found.id, email)
        elif not package_authors.remove_author(conn, found.id, email):
            raise BadPackage(f"email: '{email}' is no author of '{found.name}'.")
        return package_authors.list_authors(conn, found.id)

    known = in_database(keep)
    answer(known, "\n".join(known) or "No authors yet.", as_json)


def _found_or_made(
    conn: Connection, project_id: int, name: str, may_make: bool
) -> packages.Package:
    try:
        return packages.find_package(conn, project_id, name)
    except UnknownPackage:
        if not may_make:
            raise
        return packages.create_package(conn, project_id, name)


def _moment(given: str) -> datetime | None:
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise BadPackage(f"at: '{given}' is no time of ISO 8601.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _line(found: packages.Package) -> str:
    return f"{found.name}  {'public' if found.is_public else 'private'}  {found.uid}"

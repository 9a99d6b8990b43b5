"""Packages: what is run or downloaded of a project."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from db.audit import note
from db.errors import BadPackage, PackageExists, UnknownPackage
from db.identity import uid_of
from db.lines import fault
from db.tables import (
    packages,
    published_blocks,
    published_people,
    runs,
    unpublished,
)

LONGEST_NAME = 100
LONGEST_SUMMARY = 300
PUBLISHED = (published_blocks, published_people, unpublished)


@dataclass(frozen=True, slots=True)
class Package:
    """What is run or downloaded; only of a public one may everybody see the published numbers."""

    id: int
    uid: UUID
    project_id: int
    name: str
    summary: str
    is_public: bool
    created_at: datetime


COLUMNS = tuple(packages.c[field.name] for field in fields(Package))


def create_package(
    conn: Connection, project_id: int, name: str, summary: str = "", *, is_public: bool = False
) -> Package:
    """Register a package; raises BadPackage and PackageExists."""
    values = _checked({"name": name, "summary": summary}) | {"is_public": is_public}
    new = insert(packages).values(project_id=project_id, **values)
    made = _written(conn, new.returning(*COLUMNS), name)
    note(conn, "package.create", told(made.id), project_id, name=made.name, is_public=is_public)
    return made


def change_package(
    conn: Connection,
    package_id: int,
    *,
    name: str | None = None,
    summary: str | None = None,
    is_public: bool | None = None,
) -> Package:
    """Change what is not None; raises BadPackage, PackageExists and UnknownPackage."""
    given = {"name": name, "summary": summary}
    texts = {key: text for key, text in given.items() if text is not None}
    values: dict[str, Any] = dict(_checked(texts))
    if is_public is not None:
        values["is_public"] = is_public
    if not values:
        return _one(conn, packages.c.id == package_id)
    changed = update(packages).where(packages.c.id == package_id).values(values)
    now = _written(conn, changed.returning(*COLUMNS), name or "")
    note(conn, "package.change", told(package_id), now.project_id, **values)
    return now


def find_package(conn: Connection, project_id: int, name_or_uid: str) -> Package:
    """The project's package of this name or uid; raises UnknownPackage."""
    uid = uid_of(name_or_uid)
    known = packages.c.name == name_or_uid if uid is None else packages.c.uid == uid
    return _one(conn, known & (packages.c.project_id == project_id))


def package_with_uid(conn: Connection, uid: UUID) -> Package | None:
    """The package of any project with this uid."""
    row = conn.execute(select(*COLUMNS).where(packages.c.uid == uid)).one_or_none()
    return None if row is None else Package(*row)


def list_packages(conn: Connection, project_id: int) -> list[Package]:
    """The packages of a project, by name."""
    ours = select(*COLUMNS).where(packages.c.project_id == project_id)
    return [Package(*row) for row in conn.execute(ours.order_by(packages.c.name))]


def packages_with(conn: Connection, ids: Collection[int]) -> list[Package]:
    """Those of these packages that there are, by name."""
    these = select(*COLUMNS).where(packages.c.id.in_(ids)).order_by(packages.c.name)
    return [Package(*row) for row in conn.execute(these)]


def remove_package(conn: Connection, package_id: int) -> None:
    """Forget a package with its runs and all that was published of it; its events stay."""
    for table in PUBLISHED:
        theirs = (table.c.owner == "package") & (table.c.owner_id == package_id)
        conn.execute(delete(table).where(theirs))
    conn.execute(delete(runs).where(runs.c.package_id == package_id))
    gone = delete(packages).where(packages.c.id == package_id)
    project_id = conn.execute(gone.returning(packages.c.project_id)).scalar_one_or_none()
    note(conn, "package.remove", told(package_id), project_id)


def told(package_id: int) -> str:
    """What the audit log calls it."""
    return f"package {package_id}"


def _checked(texts: dict[str, str]) -> dict[str, str]:
    """The texts without blanks around them; raises BadPackage."""
    tidy = {key: text.strip() for key, text in texts.items()}
    name, summary = tidy.get("name"), tidy.get("summary")
    if name is not None and (wrong := fault(name, LONGEST_NAME)):
        raise BadPackage(f"name: {wrong}")
    if name is not None and uid_of(name):
        raise BadPackage("name: it reads like an id.")
    if summary and (wrong := fault(summary, LONGEST_SUMMARY)):
        raise BadPackage(f"summary: {wrong}")
    return tidy


def _written(conn: Connection, statement: Any, name: str) -> Package:
    try:
        with conn.begin_nested():
            row = conn.execute(statement).one_or_none()
    except IntegrityError:
        raise PackageExists(f"A package named '{name}' exists already.") from None
    if row is None:
        raise UnknownPackage()
    return Package(*row)


def _one(conn: Connection, which: ColumnElement[bool]) -> Package:
    row = conn.execute(select(*COLUMNS).where(which)).one_or_none()
    if row is None:
        raise UnknownPackage()
    return Package(*row)


def count_of(conn: Connection, table: Table, package_id: int, *which: ColumnElement[bool]) -> int:
    """How many of these rows are of the package."""
    ours = select(func.count()).where(table.c.package_id == package_id, *which)
    return conn.execute(ours).scalar_one()

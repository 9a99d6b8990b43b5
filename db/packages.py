"""Packages, the versions that were released of them, and the people who wrote them."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from db.accounts import forget_uninvited
from db.audit import note
from db.errors import BadPackage, PackageExists, UnknownPackage
from db.identity import uid_of
from db.lines import fault
from db.tables import (
    package_authors,
    package_versions,
    packages,
    people,
    published_blocks,
    published_people,
    runs,
    unpublished,
)

LONGEST_NAME = 100
LONGEST_SUMMARY = 300
MOST_VERSIONS = 1_000
MOST_AUTHORS = 50
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


@dataclass(frozen=True, slots=True)
class Version:
    """A released version; `released_at` is aware."""

    version: str
    released_at: datetime


COLUMNS = tuple(packages.c[field.name] for field in fields(Package))


def create_package(
    conn: Connection, project_id: int, name: str, summary: str = "", *, is_public: bool = False
) -> Package:
    """Register a package; raises BadPackage and PackageExists."""
    values = _checked({"name": name, "summary": summary}) | {"is_public": is_public}
    new = insert(packages).values(project_id=project_id, **values)
    made = _written(conn, new.returning(*COLUMNS), name)
    note(conn, "package.create", _told(made.id), project_id, name=made.name, is_public=is_public)
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
    note(conn, "package.change", _told(package_id), now.project_id, **values)
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
    note(conn, "package.remove", _told(package_id), project_id)


# Versions -----------------------------------------------------------------------------------


def release(
    conn: Connection, package_id: int, version: str, released_at: datetime | None = None
) -> Version:
    """Keep when a version was released, by default now; a later call corrects that.

    Raises BadPackage.
    """
    if wrong := fault(version, LONGEST_NAME):
        raise BadPackage(f"version: {wrong}")
    others = package_versions.c.version != version
    if _count(conn, package_versions, package_id, others) >= MOST_VERSIONS:
        raise BadPackage(f"A package has at most {MOST_VERSIONS:,} versions.")
    values = {"package_id": package_id, "version": version}
    values["released_at"] = released_at or datetime.now(UTC)
    new = postgresql.insert(package_versions).values(values)
    newer = {"released_at": new.excluded.released_at}
    kept = new.on_conflict_do_update(index_elements=["package_id", "version"], set_=newer)
    v = package_versions.c
    made = Version(*conn.execute(kept.returning(v.version, v.released_at)).one())
    note(conn, "package.release", _told(package_id), version=version, at=made.released_at)
    return made


def list_versions(conn: Connection, package_id: int) -> list[Version]:
    """The released versions of a package, the newest first."""
    v = package_versions.c
    ours = select(v.version, v.released_at).where(v.package_id == package_id)
    rows = conn.execute(ours.order_by(v.released_at.desc(), v.version.desc()))
    return [Version(*row) for row in rows]


def withdraw(conn: Connection, package_id: int, version: str) -> bool:
    """Forget that a version was released; whether it was."""
    v = package_versions.c
    gone = delete(package_versions).where(v.package_id == package_id, v.version == version)
    if conn.execute(gone.returning(v.version)).one_or_none() is None:
        return False
    note(conn, "package.withdraw", _told(package_id), version=version)
    return True


# Authors ------------------------------------------------------------------------------------


def add_author(conn: Connection, package_id: int, email: str) -> None:
    """Make this person an author of the package; raises BadPackage.

    Somebody whom we don't know is noted as one who was not invited yet. So an author who adds
    another can't find out who signs in here.
    """
    address = email.strip().lower()
    if "@" not in address or fault(address, 254):
        raise BadPackage("email: it is no e-mail address.")
    if _count(conn, package_authors, package_id) >= MOST_AUTHORS:
        raise BadPackage(f"A package has at most {MOST_AUTHORS} authors.")
    new = postgresql.insert(people).values(email=address, role="author")
    conn.execute(new.on_conflict_do_nothing())
    person = conn.execute(select(people.c.id).where(people.c.email == address)).scalar_one()
    added = postgresql.insert(package_authors).values(package_id=package_id, person_id=person)
    conn.execute(added.on_conflict_do_nothing())
    note(conn, "package.add_author", _told(package_id), person=person)


def list_authors(conn: Connection, package_id: int) -> list[str]:
    """The addresses of a package's authors."""
    theirs = select(people.c.email).join(package_authors)
    ours = theirs.where(package_authors.c.package_id == package_id)
    return list(conn.execute(ours.order_by(people.c.email)).scalars())


def remove_author(
    conn: Connection, package_id: int, email: str, *, may_be_last: bool = True
) -> bool:
    """Whether this person was an author of the package, and is none any more.

    Whom nobody invited is forgotten with their last package. Raises BadPackage for the last author
    where `may_be_last` is false.
    """
    a = package_authors.c
    conn.execute(select(packages.c.id).where(packages.c.id == package_id).with_for_update())
    person = select(people.c.id).where(people.c.email == email.strip().lower()).scalar_subquery()
    gone = delete(package_authors).where(a.package_id == package_id, a.person_id == person)
    person_id = conn.execute(gone.returning(a.person_id)).scalar_one_or_none()
    if person_id is None:
        return False
    if not may_be_last and not _count(conn, package_authors, package_id):
        raise BadPackage("email: the last author; make somebody else one first.")
    forget_uninvited(conn, person_id)
    note(conn, "package.remove_author", _told(package_id), person=person_id)
    return True


def _told(package_id: int) -> str:
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


def _count(conn: Connection, table: Table, package_id: int, *which: ColumnElement[bool]) -> int:
    ours = select(func.count()).where(table.c.package_id == package_id, *which)
    return conn.execute(ours).scalar_one()

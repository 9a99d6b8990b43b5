"""The versions that were released of packages."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql

from db.audit import note
from db.errors import BadPackage
from db.lines import fault
from db.packages import LONGEST_NAME, count_of, told
from db.tables import package_versions

MOST_VERSIONS = 1_000


@dataclass(frozen=True, slots=True)
class Version:
    """A released version; `released_at` is aware."""

    version: str
    released_at: datetime


def release(
    conn: Connection, package_id: int, version: str, released_at: datetime | None = None
) -> Version:
    """Keep when a version was released, by default now; a later call corrects that.

    Raises BadPackage.
    """
    if wrong := fault(version, LONGEST_NAME):
        raise BadPackage(f"version: {wrong}")
    others = package_versions.c.version != version
    if count_of(conn, package_versions, package_id, others) >= MOST_VERSIONS:
        raise BadPackage(f"A package has at most {MOST_VERSIONS:,} versions.")
    values = {"package_id": package_id, "version": version}
    values["released_at"] = released_at or datetime.now(UTC)
    new = postgresql.insert(package_versions).values(values)
    newer = {"released_at": new.excluded.released_at}
    kept = new.on_conflict_do_update(index_elements=["package_id", "version"], set_=newer)
    v = package_versions.c
    made = Version(*conn.execute(kept.returning(v.version, v.released_at)).one())
    note(conn, "package.release", told(package_id), version=version, at=made.released_at)
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
    note(conn, "package.withdraw", told(package_id), version=version)
    return True

"""Managing packages and organisations in one's own name: who may, and how it is answered.

What somebody may not change and what does not exist take the same way and get the same answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Engine

from analytics.community.authority import (
    may_change_organisation,
    may_change_package,
    may_give_role,
    may_register,
)
from analytics.scope import Viewer
from db.access import find_project, project_secret
from db.errors import (
    BadMember,
    BadOrganisation,
    BadPackage,
    OrganisationExists,
    PackageExists,
    UnknownMember,
    UnknownOrganisation,
    UnknownPackage,
    UnknownProject,
)
from db.identity import actor_key
from db.organisations import (
    Organisation,
    list_organisations,
    organisation_with_uid,
    organisations_with,
)
from db.packages import Package, list_packages, package_with_uid, packages_with
from ingest_api.asking import asked
from ingest_api.problems import Problem, told_as
from ingest_api.state import state_of
from ingest_api.tokens import viewer

T = TypeVar("T")
Uid = Annotated[UUID, Path(alias="id")]
Work = Callable[[Connection, Viewer], T]
STATUSES = {
    UnknownPackage: 404,
    UnknownOrganisation: 404,
    UnknownMember: 404,
    UnknownProject: 404,
    PackageExists: 409,
    OrganisationExists: 409,
    BadPackage: 422,
    BadOrganisation: 422,
    BadMember: 422,
}
REGISTRARS = "Administrators of this installation do that."
OWNERS = "role: owners are made and unmade by owners."


class Sent(BaseModel):
    """A body that has no members but those that are documented."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Manager:
    """The person whose token a request carries, and where their work is done."""

    viewer: Viewer
    engine: Engine

    async def do(self, work: Work[T]) -> T:
        """What the work returns, done in one transaction; raises Problem as STATUSES says."""
        with told_as(STATUSES):
            return await asked(_in_transaction, self.engine, self.viewer, work)


async def managing(request: Request, scope: str = "manage") -> Manager:
    """Who manages, before anything of the body is read; raises Problem 401, 403 and 429."""
    return Manager(await viewer(request, scope), state_of(request).engine)


def _in_transaction(engine: Engine, seen: Viewer, work: Work[T]) -> T:
    with engine.begin() as conn:
        return work(conn, seen)


def project_to_fill(conn: Connection, seen: Viewer, name: str) -> int:
    """The id of the project; raises Problem 403 for who may not register, and UnknownProject."""
    if not may_register(seen):
        raise Problem(403, REGISTRARS)
    return find_project(conn, name).id


def package_to_change(conn: Connection, seen: Viewer, uid: UUID) -> Package:
    """The package; raises UnknownPackage for one that this viewer may not change, too."""
    found = package_with_uid(conn, uid)
    if found is None or not may_change_package(seen, found):
        raise UnknownPackage()
    return found


def organisation_to_change(conn: Connection, seen: Viewer, uid: UUID) -> Organisation:
    """The organisation; raises UnknownOrganisation for one that isn't this viewer's, too."""
    found = organisation_with_uid(conn, uid)
    if found is None or not may_change_organisation(seen, found):
        raise UnknownOrganisation()
    return found


def on_package(uid: UUID, act: Callable[[Connection, Package], T]) -> Work[T]:
    """The work that acts on this package, if who wants it may change it."""
    return lambda conn, seen: act(conn, package_to_change(conn, seen, uid))


def on_organisation(uid: UUID, act: Callable[[Connection, Organisation], T]) -> Work[T]:
    """The work that acts on this organisation, if who wants it may change it."""
    return lambda conn, seen: act(conn, organisation_to_change(conn, seen, uid))


def packages_to_change(conn: Connection, seen: Viewer) -> list[Package]:
    """All packages that this viewer may change."""
    if not may_register(seen):
        return packages_with(conn, seen.packages)
    return [each for id_ in sorted(seen.projects) for each in list_packages(conn, id_)]


def organisations_to_change(conn: Connection, seen: Viewer) -> list[Organisation]:
    """All organisations that this viewer may change."""
    if not may_register(seen):
        return organisations_with(conn, seen.organisations)
    return [each for id_ in sorted(seen.projects) for each in list_organisations(conn, id_)]


def key_of_user(conn: Connection, project_id: int, user_id: str) -> int:
    """The actor that a user of the product is."""
    return actor_key(project_secret(conn, project_id), user_id)


def check_role(
    conn: Connection, seen: Viewer, organisation: Organisation, key: int, role: str
) -> None:
    """Raises Problem 403 where this viewer may not give this member that role, or take it away."""
    if not may_give_role(conn, seen, organisation, key, role):
        raise Problem(403, OWNERS)

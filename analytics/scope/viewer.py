"""Who asks, and what their role lets them ask about."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from db import access
from db.standing import standing_of

FIELDS = ("product", "business", "operations", "feedback")
ROLE_FIELDS: dict[str, frozenset[str]] = {
    "admin": frozenset(FIELDS),
    "executive": frozenset(FIELDS),
    "product": frozenset({"product", "operations", "feedback"}),
    "operations": frozenset({"product", "operations"}),
}
USAGE = frozenset({"product", "business"})  # the fields that are made of usage
AUTHOR, HEAD, OWN = "packages", "organisation", "own"  # fields of what is somebody's, not a role's


def roles_of(field: str) -> tuple[str, ...]:
    """The roles that may ask the questions of a field."""
    return tuple(role for role, fields in ROLE_FIELDS.items() if field in fields)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the person, the role, and what is theirs to see.

    `packages` are those that they are an author of, `organisations` those that they are the owner
    or an admin of, and `actors` who they are in which project: (project_id, actor_key).
    """

    person_id: int | None
    email: str
    role: str
    projects: frozenset[int]
    packages: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    actors: frozenset[tuple[int, int]] = frozenset()

    @property
    def fields(self) -> frozenset[str]:
        """The fields whose questions this viewer may ask: by role, or as of what is theirs."""
        theirs = {
            AUTHOR: self.role == "author" or self.packages,
            HEAD: self.role == "org_admin" or self.organisations,
            OWN: self.person_id is not None,
        }
        held = frozenset(field for field, holds in theirs.items() if holds)
        return ROLE_FIELDS.get(self.role, frozenset()) | held

    def actor_in(self, project_id: int) -> int | None:
        """The key of the actor that this viewer is in a project; None where nobody knows."""
        return next((key for project, key in self.actors if project == project_id), None)

    def unnamed(self) -> "Viewer":
        """Somebody with the same rights, but for what is of the person alone."""
        return replace(self, person_id=None, email="")

    def may(self, field: str) -> bool:
        """Whether this viewer may ask the questions of a field."""
        return field in self.fields

    def sees(self, project_id: int, field: str) -> bool:
        """Whether this viewer may ask the questions of a field about a project."""
        return project_id in self.projects and self.may(field)


PUBLIC = Viewer(person_id=None, email="", role="public", projects=frozenset())


def viewer_of(conn: Connection, session_token: str | None) -> Viewer:
    """Who holds this sign-in; the public when there is none or it is no longer valid."""
    person = access.person_of(conn, session_token) if session_token else None
    if person is None:
        return PUBLIC
    return viewer_as(conn, person)


def viewer_as(conn: Connection, person: access.Person) -> Viewer:
    """The person as a viewer, with all that is theirs now."""
    theirs = standing_of(conn, person.id)
    return Viewer(
        person.id,
        person.email,
        person.role,
        person.projects,
        theirs.packages,
        theirs.organisations,
        theirs.actors,
    )


def within(viewer: Viewer, field: str) -> Viewer:
    """The viewer when the role may ask this field's questions, else the public."""
    return viewer if viewer.may(field) else PUBLIC

"""Who asks, and what their role lets them ask about."""

from dataclasses import dataclass

from sqlalchemy import Connection

from db import access

FIELDS = ("product", "business", "operations", "feedback")
ROLE_FIELDS: dict[str, frozenset[str]] = {
    "admin": frozenset(FIELDS),
    "executive": frozenset(FIELDS),
    "product": frozenset({"product", "operations", "feedback"}),
    "operations": frozenset({"product", "operations"}),
}
USAGE = frozenset({"product", "business"})  # the fields that are made of usage


def roles_of(field: str) -> tuple[str, ...]:
    """The roles that may ask the questions of a field."""
    return tuple(role for role, fields in ROLE_FIELDS.items() if field in fields)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the person, the role, and the projects, packages and organisations they may see."""

    person_id: int | None
    email: str
    role: str
    projects: frozenset[int]
    packages: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()

    @property
    def fields(self) -> frozenset[str]:
        """The fields whose questions this role may ask."""
        return ROLE_FIELDS.get(self.role, frozenset())

    def may(self, field: str) -> bool:
        """Whether this role may ask the questions of a field."""
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
    return Viewer(person.id, person.email, person.role, person.projects)


def within(viewer: Viewer, field: str) -> Viewer:
    """The viewer when the role may ask this field's questions, else the public."""
    return viewer if viewer.may(field) else PUBLIC

"""Who of several people that look at the same thing may still see it, in one statement."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, func, literal, or_, select

from db.identity import token_hash
from db.tables import memberships, people, sign_ins


def roles_of(conn: Connection, tokens: Iterable[str], project_id: int) -> dict[bytes, str]:
    """The role of each of these sign-ins that is valid and may see the project, by its hash.

    What `person_of` says of each, for as many as there are: an account that was closed, a sign-in
    that has ended and a project that was taken away are noticed.
    """
    hashes = [token_hash(token) for token in tokens]
    rows = conn.execute(
        select(sign_ins.c.token_hash, people.c.role)
        .join(people, people.c.id == sign_ins.c.person_id)
        .where(sign_ins.c.token_hash.in_(hashes), sign_ins.c.expires_at > func.now())
        .where(people.c.closed_at.is_(None))
        .where(or_(people.c.role == "admin", _is_member(project_id)))
    )
    return {bytes(row.token_hash): row.role for row in rows}


def _is_member(project_id: int) -> ColumnElement[bool]:
    m = memberships.c
    ours = m.person_id == people.c.id, m.project_id == project_id
    return select(literal(1)).where(*ours).exists()

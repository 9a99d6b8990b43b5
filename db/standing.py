"""Where somebody who signs in stands: what they wrote, whom they answer for, and who they are."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Connection,
    Integer,
    bindparam,
    literal,
    select,
    union_all,
)

from db.tables import organisation_members, package_authors, person_actors

HEADS = ("owner", "admin")  # the roles of members who see their organisation as a whole
PACKAGE, ORGANISATION, ACTOR = "package", "organisation", "actor"
NO_ACTOR = literal(0, BigInteger)


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's packages and organisations by id, and their actors as (project_id, actor_key).

    `packages` are those that they are an author of, `organisations` those that they head.
    """

    packages: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    actors: frozenset[tuple[int, int]] = frozenset()


def standing_of(conn: Connection, person_id: int) -> Standing:
    """Where this person stands now, asked in one statement: it is asked at every request."""
    rows = conn.execute(STANDING, {"person": person_id}).all()
    return Standing(
        frozenset(id_ for kind, id_, _ in rows if kind == PACKAGE),
        frozenset(id_ for kind, id_, _ in rows if kind == ORGANISATION),
        frozenset((id_, actor_key) for kind, id_, actor_key in rows if kind == ACTOR),
    )


def _standing() -> CompoundSelect[Any]:
    mine, member = person_actors.c, organisation_members.c
    person = bindparam("person", type_=Integer)
    own = mine.person_id == person
    written = select(literal(PACKAGE).label("kind"), package_authors.c.package_id, NO_ACTOR)
    headed = select(literal(ORGANISATION), member.organisation_id, NO_ACTOR).join(
        person_actors,
        (mine.project_id == member.project_id) & (mine.actor_key == member.actor_key),
    )
    return union_all(
        written.where(package_authors.c.person_id == person),
        headed.where(own, member.role.in_(HEADS)),
        select(literal(ACTOR), mine.project_id, mine.actor_key).where(own),
    )


STANDING = _standing()

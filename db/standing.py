"""Where somebody who signs in stands: what they wrote, whom they answer for, and who they are."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from db.tables import organisation_members, package_authors, person_actors

HEADS = ("owner", "admin")  # the roles of members who see their organisation as a whole


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's packages and organisations by id, and their actors as (project_id, actor_key).

    `packages` are those that they are an author of, `organisations` those that they head.
    """

    packages: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    actors: frozenset[tuple[int, int]] = frozenset()


def standing_of(conn: Connection, person_id: int) -> Standing:
    """Where this person stands now."""
    mine, member = person_actors.c, organisation_members.c
    written = select(package_authors.c.package_id).where(package_authors.c.person_id == person_id)
    actors = select(mine.project_id, mine.actor_key).where(mine.person_id == person_id)
    headed = select(member.organisation_id).join(
        person_actors,
        (mine.project_id == member.project_id) & (mine.actor_key == member.actor_key),
    )
    return Standing(
        frozenset(conn.execute(written).scalars()),
        frozenset(
            conn.execute(
                headed.where(mine.person_id == person_id, member.role.in_(HEADS))
            ).scalars()
        ),
        frozenset((row.project_id, row.actor_key) for row in conn.execute(actors)),
    )

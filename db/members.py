"""The members of organisations: known by their actor, shown by the name that they chose there."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadMember, UnknownMember, UnknownOrganisation
from db.lines import fault
from db.tables import MEMBER_ROLES, organisation_members, organisations

LONGEST_NAME = 100
MOST_MEMBERS = 100_000


@dataclass(frozen=True, slots=True)
class Member:
    """A member; `listed` says whether they agreed to stand in the leaderboard by name."""

    organisation_id: int
    actor_key: int
    username: str
    role: str
    team: str
    listed: bool
    joined_at: datetime


m = organisation_members.c
COLUMNS = tuple(m[field.name] for field in fields(Member))


def set_member(
    conn: Connection,
    organisation_id: int,
    actor_key: int,
    username: str,
    *,
    role: str = "member",
    team: str = "",
) -> Member:
    """Take somebody in, or change who is one already; what they agreed to stays.

    Raises BadMember and UnknownOrganisation.
    """
    values = _checked({"username": username, "role": role, "team": team})
    project_id = _hold(conn, organisation_id)
    _keep_an_owner(conn, organisation_id, actor_key, role)
    _check_room(conn, organisation_id, actor_key)
    place = {"organisation_id": organisation_id, "actor_key": actor_key, "project_id": project_id}
    new = insert(organisation_members).values(place | values)
    changed = {name: new.excluded[name] for name in values}
    kept = new.on_conflict_do_update(index_elements=["organisation_id", "actor_key"], set_=changed)
    made = Member(*conn.execute(kept.returning(*COLUMNS)).one())
    note(conn, "member.set", f"organisation {organisation_id}", project_id, role=role, team=team)
    return made


def change_member(
    conn: Connection,
    organisation_id: int,
    actor_key: int,
    *,
    username: str | None = None,
    role: str | None = None,
    team: str | None = None,
) -> Member:
    """Change what is not None; raises BadMember, UnknownMember and UnknownOrganisation."""
    _hold(conn, organisation_id)
    old = find_member(conn, organisation_id, actor_key)
    return set_member(
        conn,
        organisation_id,
        actor_key,
        old.username if username is None else username,
        role=role or old.role,
        team=old.team if team is None else team,
    )


def remove_member(conn: Connection, organisation_id: int, actor_key: int) -> None:
    """Let a member go; raises BadMember for the last owner, UnknownMember, UnknownOrganisation."""
    project_id = _hold(conn, organisation_id)
    old = find_member(conn, organisation_id, actor_key)
    _keep_an_owner(conn, organisation_id, actor_key, role="")
    conn.execute(delete(organisation_members).where(_is(organisation_id, actor_key)))
    note(conn, "member.remove", f"organisation {organisation_id}", project_id, role=old.role)


def agree_to_be_listed(
    conn: Connection, organisation_id: int, actor_key: int, listed: bool
) -> None:
    """What a member themselves says to standing in the leaderboard; raises UnknownMember."""
    said = update(organisation_members).where(_is(organisation_id, actor_key))
    project_id = conn.execute(
        said.values(listed=listed).returning(m.project_id)
    ).scalar_one_or_none()
    if project_id is None:
        raise UnknownMember()
    note(conn, "member.list", f"organisation {organisation_id}", project_id, listed=listed)


def find_member(conn: Connection, organisation_id: int, actor_key: int) -> Member:
    """The member who is this actor; raises UnknownMember."""
    found = select(*COLUMNS).where(_is(organisation_id, actor_key))
    row = conn.execute(found).one_or_none()
    if row is None:
        raise UnknownMember()
    return Member(*row)


def role_of(conn: Connection, organisation_id: int, actor_key: int) -> str:
    """The role of this actor in the organisation; "" of who is no member."""
    query = select(m.role).where(_is(organisation_id, actor_key))
    return conn.execute(query).scalar_one_or_none() or ""


def list_members(conn: Connection, organisation_id: int) -> list[Member]:
    """The members of an organisation, by name."""
    ours = select(*COLUMNS).where(m.organisation_id == organisation_id)
    return [Member(*row) for row in conn.execute(ours.order_by(m.username, m.actor_key))]


def _is(organisation_id: int, actor_key: int) -> ColumnElement[bool]:
    return (m.organisation_id == organisation_id) & (m.actor_key == actor_key)


def _hold(conn: Connection, organisation_id: int) -> int:
    """Let nobody else change its members until this transaction ends; its project."""
    o = organisations.c
    held = select(o.project_id).where(o.id == organisation_id).with_for_update()
    project_id: int | None = conn.execute(held).scalar_one_or_none()
    if project_id is None:
        raise UnknownOrganisation()
    return project_id


def _keep_an_owner(conn: Connection, organisation_id: int, actor_key: int, role: str) -> None:
    """The last owner stays one: nobody else could make another."""
    owned = select(m.actor_key).where(m.organisation_id == organisation_id, m.role == "owner")
    if role != "owner" and list(conn.execute(owned).scalars()) == [actor_key]:
        raise BadMember("role: the last owner stays the owner; make somebody else one first.")


def _check_room(conn: Connection, organisation_id: int, actor_key: int) -> None:
    others = select(func.count()).where(
        m.organisation_id == organisation_id, m.actor_key != actor_key
    )
    if conn.execute(others).scalar_one() >= MOST_MEMBERS:
        raise BadMember(f"An organisation has at most {MOST_MEMBERS:,} members.")


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The texts without blanks around them; raises BadMember."""
    tidy = {name: text.strip() for name, text in values.items()}
    if tidy["role"] not in MEMBER_ROLES:
        raise BadMember(f"role: it is one of {', '.join(MEMBER_ROLES)}.")
    if wrong := fault(tidy["username"], LONGEST_NAME):
        raise BadMember(f"username: {wrong}")
    if tidy["team"] and (wrong := fault(tidy["team"], LONGEST_NAME)):
        raise BadMember(f"team: {wrong}")
    return tidy

"""Accounts of people who sign in: who they are in each project, and their end."""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from db.access import Person, person_in
from db.audit import note
from db.errors import BadLink, UnknownPerson
from db.tables import (
    access_tokens,
    invites,
    memberships,
    package_authors,
    page_ratings,
    people,
    person_actors,
    saved_views,
    sign_ins,
)

LETS_IN = (sign_ins, invites, access_tokens)
THEIRS = (*LETS_IN, memberships, package_authors, page_ratings, person_actors)


def find_person(conn: Connection, email: str) -> Person:
    """Who may sign in under this address; raises UnknownPerson."""
    chosen = select(people.c.id, people.c.email, people.c.role)
    open_ones = chosen.where(people.c.email == email.lower(), people.c.closed_at.is_(None))
    row = conn.execute(open_ones).one_or_none()
    if row is None:
        raise UnknownPerson()
    return person_in(conn, row)


def link_actor(conn: Connection, person_id: int, project_id: int, actor_key: int) -> None:
    """Note which actor of a project this person is, so that they see their own usage.

    Replaces what was noted before; raises BadLink when that actor is somebody else.
    """
    values = {"person_id": person_id, "project_id": project_id, "actor_key": actor_key}
    new = insert(person_actors).values(values)
    same = {"actor_key": new.excluded.actor_key}
    try:
        with conn.begin_nested():
            conn.execute(
                new.on_conflict_do_update(index_elements=["person_id", "project_id"], set_=same)
            )
    except IntegrityError:
        raise BadLink() from None
    note(conn, "person.link", f"person {person_id}", project_id)


def close_account(conn: Connection, person_id: int) -> None:
    """End an account: sign-ins, access links and tokens at once, the rest after thirty days.

    Until then an invitation that the person accepts opens it again.
    """
    for table in LETS_IN:
        conn.execute(delete(table).where(table.c.person_id == person_id))
    still = (people.c.id == person_id) & people.c.closed_at.is_(None)
    conn.execute(update(people).where(still).values(closed_at=func.now()))
    note(conn, "person.close", f"person {person_id}")


def closed_before(conn: Connection, moment: datetime) -> list[int]:
    """The accounts that were closed before this and are not nobody's yet; each is held."""
    p = people.c
    past = select(p.id).where(p.closed_at < moment, p.email.contains("@")).order_by(p.id)
    return list(conn.execute(past.with_for_update(skip_locked=True)).scalars())


def forget_uninvited(conn: Connection, person_id: int) -> None:
    """Forget an author who was noted, never invited, and has no package any more."""
    p = people.c
    conn.execute(select(p.id).where(p.id == person_id).with_for_update())
    nothing = [~exists().where(table.c.person_id == person_id) for table in THEIRS]
    noted = (p.id == person_id) & (p.role == "author") & ~p.is_persona
    conn.execute(delete(people).where(noted, *nothing))


def actors_of(conn: Connection, person_id: int) -> list[tuple[int, int]]:
    """Who this person is in the projects that know it: (project_id, actor_key)."""
    a = person_actors.c
    theirs = select(a.project_id, a.actor_key).where(a.person_id == person_id)
    return [(row.project_id, row.actor_key) for row in conn.execute(theirs.order_by(a.project_id))]


def make_nobodys(conn: Connection, person_id: int) -> None:
    """Forget whose account this was; what they shared with colleagues stays, as nobody's."""
    for table in THEIRS:
        conn.execute(delete(table).where(table.c.person_id == person_id))
    own = (saved_views.c.person_id == person_id) & (saved_views.c.shared_with == [])
    conn.execute(delete(saved_views).where(own))
    nobody = {"email": f"nobody-{person_id}", "role": "member"}
    conn.execute(update(people).where(people.c.id == person_id).values(nobody))
    note(conn, "person.forget", f"person {person_id}")

"""Projects, API keys, people, invitations and sign-ins."""

import secrets
import zoneinfo
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DataError, IntegrityError

from db.audit import note
from db.errors import BadAccessLink, BadSetting, ProjectExists, UnknownProject
from db.identity import new_token, token_hash
from db.lines import is_mailbox
from db.tables import (
    CONSENT_MODES,
    ROLES,
    api_keys,
    invites,
    memberships,
    people,
    projects,
    sign_ins,
)

INVITE_LASTS = timedelta(days=7)
SIGN_IN_LASTS = timedelta(days=14)
EVERY_PROJECT = select(projects.c.id)
PROJECTS_OF = select(memberships.c.project_id).where(memberships.c.person_id == bindparam("person"))
SIGNED_IN = (
    select(people.c.id, people.c.email, people.c.role)
    .join(sign_ins, sign_ins.c.person_id == people.c.id)
    .where(sign_ins.c.token_hash == bindparam("token"), sign_ins.c.expires_at > func.now())
    .where(people.c.closed_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Project:
    """One product whose usage is measured, with its own consent, time zone and retention."""

    id: int
    name: str
    consent: str
    timezone: str
    retention_months: int | None
    keyless_track: bool
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in, and the projects they may see."""

    id: int
    email: str
    role: str
    projects: frozenset[int]


# Projects -----------------------------------------------------------------------------------


def create_project(
    conn: Connection,
    name: str,
    *,
    consent: str = "opt-in",
    timezone: str = "UTC",
    retention_months: int | None = 12,
    keyless_track: bool = False,
    is_demo: bool = False,
) -> Project:
    """Make a project; raises ProjectExists and BadSetting."""
    _check_project(name, consent, timezone, retention_months)
    _check_zone(conn, timezone)
    values: dict[str, Any] = {
        "name": name,
        "consent": consent,
        "timezone": timezone,
        "retention_months": retention_months,
        "keyless_track": keyless_track,
        "is_demo": is_demo,
    }
    new = insert(projects).values(values | {"secret": secrets.token_bytes(32)})
    try:
        with conn.begin_nested():
            row = conn.execute(new.returning(*_project_columns())).one()
    except IntegrityError:
        raise ProjectExists(
            f"A project named '{name}' exists already; choose another name."
        ) from None
    note(conn, "project.create", name, row.id, **values)
    return Project(*row)


def find_project(conn: Connection, name: str) -> Project:
    """The project of this name; raises UnknownProject."""
    row = conn.execute(select(*_project_columns()).where(projects.c.name == name)).one_or_none()
    if row is None:
        raise UnknownProject(f"No project is named '{name}'.")
    return Project(*row)


def list_projects(conn: Connection) -> list[Project]:
    """All projects, by name."""
    return [Project(*row) for row in conn.execute(select(*_project_columns()).order_by("name"))]


def project_secret(conn: Connection, project_id: int) -> bytes:
    """The secret under which this project's ids are hashed."""
    query = select(projects.c.secret).where(projects.c.id == project_id)
    secret: bytes = conn.execute(query).scalar_one()
    return secret


def _project_columns() -> list[Any]:
    return [projects.c[field.name] for field in fields(Project)]


def _check_project(name: str, consent: str, timezone: str, months: int | None) -> None:
    if not 0 < len(name) <= 100 or not name.isprintable() or name != name.strip():
        raise BadSetting("A project's name has 1 to 100 printable characters, no blank at an end.")
    if consent not in CONSENT_MODES:
        raise BadSetting(f"Consent is one of {', '.join(CONSENT_MODES)}, not '{consent}'.")
    if timezone not in _time_zones():
        raise BadSetting(f"'{timezone}' is no time zone of the IANA list, such as Europe/Berlin.")
    if months is not None and not 0 < months <= 1200:
        raise BadSetting("Retention is a number of months from 1 to 1200, or none.")


def _check_zone(conn: Connection, timezone: str) -> None:
    """The database has a list of its own, by which rollups are cut into days."""
    try:
        with conn.begin_nested():
            conn.execute(select(func.timezone(timezone, func.now())))
    except DataError:
        raise BadSetting(f"The database knows no time zone '{timezone}'.") from None


@cache
def _time_zones() -> set[str]:
    """The names of the IANA list; to gather them reads several hundred files."""
    return zoneinfo.available_timezones()


PERSONAS = {
    "executive": "executive@demo.example",
    "product": "product@demo.example",
    "operations": "operations@demo.example",
    "author": "author@demo.example",
    "org_admin": "org-admin@demo.example",
    "member": "member@demo.example",
}


def create_demo(conn: Connection, name: str) -> Project:
    """A project for invented data, with a persona of every role who may see it.

    It keeps events of any age and takes keyless command-line events, to be tried out.
    """
    project = create_project(
        conn, name, consent="opt-out", retention_months=None, keyless_track=True, is_demo=True
    )
    for role, email in PERSONAS.items():
        ensure_person(conn, email, role, (project.id,), is_persona=True)
    return project


# Keys ---------------------------------------------------------------------------------------


def create_key(conn: Connection, project_id: int, scope: str) -> str:
    """A new key, told this once: only its hash and its first characters are kept."""
    key = new_token("ll" + scope[0])
    values = {"project_id": project_id, "hint": key[:9], "key_hash": token_hash(key)}
    conn.execute(insert(api_keys).values(values | {"scope": scope}))
    note(conn, "key.create", key[:9], project_id, scope=scope)
    return key


def revoke_key(conn: Connection, key_or_hint: str) -> int:
    """Revoke the key, or all keys with this hint; returns how many."""
    matches = (api_keys.c.key_hash == token_hash(key_or_hint)) | (api_keys.c.hint == key_or_hint)
    revoked = conn.execute(
        update(api_keys)
        .where(matches, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .returning(api_keys.c.hint, api_keys.c.project_id)
    ).all()
    for row in revoked:
        note(conn, "key.revoke", row.hint, row.project_id)
    return len(revoked)


# People -------------------------------------------------------------------------------------


def invite(conn: Connection, email: str, role: str, project_ids: tuple[int, ...] = ()) -> str:
    """The token of a one-time access link for this person, who is made or gets the new role."""
    if role not in ROLES:
        raise BadSetting(f"A role is one of {', '.join(ROLES)}, not '{role}'.")
    if not is_mailbox(email):
        raise BadSetting(f"'{email}' is no e-mail address.")
    person_id = ensure_person(conn, email, role, project_ids)
    token = new_token("lla")
    expires = datetime.now(UTC) + INVITE_LASTS
    values = {"person_id": person_id, "token_hash": token_hash(token), "expires_at": expires}
    conn.execute(insert(invites).values(values))
    note(conn, "person.invite", f"person {person_id}", role=role, projects=project_ids)
    return token


def ensure_person(
    conn: Connection,
    email: str,
    role: str,
    project_ids: tuple[int, ...] = (),
    is_persona: bool = False,
) -> int:
    """The id of the person with this address, made or updated to this role and these projects."""
    new = postgresql.insert(people).values(email=email.lower(), role=role, is_persona=is_persona)
    person_id: int = conn.execute(
        new.on_conflict_do_update(
            index_elements=["email"], set_={"role": new.excluded.role}
        ).returning(people.c.id)
    ).scalar_one()
    for project_id in project_ids:
        member = {"person_id": person_id, "project_id": project_id}
        conn.execute(postgresql.insert(memberships).values(member).on_conflict_do_nothing())
    return person_id


def accept_invite(conn: Connection, token: str) -> str:
    """Use an access link up and return the token of a new sign-in; raises BadAccessLink.

    An account that was closed, and is not nobody's yet, is open again.
    """
    used = conn.execute(
        update(invites)
        .where(
            invites.c.token_hash == token_hash(token),
            invites.c.used_at.is_(None),
            invites.c.expires_at > func.now(),
        )
        .values(used_at=func.now())
        .returning(invites.c.person_id)
    ).scalar_one_or_none()
    if used is None:
        raise BadAccessLink()
    conn.execute(update(people).where(people.c.id == used).values(closed_at=None))
    return sign_in(conn, used)


def sign_in(conn: Connection, person_id: int) -> str:
    """The token of a new sign-in; only its hash is stored."""
    token = new_token("lls")
    expires = datetime.now(UTC) + SIGN_IN_LASTS
    values = {"person_id": person_id, "token_hash": token_hash(token), "expires_at": expires}
    conn.execute(insert(sign_ins).values(values))
    note(conn, "person.sign_in", f"person {person_id}")
    return token


def sign_out(conn: Connection, token: str) -> None:
    """End the sign-in of this token, if there is one."""
    mine = delete(sign_ins).where(sign_ins.c.token_hash == token_hash(token))
    ended = conn.execute(mine.returning(sign_ins.c.person_id)).scalar_one_or_none()
    if ended is not None:
        note(conn, "person.sign_out", f"person {ended}")


def person_of(conn: Connection, token: str) -> Person | None:
    """Who holds this sign-in, with the projects they may see; None when it is not valid."""
    row = conn.execute(SIGNED_IN, {"token": token_hash(token)}).one_or_none()
    return None if row is None else person_in(conn, row)


def personas(conn: Connection) -> list[Person]:
    """The invented people that a demo offers, in the order of their making."""
    chosen = select(people.c.id, people.c.email, people.c.role).where(
        people.c.is_persona, people.c.closed_at.is_(None)
    )
    return [person_in(conn, row) for row in conn.execute(chosen.order_by(people.c.id)).all()]


def person_in(conn: Connection, row: Any) -> Person:
    """The person whose id, email and role are in a row, with the projects they may see."""
    visible = EVERY_PROJECT if row.role == "admin" else PROJECTS_OF
    ids = conn.execute(visible, {"person": row.id}).scalars()
    return Person(row.id, row.email, row.role, frozenset(ids))

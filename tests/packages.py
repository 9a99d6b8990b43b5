"""A package, an organisation and what somebody ran, for tests of what becomes of them."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Connection, insert

from db.access import ensure_person
from db.accounts import link_actor
from db.errors import UnknownOrganisation, UnknownPackage
from db.members import set_member
from db.organisations import Organisation, create_organisation, find_organisation
from db.packages import Package, create_package, find_package
from db.partitions import ensure_months
from db.tables import member_days, published_people, runs, unpublished

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


def a_package(conn: Connection, project_id: int, name: str = "code-reviewer") -> Package:
    """The project's package of this name, made when there is none."""
    try:
        return find_package(conn, project_id, name)
    except UnknownPackage:
        return create_package(conn, project_id, name)


def an_organisation(conn: Connection, project_id: int, name: str = "Acme") -> Organisation:
    """The project's organisation of this name, made when there is none."""
    try:
        return find_organisation(conn, project_id, name)
    except UnknownOrganisation:
        return create_organisation(conn, project_id, name, 5)


def add_member(conn: Connection, project_id: int, actor_key: int) -> None:
    """Make the actor a member who signs in."""
    acme = an_organisation(conn, project_id)
    set_member(conn, acme.id, actor_key, "ann")
    person = ensure_person(conn, f"{project_id}-{actor_key}@x.example", "member")
    link_actor(conn, person, project_id, actor_key)


def add_run(
    conn: Connection, project_id: int, actor_key: int, at: datetime = AT, stream: str = "runs"
) -> None:
    """A run of the actor at this time, and what is kept of it until and after it is published."""
    package, acme = a_package(conn, project_id), an_organisation(conn, project_id)
    who = {"project_id": project_id, "actor_key": actor_key}
    ensure_months(conn, [at.date()])
    ran = {"run_id": uuid4(), "occurred_at": at, "batch_id": 1, "kind": "run"}
    conn.execute(insert(runs).values(who | ran | {"package_id": package.id}))
    owned = who | {"owner": "package", "owner_id": package.id, "stream": stream}
    of = {"day": at.date(), "package_id": package.id, "organisation_id": acme.id}
    conn.execute(insert(unpublished).values(owned | of))
    seen = {"cut": "", "key": f"{at}", "last_start": at.date()}
    conn.execute(insert(published_people).values(owned | seen))
    day = {"organisation_id": acme.id, "day": at.date(), "last_at": at}
    conn.execute(insert(member_days).values(who | day))

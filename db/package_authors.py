"""The people who wrote packages."""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql

from db.accounts import forget_uninvited
from db.audit import note
from db.errors import BadPackage
from db.lines import is_mailbox
from db.packages import count_of, told
from db.tables import package_authors, packages, people

MOST_AUTHORS = 50


def add_author(conn: Connection, package_id: int, email: str) -> None:
    """Make this person an author of the package; raises BadPackage.

    Somebody whom we don't know is noted as one who was not invited yet. So an author who adds
    another can't find out who signs in here.
    """
    address = email.strip().lower()
    if not is_mailbox(address):
        raise BadPackage("email: it is no e-mail address.")
    if count_of(conn, package_authors, package_id) >= MOST_AUTHORS:
        raise BadPackage(f"A package has at most {MOST_AUTHORS} authors.")
    new = postgresql.insert(people).values(email=address, role="author")
    conn.execute(new.on_conflict_do_nothing())
    person = conn.execute(select(people.c.id).where(people.c.email == address)).scalar_one()
    added = postgresql.insert(package_authors).values(package_id=package_id, person_id=person)
    conn.execute(added.on_conflict_do_nothing())
    note(conn, "package.add_author", told(package_id), person=person)


def list_authors(conn: Connection, package_id: int) -> list[str]:
    """The addresses of a package's authors."""
    theirs = select(people.c.email).join(package_authors)
    ours = theirs.where(package_authors.c.package_id == package_id)
    return list(conn.execute(ours.order_by(people.c.email)).scalars())


def remove_author(
    conn: Connection, package_id: int, email: str, *, may_be_last: bool = True
) -> bool:
    """Whether this person was an author of the package, and is none any more.

    Whom nobody invited is forgotten with their last package. Raises BadPackage for the last author
    where `may_be_last` is false.
    """
    a = package_authors.c
    conn.execute(select(packages.c.id).where(packages.c.id == package_id).with_for_update())
    person = select(people.c.id).where(people.c.email == email.strip().lower()).scalar_subquery()
    gone = delete(package_authors).where(a.package_id == package_id, a.person_id == person)
    person_id = conn.execute(gone.returning(a.person_id)).scalar_one_or_none()
    if person_id is None:
        return False
    if not may_be_last and not count_of(conn, package_authors, package_id):
        raise BadPackage("email: the last author; make somebody else one first.")
    forget_uninvited(conn, person_id)
    note(conn, "package.remove_author", told(package_id), person=person_id)
    return True

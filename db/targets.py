"""Targets: where messages of a project go. Their addresses are secrets: kept, used, never told."""

from collections.abc import Sequence
from dataclasses import dataclass

from apprise import Apprise
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadTarget
from db.tables import MESSAGE_KINDS, targets

LONGEST_NAME = 100
LONGEST_ADDRESS = 2_000


@dataclass(frozen=True, slots=True)
class Target:
    """One of them, without its address."""

    name: str
    kinds: tuple[str, ...]


def set_target(
    conn: Connection, project_id: int, name: str, address: str, kinds: Sequence[str]
) -> Target:
    """Send messages of these kinds to an address of Apprise; replaces what the name stood for.

    Raises BadTarget.
    """
    _check(name, address, kinds)
    values = {"project_id": project_id, "name": name, "address": address, "kinds": list(kinds)}
    new = insert(targets).values(values)
    same = {"address": new.excluded.address, "kinds": new.excluded.kinds}
    conn.execute(new.on_conflict_do_update(index_elements=["project_id", "name"], set_=same))
    note(conn, "target.set", name, project_id, kinds=list(kinds))
    return Target(name, tuple(kinds))


def list_targets(conn: Connection, project_id: int) -> list[Target]:
    """The targets of a project, by name."""
    theirs = select(targets.c.name, targets.c.kinds).where(targets.c.project_id == project_id)
    rows = conn.execute(theirs.order_by(targets.c.name))
    return [Target(row.name, tuple(row.kinds)) for row in rows]


def remove_target(conn: Connection, project_id: int, name: str) -> bool:
    """Send nothing there any more, also of what waits; whether the target was there."""
    gone = delete(targets).where(targets.c.project_id == project_id, targets.c.name == name)
    if conn.execute(gone.returning(targets.c.id)).one_or_none() is None:
        return False
    note(conn, "target.remove", name, project_id)
    return True


def _check(name: str, address: str, kinds: Sequence[str]) -> None:
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadTarget(f"name: it has 1 to {LONGEST_NAME} printable characters.")
    if not kinds or not set(kinds) <= set(MESSAGE_KINDS):
        raise BadTarget(f"kind: it is one of {', '.join(MESSAGE_KINDS)}.")
    if len(address) > LONGEST_ADDRESS or not address.isprintable():
        raise BadTarget()
    if Apprise.instantiate(address, suppress_exceptions=True) is None:
        raise BadTarget()

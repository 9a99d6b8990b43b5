"""What is decided about a group of failures: resolved, ignored, or open again."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from db.audit import note
from db.errors import BadSetting, UnknownErrorGroup
from db.tables import error_groups

LONGEST_RELEASE = 100  # characters, as of an event's version


def resolve(
    conn: Connection,
    project_id: int,
    fingerprint: int,
    person_id: int | None,
    now: datetime,
    release: str = "",
) -> None:
    """Say that the cause is gone: from now on, or where a release is named, in it and later ones.

    A failure after `now` in such a release opens the group again, as one that came back. Raises
    UnknownErrorGroup and BadSetting.
    """
    if len(release) > LONGEST_RELEASE or not release.isprintable():
        raise BadSetting(f"A release has at most {LONGEST_RELEASE} printable characters.")
    cured = {"resolved_at": now, "resolved_release": release.strip()}
    _decide(conn, project_id, fingerprint, "resolved", person_id, cured)
    note(conn, "error_group.resolve", name_of(fingerprint), project_id, release=release.strip())


def ignore(conn: Connection, project_id: int, fingerprint: int, person_id: int | None) -> None:
    """Keep the group off the list, however often it fails; raises UnknownErrorGroup."""
    _decide(conn, project_id, fingerprint, "ignored", person_id)
    note(conn, "error_group.ignore", name_of(fingerprint), project_id)


def reopen(conn: Connection, project_id: int, fingerprint: int, person_id: int | None) -> None:
    """Have the group looked at again, as if nothing was decided; raises UnknownErrorGroup."""
    _decide(conn, project_id, fingerprint, "open", person_id)
    note(conn, "error_group.reopen", name_of(fingerprint), project_id)


def name_of(fingerprint: int) -> str:
    """How people and addresses call a group: its fingerprint as 16 hexadecimal digits."""
    return f"{fingerprint % 2**64:016x}"


def fingerprint_of(name: str) -> int | None:
    """The fingerprint that a name spells; None where it spells none."""
    try:
        number = int(name, 16)
    except ValueError:
        return None
    return None if not 0 <= number < 2**64 else number - (number >> 63 << 64)


def _decide(
    conn: Connection,
    project_id: int,
    fingerprint: int,
    state: str,
    person_id: int | None,
    cured: dict[str, Any] | None = None,
) -> None:
    """Set the state, and what was known of a cure or a return anew."""
    values = {"resolved_at": None, "resolved_release": "", "regressed_at": None} | (cured or {})
    g = error_groups.c
    changing = (
        update(error_groups)
        .where(g.project_id == project_id, g.fingerprint == fingerprint)
        .values(state=state, person_id=person_id, **values)
        .returning(g.fingerprint)
    )
    if conn.execute(changing).one_or_none() is None:
        raise UnknownErrorGroup("No failures of this kind are on record.")

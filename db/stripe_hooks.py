"""Where Stripe sends a project's events to, and the secret that their signatures are made with.

The secret is kept and used, and never told.
"""

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadSetting
from db.tables import stripe_hooks

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{8,200}")
NOT_YET = ""  # the secret of a hook whose address Stripe has not been told yet


@dataclass(frozen=True, slots=True)
class Hook:
    """A project's hook; without a secret it takes nothing."""

    project_id: int
    secret: str


def make_hook(conn: Connection, project_id: int) -> UUID:
    """The id that the address of a project's hook ends with, a new one where there is none."""
    known = stripe_hooks.c.project_id == project_id
    found: UUID | None = conn.execute(
        select(stripe_hooks.c.hook_id).where(known)
    ).scalar_one_or_none()
    if found is not None:
        return found
    hook_id = uuid4()
    values = {"project_id": project_id, "hook_id": hook_id, "secret": NOT_YET}
    conn.execute(insert(stripe_hooks).values(values))
    note(conn, "stripe_hook.create", project_id=project_id)
    return hook_id


def set_secret(conn: Connection, project_id: int, secret: str) -> UUID:
    """Check signatures with this secret from now on; raises BadSetting for what is none."""
    if not SECRET.fullmatch(secret):
        raise BadSetting("A signing secret of Stripe begins with whsec_.")
    hook_id = make_hook(conn, project_id)
    ours = stripe_hooks.c.project_id == project_id
    conn.execute(stripe_hooks.update().where(ours).values(secret=secret))
    note(conn, "stripe_hook.change", project_id=project_id)
    return hook_id


def remove_hook(conn: Connection, project_id: int) -> bool:
    """Take no more events of Stripe; whether any were taken before."""
    gone = delete(stripe_hooks).where(stripe_hooks.c.project_id == project_id)
    removed = conn.execute(gone.returning(stripe_hooks.c.hook_id)).one_or_none() is not None
    if removed:
        note(conn, "stripe_hook.remove", project_id=project_id)
    return removed


def find_hook(conn: Connection, hook_id: UUID) -> Hook | None:
    """The hook with this id, None for an unknown one and for one without a secret."""
    h = stripe_hooks.c
    chosen = select(h.project_id, h.secret).where(h.hook_id == hook_id, h.secret != NOT_YET)
    row = conn.execute(chosen).one_or_none()
    return Hook(*row) if row else None

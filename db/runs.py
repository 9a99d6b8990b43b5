"""Runs of packages, found by the id that their senders were told."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from db.tables import packages, runs


@dataclass(frozen=True, slots=True)
class Ran:
    """A run of a package, as what people say of it needs it."""

    run_id: UUID
    actor_key: int
    package_id: int
    package: str
    version: str
    model: str
    organisation_id: int


def find_run(
    conn: Connection, project_id: int, run_id: UUID, actor_key: int | None = None
) -> Ran | None:
    """The run with this id, of this actor or of whoever ran it; its package stays till the commit.

    Ids are the senders' own: one that several people ran under tells nobody, and so finds nothing.
    """
    r = runs.c
    mine = (r.project_id == project_id) & (r.run_id == run_id)
    if actor_key is not None:
        mine &= r.actor_key == actor_key
    query = (
        select(r.run_id, r.actor_key, r.package_id, packages.c.name.label("package"))
        .add_columns(r.version, r.model, r.organisation_id)
        .join(packages, packages.c.id == r.package_id)
        .where(mine)
        .order_by(r.occurred_at.desc())
        .with_for_update(read=True, key_share=True, of=packages)
    )
    found: list[Any] = list(conn.execute(query))
    if len({row.actor_key for row in found}) != 1:
        return None
    return Ran(**found[0]._mapping)

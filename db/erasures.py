"""Erasures: who asked to be forgotten, and the receipt of it once the worker has done so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import UnknownErasure
from db.tables import erasures


@dataclass(frozen=True, slots=True)
class Erasure:
    """One of them: times are aware; `receipt` counts rows by table, None until it is done."""

    id: int
    asked_at: datetime
    done_at: datetime | None
    receipt: dict[str, int] | None


COLUMNS = tuple(erasures.c[name] for name in ("id", "asked_at", "done_at", "receipt"))


def ask_erasure(conn: Connection, project_id: int, actor_key: int) -> Erasure:
    """Have this actor erased; asking again while that waits is the same erasure."""
    new = insert(erasures).values(project_id=project_id, actor_key=actor_key)
    asked = new.on_conflict_do_update(
        index_elements=["project_id", "actor_key"],
        index_where=erasures.c.done_at.is_(None),
        set_={"asked_at": erasures.c.asked_at},
    )
    erasure = Erasure(*conn.execute(asked.returning(*COLUMNS)).one())
    note(conn, "erasure.ask", f"erasure {erasure.id}", project_id)
    return erasure


def find_erasure(conn: Connection, project_id: int, erasure_id: int) -> Erasure:
    """The erasure of this id in the project; raises UnknownErasure."""
    ours = (erasures.c.project_id == project_id) & (erasures.c.id == erasure_id)
    row = conn.execute(select(*COLUMNS).where(ours)).one_or_none()
    if row is None:
        raise UnknownErasure()
    return Erasure(*row)


def next_erasure(conn: Connection) -> tuple[int, int, int] | None:
    """Id, project and actor of the one that waits longest and that no other worker holds."""
    e = erasures.c
    waiting = select(e.id, e.project_id, e.actor_key).where(e.done_at.is_(None)).order_by(e.id)
    held = waiting.limit(1).with_for_update(skip_locked=True)
    row = conn.execute(held).one_or_none()
    return None if row is None else (row.id, row.project_id, row.actor_key)


def finish_erasure(conn: Connection, erasure_id: int, receipt: dict[str, int]) -> None:
    """Keep the receipt, and forget whose it is."""
    done = update(erasures).where(erasures.c.id == erasure_id)
    conn.execute(done.values(done_at=func.now(), receipt=receipt, actor_key=0))

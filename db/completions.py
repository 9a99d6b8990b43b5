"""Which event ends what another begins, per project: what completion rates are measured by."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadSetting
from db.tables import completions


@dataclass(frozen=True, slots=True)
class Completion:
    """The names of two events of the same subject: the start, and the end that completes it."""

    start: str
    done: str


def set_completion(conn: Connection, project_id: int, start: str, done: str) -> Completion:
    """Let one event end what another begins; a start has one end, so a former one is replaced.

    Raises BadSetting for names that are empty or equal.
    """
    if not start or not done or start == done:
        raise BadSetting("A start and its end are the names of two different events.")
    pair = {"project_id": project_id, "start_name": start, "done_name": done}
    upsert = insert(completions).values(pair)
    replaced = {"done_name": upsert.excluded.done_name}
    key = [completions.c.project_id, completions.c.start_name]
    conn.execute(upsert.on_conflict_do_update(index_elements=key, set_=replaced))
    note(conn, "completion.set", start, project_id, done=done)
    return Completion(start, done)


def remove_completion(conn: Connection, project_id: int, start: str) -> bool:
    """Measure the completion of what this event begins no more; whether it was measured."""
    ours = (completions.c.project_id == project_id) & (completions.c.start_name == start)
    query = delete(completions).where(ours).returning(completions.c.id)
    if conn.execute(query).first() is None:
        return False
    note(conn, "completion.remove", start, project_id)
    return True


def list_completions(conn: Connection, project_id: int) -> list[Completion]:
    """The pairs of a project, by the name of their start."""
    c = completions.c
    query = select(c.start_name, c.done_name).where(c.project_id == project_id)
    return [Completion(*row) for row in conn.execute(query.order_by(c.start_name))]

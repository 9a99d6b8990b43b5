"""Goals: what a figure of a project shall reach, and until when."""

from dataclasses import dataclass
from datetime import date
from math import isfinite

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadGoal
from db.tables import goals

LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class Goal:
    """The value that a metric shall reach, in its unit; with a day, or for good."""

    metric: str
    value: float
    due: date | None = None


def set_goal(conn: Connection, project_id: int, goal: Goal, person_id: int | None = None) -> None:
    """Keep a goal in place of the one on the same metric; raises BadGoal."""
    if not (isfinite(goal.value) and abs(goal.value) <= LARGEST):
        raise BadGoal(f"value: it is a number up to {LARGEST:g}.")
    _keep(conn, project_id, goal, person_id, dropped=False)
    note(conn, "goal.set", goal.metric, project_id, value=goal.value, due=goal.due)


def drop_goal(conn: Connection, project_id: int, metric: str, person_id: int | None = None) -> None:
    """Have no goal on this metric, also where there is a default."""
    _keep(conn, project_id, Goal(metric, 0.0), person_id, dropped=True)
    note(conn, "goal.drop", metric, project_id)


def reset_goal(conn: Connection, project_id: int, metric: str) -> None:
    """Have the default again, or none where there is no default."""
    ours = (goals.c.project_id == project_id) & (goals.c.metric == metric)
    conn.execute(delete(goals).where(ours))
    note(conn, "goal.reset", metric, project_id)


def _keep(
    conn: Connection, project_id: int, goal: Goal, person_id: int | None, *, dropped: bool
) -> None:
    values = {"value": goal.value, "due": goal.due, "person_id": person_id, "is_dropped": dropped}
    new = insert(goals).values(values | {"project_id": project_id, "metric": goal.metric})
    same = {name: new.excluded[name] for name in values}
    conn.execute(new.on_conflict_do_update(index_elements=["project_id", "metric"], set_=same))

"""Forgetting: personal feedback is kept for six months; the scores stay, as nobody's."""

from datetime import datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy import ColumnElement, Connection, delete, func, or_, select, update

from db.tables import feedback, feedback_history, invitations, projects

MONTHS = 6  # or what the project keeps events for, where that is less
FORGOTTEN = {"actor_key": 0, "interaction": "", "comment": None, "context": None} | {
    "released_by": None,
    "released_at": None,
}


def forget_old_feedback(conn: Connection, now: datetime) -> int:
    """Take person, interaction, comment, context and history from what is old; returns how many.

    Of a survey's invitations, too, nobody can say any more to whom they were shown.
    """
    found = conn.execute(select(projects.c.id, projects.c.retention_months)).all()
    return sum(
        _forget(conn, project_id, now - relativedelta(months=min(MONTHS, months or MONTHS)))
        for project_id, months in found
    )


def _forget(conn: Connection, project_id: int, before: datetime) -> int:
    f, h, shown = feedback.c, feedback_history.c, invitations.c
    ours = f.project_id == project_id
    conn.execute(
        delete(feedback_history).where(
            h.said_at < before, h.feedback_id.in_(select(f.id).where(ours))
        )
    )
    old = f.said_at < before, func.coalesce(f.changed_at, f.said_at) < before
    forgetting = update(feedback).where(ours, *old, _is_somebodys()).values(FORGOTTEN)
    gone = conn.execute(forgetting.returning(f.id)).all()
    of_somebody = (shown.project_id == project_id) & (shown.actor_key != 0)
    past = update(invitations).where(of_somebody, shown.shown_at < before)
    conn.execute(past.values(actor_key=0))
    return len(gone)


def _is_somebodys() -> ColumnElement[bool]:
    f = feedback.c
    told = (f.actor_key != 0, f.interaction != "", f.comment.is_not(None), f.context.is_not(None))
    return or_(*told)

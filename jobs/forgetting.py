"""Forgetting: personal feedback is kept for six months; the scores stay, as nobody's."""

from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy import ColumnElement, Connection, delete, func, or_, select, update

from db.tables import (
    CLOSED_REQUESTS,
    feedback,
    feedback_history,
    invitations,
    messages,
    notices,
    projects,
    requests,
    surveys,
    votes,
)

MONTHS = 6  # or what the project keeps events for, where that is less
MESSAGES_KEPT = timedelta(days=30)
FORGOTTEN = {"actor_key": 0, "interaction": "", "comment": None, "context": None} | {
    "released_by": None,
    "released_at": None,
}

NOBODYS = {"actor_key": 0, "external_id": None, "details": ""}  # the title others may have read


def forget_old_feedback(conn: Connection, now: datetime) -> int:
    """Take person, interaction, comment, context and history from what is old; returns how many.

    To whom a survey was shown is forgotten once that keeps no survey quiet any more, and who wanted
    a request once it was answered that long ago. Messages are deleted that wait for no try.
    """
    found = conn.execute(select(projects.c.id, projects.c.retention_months)).all()
    gone = 0
    for project_id, months in found:
        before = now - relativedelta(months=min(MONTHS, months or MONTHS))
        gone += _forget_said(conn, project_id, before)
        _forget_shown(conn, project_id, before, now)
        _forget_wanted(conn, project_id, before)
    done = messages.c.due_at.is_(None) & (messages.c.created_at < now - MESSAGES_KEPT)
    conn.execute(delete(messages).where(done))
    return gone


def _forget_said(conn: Connection, project_id: int, before: datetime) -> int:
    f, h = feedback.c, feedback_history.c
    ours = f.project_id == project_id
    conn.execute(
        delete(feedback_history).where(
            h.said_at < before, h.feedback_id.in_(select(f.id).where(ours))
        )
    )
    old = f.said_at < before, func.coalesce(f.changed_at, f.said_at) < before
    forgetting = update(feedback).where(ours, *old, _is_somebodys()).values(FORGOTTEN)
    return len(conn.execute(forgetting.returning(f.id)).all())


def _forget_shown(conn: Connection, project_id: int, before: datetime, now: datetime) -> None:
    """Forget to whom surveys were shown, but for as long as one that isn't over asks for quiet."""
    s, shown = surveys.c, invitations.c
    still = or_(s.ends_at.is_(None), s.ends_at > now)
    longest = select(func.max(s.quiet_days)).where(s.project_id == project_id, still)
    quiet = timedelta(days=conn.execute(longest).scalar_one() or 0)
    of_somebody = (shown.project_id == project_id) & (shown.actor_key != 0)
    past = update(invitations).where(of_somebody, shown.shown_at < min(before, now - quiet))
    conn.execute(past.values(actor_key=0))


def _forget_wanted(conn: Connection, project_id: int, before: datetime) -> None:
    """Forget who asked for and who voted for what was answered, or merged into what was."""
    r, standing = requests.c, requests.alias("standing").c
    latest = func.greatest(r.asked_at, standing.closed_at, standing.shipped_at, standing.told_at)
    answered = (
        select(r.id)
        .where(standing.id == func.coalesce(r.merged_into, r.id), r.project_id == project_id)
        .where(standing.state.in_(CLOSED_REQUESTS), latest < before)
    )
    known = or_(r.actor_key != 0, r.details != "")
    conn.execute(update(requests).where(r.id.in_(answered), known).values(NOBODYS))
    for table in (votes, notices):
        conn.execute(delete(table).where(table.c.request_id.in_(answered)))


def _is_somebodys() -> ColumnElement[bool]:
    f = feedback.c
    told = (f.actor_key != 0, f.interaction != "", f.comment.is_not(None), f.context.is_not(None))
    return or_(*told)

"""Store what the people of the demo said, in place of what an earlier fill stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa
from sqlalchemy import Connection, case, delete, func, insert, select, update

from db.access import PERSONAS, Project
from db.demo.copying import copy_rows
from db.demo.feedback import asking, planning, surveys
from db.demo.feedback.comments import Crowd, said
from db.demo.shape import Shape
from db.tables import feedback, feedback_history, people, requests, themes
from db.tables import surveys as surveys_table

CHANGED = 40  # every so manieth rating replaced an earlier one
UNREAD = timedelta(days=10)  # newer comments have not been looked at
TIME_TO_ANSWER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Heard:
    """What is said in a day, and the visits at which more may be asked."""

    said: pa.Table
    visits: pa.Table


def hear(crowd: Crowd, day: int, events: pa.Table) -> Heard:
    """All that the people of a day's events have to say; the day counts from 0."""
    return Heard(said(crowd, day, events), surveys.visits(crowd, events))


def keep(conn: Connection, project: Project, crowd: Crowd, heard: Sequence[Heard]) -> None:
    """Store all of it, with the surveys, requests and plans that belong to it."""
    _forget(conn, project)
    persona = select(people.c.id).where(people.c.email == PERSONAS["product"])
    maker = conn.execute(persona).scalar_one_or_none()
    comments = pa.concat_tables([each.said for each in heard]).sort_by("said_at")
    copy_rows(conn, feedback, {"project_id": project.id}, comments)
    visits = pa.concat_tables([each.visits for each in heard])
    asking.keep(conn, project, crowd, visits)
    planning.keep(conn, project, crowd, visits, maker)
    _replace_some(conn, project)
    if maker is not None:
        _work_through(conn, project, crowd.shape, maker)


def _forget(conn: Connection, project: Project) -> None:
    """Votes, invitations and history go with what they belong to."""
    for table in (feedback, surveys_table, requests, themes):
        conn.execute(delete(table).where(table.c.project_id == project.id))


def _replace_some(conn: Connection, project: Project) -> None:
    """Some people changed their rating an hour later; what they had said first is history."""
    later = feedback.c.said_at + timedelta(hours=1)
    some = (feedback.c.project_id == project.id) & (feedback.c.kind == "rating")
    some &= (feedback.c.id % CHANGED == 0) & (later < func.now())
    first = case((feedback.c.score > 2, feedback.c.score - 1), else_=feedback.c.score + 1)
    columns = [feedback.c.id, first, feedback.c.helpful, feedback.c.said_at, later]
    names = ["feedback_id", "score", "helpful", "said_at", "replaced_at"]
    conn.execute(insert(feedback_history).from_select(names, select(*columns).where(some)))
    conn.execute(update(feedback).where(some).values(changed_at=later))


def _work_through(conn: Connection, project: Project, shape: Shape, maker: int) -> None:
    """Most comments that are not new were seen, some answered, and some may be shown."""
    turn = feedback.c.id % 20
    state = case((turn < 9, "seen"), (turn < 13, "answered"), (turn < 14, "shipped"), else_="new")
    old = (feedback.c.project_id == project.id) & feedback.c.comment.is_not(None)
    old &= feedback.c.said_at < shape.now - UNREAD
    conn.execute(
        update(feedback)
        .where(old)
        .values(state=state, assignee_id=case((turn.between(6, 13), maker)))
    )
    checked = feedback.c.corrected.is_not(None) & (feedback.c.project_id == project.id)
    conn.execute(update(feedback).where(checked).values(corrected_by=maker))
    praise = old & (turn == 9) & (feedback.c.score >= 4)
    shown = {"released_by": maker, "released_at": feedback.c.said_at + TIME_TO_ANSWER}
    conn.execute(update(feedback).where(praise).values(shown))

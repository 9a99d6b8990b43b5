"""Store what the people of the demo said, in place of what an earlier fill stored."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, case, delete, insert, select

from db.access import PERSONAS, Project
from db.demo.copying import copy_rows
from db.demo.feedback import asking, planning, surveys
from db.demo.feedback.comments import Crowd, said
from db.demo.feedback.handling import handled
from db.tables import EXPOSURE, feedback, feedback_history, people, requests, themes
from db.tables import surveys as surveys_table


@dataclass(frozen=True, slots=True)
class Heard:
    """What is said in a day, and the visits at which more may be asked."""

    said: pa.Table
    visits: pa.Table


def hear(crowd: Crowd, day: int, events: pa.Table) -> Heard:
    """All that the people of a day's events have to say; the day counts from 0.

    Nothing is said after an exposure: nobody does that.
    """
    events = events.filter(pc.not_equal(events["name"], EXPOSURE))
    return Heard(said(crowd, day, events), surveys.visits(crowd, events))


def keep(conn: Connection, project: Project, crowd: Crowd, heard: Sequence[Heard]) -> None:
    """Store all of it, with the surveys, requests and plans that belong to it."""
    _forget(conn, project)
    persona = select(people.c.id).where(people.c.email == PERSONAS["product"])
    maker = conn.execute(persona).scalar_one_or_none()
    comments = pa.concat_tables([each.said for each in heard]).sort_by("said_at")
    copy_rows(conn, feedback, {"project_id": project.id}, handled(crowd.shape, comments, maker))
    _remember(conn, project)
    visits = pa.concat_tables([each.visits for each in heard])
    asking.keep(conn, project, crowd, visits)
    planning.keep(conn, project, crowd, visits, maker)


def _forget(conn: Connection, project: Project) -> None:
    """Votes, invitations and history go with what they belong to."""
    for table in (feedback, surveys_table, requests, themes):
        conn.execute(delete(table).where(table.c.project_id == project.id))


def _remember(conn: Connection, project: Project) -> None:
    """What those who changed their rating had said first, one star off."""
    first = case((feedback.c.score > 2, feedback.c.score - 1), else_=feedback.c.score + 1)
    f = feedback.c
    names = ["feedback_id", "score", "helpful", "said_at", "replaced_at"]
    before = select(f.id, first, f.helpful, f.said_at, f.changed_at).where(
        f.project_id == project.id, f.changed_at.is_not(None)
    )
    conn.execute(insert(feedback_history).from_select(names, before))

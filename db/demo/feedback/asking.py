"""Store the surveys of the demo with their invitations and answers."""

import pyarrow as pa
from sqlalchemy import Connection, func, insert, update

from db.access import Project
from db.demo.copying import copy_rows
from db.demo.feedback.comments import Crowd
from db.demo.feedback.surveys import SURVEYS, Survey, answers, shown
from db.demo.shape import Shape
from db.tables import feedback, invitations, surveys


def keep(conn: Connection, project: Project, crowd: Crowd, visits: pa.Table) -> None:
    """Store every survey, to whom it was shown at their visits, and what they answered."""
    for number, survey in enumerate(SURVEYS):
        ours = {"project_id": project.id, "survey_id": _make(conn, project, crowd.shape, survey)}
        asked = shown(crowd, visits, number)
        rows = asked.select(["actor_key", "occurred_at"]).rename_columns(["actor_key", "shown_at"])
        copy_rows(conn, invitations, ours, rows)
        copy_rows(conn, feedback, ours, answers(crowd, asked, number))
        _match(conn, ours["survey_id"])


def _make(conn: Connection, project: Project, shape: Shape, survey: Survey) -> int:
    begin, end = (shape.instant(day) for day in survey.span(shape))
    values = {
        "project_id": project.id,
        "name": survey.name,
        "questions": list(survey.questions),
        "event": survey.event,
        "sample": round(survey.sample[1] - survey.sample[0], 2),
        "starts_at": begin,
        "ends_at": end if end < shape.now else None,
    }
    made = insert(surveys).values(values).returning(surveys.c.id)
    survey_id: int = conn.execute(made).scalar_one()
    return survey_id


def _match(conn: Connection, survey_id: int) -> None:
    """Tie answers to their invitations: nobody was invited to a survey twice."""
    theirs = (invitations.c.survey_id == survey_id) & (feedback.c.survey_id == survey_id)
    theirs &= invitations.c.actor_key == feedback.c.actor_key
    occasion = func.concat("survey-", invitations.c.id, "-", feedback.c.question)
    conn.execute(update(feedback).where(theirs).values(interaction=occasion))
    conn.execute(update(invitations).where(theirs).values(answered_at=feedback.c.said_at))

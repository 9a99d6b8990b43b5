"""The surveys of a project: to how many they were shown in the range, and how many answered."""

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, Subquery, case, func, literal, select

from analytics.filters import Filters
from analytics.scope import Viewer, visible_invitations, visible_segments, visible_surveys
from db.questions import questions_of

ORDER = ("running", "planned", "over")
FRAME = {
    "survey_id": "int64",
    "name": "str",
    "state": "str",
    "questions": "object",
    "segment": "str",
    "role": "str",
    "event": "str",
    "sample": "float64",
    "quiet_days": "int64",
    "starts_at": "datetime64[us]",
    "ends_at": "datetime64[us]",
    "shown": "int64",
    "answered": "int64",
    "response_rate": "float64",
}


def surveys_of(conn: Connection, viewer: Viewer, filters: Filters) -> pd.DataFrame:
    """One row a survey: those that run first, then planned ones, then those that are over.

    Columns: survey_id (int64), name (str), state (str: running, planned or over), questions
    (object: a tuple of Question), segment (str, missing where it is for everybody, "" where the
    segment is gone), role and event (str, "" for any), sample (float64, a share), quiet_days
    (int64), starts_at and ends_at (datetime64[us], wall time of the project's zone; NaT until it
    is ended), shown and answered (int64: invitations of the range and segment, and those of them
    that were answered), response_rate (float64, answered / shown; NaN where none was shown).
    """
    found = conn.execute(surveys_sql(viewer, filters)).mappings().all()
    rows = [dict(row) | {"questions": questions_of(row["questions"])} for row in found]
    frame = pd.DataFrame(rows, columns=list(FRAME))
    for name in ("starts_at", "ends_at"):
        times = pd.to_datetime(frame[name], utc=True)
        frame[name] = times.dt.tz_convert(filters.zone).dt.tz_localize(None)
    return frame.astype(FRAME)


def surveys_sql(viewer: Viewer, filters: Filters) -> Select[Any]:
    """The statement of `surveys_of`, with the questions as JSON and times as instants."""
    surveys = visible_surveys(viewer, filters.project_id)
    segments = visible_segments(viewer, filters.project_id)
    turnouts = _turnouts(viewer, filters)
    survey, segment, turnout = surveys.c, segments.c, turnouts.c
    state = _state(surveys, filters)
    shown, answered = (func.coalesce(turnout[name], 0) for name in ("shown", "answered"))
    named = case((survey.segment_id.is_not(None), func.coalesce(segment.name, "")))
    return (
        select(
            survey.id.label("survey_id"),
            survey.name,
            state.label("state"),
            survey.questions,
            named.label("segment"),
            *(survey[name] for name in ("role", "event", "sample", "quiet_days")),
            survey.starts_at,
            survey.ends_at,
            shown.label("shown"),
            answered.label("answered"),
            (answered * 1.0 / func.nullif(shown, 0)).label("response_rate"),
        )
        .select_from(surveys)
        .outerjoin(turnouts, turnout.survey_id == survey.id)
        .outerjoin(segments, segment.id == survey.segment_id)
        .order_by(
            case({name: place for place, name in enumerate(ORDER)}, value=state),
            survey.starts_at.desc(),
            survey.id,
        )
    )


def _state(surveys: Subquery, filters: Filters) -> ColumnElement[str]:
    return case(
        (surveys.c.ends_at <= filters.now, literal("over")),
        (surveys.c.starts_at > filters.now, literal("planned")),
        else_=literal("running"),
    )


def _turnouts(viewer: Viewer, filters: Filters) -> Subquery:
    invitation = visible_invitations(viewer, filters).c
    return (
        select(
            invitation.survey_id,
            func.count().label("shown"),
            func.count(invitation.answered_at).label("answered"),
        )
        .group_by(invitation.survey_id)
        .subquery("turnouts")
    )

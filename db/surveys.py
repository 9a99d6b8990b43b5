"""Surveys: what is asked of whom, from when until when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from db.audit import note
from db.errors import BadSurvey, SurveyExists, UnknownSurvey
from db.lines import fault, one_line
from db.questions import Question, checked_questions, questions_of
from db.tables import segments, surveys

LONGEST_NAME = 100
LONGEST_TARGET = 100
LONGEST_QUIET = 3_650  # days
USUAL_QUIET = 90
COLUMNS = tuple(
    surveys.c[name]
    for name in (
        "id",
        "project_id",
        "name",
        "questions",
        "segment_id",
        "role",
        "event",
        "sample",
        "quiet_days",
        "starts_at",
        "ends_at",
    )
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to ask, and whom: "" and None mean anybody, any time, from now on."""

    name: str
    questions: tuple[Question, ...]
    segment_id: int | None = None
    role: str = ""
    event: str = ""
    sample: float = 1.0
    quiet_days: int = USUAL_QUIET
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey as it is kept; times are aware, `ends_at` is None where it runs until ended."""

    id: int
    project_id: int
    name: str
    questions: tuple[Question, ...]
    segment_id: int | None
    role: str
    event: str
    sample: float
    quiet_days: int
    starts_at: datetime
    ends_at: datetime | None

    @property
    def aims(self) -> int:
        """How many of segment, role and event it is narrowed to."""
        return (self.segment_id is not None) + bool(self.role) + bool(self.event)

    def over(self, now: datetime) -> bool:
        """Whether it takes no answers any more."""
        return self.ends_at is not None and self.ends_at <= now

    def state(self, now: datetime) -> str:
        """planned, running or over."""
        if self.over(now):
            return "over"
        return "planned" if self.starts_at > now else "running"


def make_survey(
    conn: Connection, project_id: int, draft: Draft, person_id: int | None = None
) -> Survey:
    """Keep a survey, which runs from its start; raises BadSurvey and SurveyExists."""
    kept = checked(replace(draft, starts_at=draft.starts_at or datetime.now(UTC)))
    if kept.segment_id is not None:
        _check_segment(conn, project_id, kept.segment_id)
    values = {name: getattr(kept, name) for name in Draft.__slots__ if name != "questions"}
    values |= {"project_id": project_id, "person_id": person_id}
    values["questions"] = [question.json for question in kept.questions]
    new = insert(surveys).values(values)
    unless_named_so = new.on_conflict_do_nothing(index_elements=["project_id", "name"])
    made = conn.execute(unless_named_so.returning(*COLUMNS)).one_or_none()
    if made is None:
        raise SurveyExists(f"A survey named '{kept.name}' exists already; choose another name.")
    note(conn, "survey.create", f"survey {made.id}", project_id, name=kept.name)
    return survey_of(made)


def end_survey(conn: Connection, project_id: int, survey_id: int, now: datetime) -> bool:
    """End it now, also one that is still to begin; whether there was one that was not over."""
    running = surveys.c.ends_at.is_(None) | (surveys.c.ends_at > now)
    ended = update(surveys).where(
        surveys.c.project_id == project_id, surveys.c.id == survey_id, running
    )
    done = conn.execute(ended.values(ends_at=now).returning(surveys.c.id))
    if done.one_or_none() is None:
        return False
    note(conn, "survey.end", f"survey {survey_id}", project_id)
    return True


def find_survey(conn: Connection, project_id: int, name: str) -> Survey:
    """The survey of this name; raises UnknownSurvey."""
    row = conn.execute(_surveys(project_id).where(surveys.c.name == name)).one_or_none()
    if row is None:
        raise UnknownSurvey(f"There is no survey named '{name}'.")
    return survey_of(row)


def list_surveys(conn: Connection, project_id: int) -> list[Survey]:
    """The surveys of a project, the one that began last first."""
    latest = _surveys(project_id).order_by(surveys.c.starts_at.desc(), surveys.c.id.desc())
    return [survey_of(row) for row in conn.execute(latest)]


def survey_of(row: Sequence[Any]) -> Survey:
    """A row of COLUMNS as a survey."""
    named = dict(zip((column.name for column in COLUMNS), row, strict=True))
    return Survey(**named | {"questions": questions_of(named["questions"])})


def checked(draft: Draft) -> Draft:
    """The draft with its texts on one line; raises BadSurvey with the field that is wrong."""
    name, role, event = (one_line(text) for text in (draft.name, draft.role, draft.event))
    _check_line("name", name, LONGEST_NAME)
    for field, text in (("role", role), ("event", event)):
        if text:
            _check_line(field, text, LONGEST_TARGET)
    if not 0 < draft.sample <= 1:
        raise BadSurvey("sample: it is a share above 0, up to 1.")
    if not 0 <= draft.quiet_days <= LONGEST_QUIET:
        raise BadSurvey(f"quiet_days: it is 0 to {LONGEST_QUIET} days.")
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        raise BadSurvey("ends_at: it lies before the beginning.")
    questions = checked_questions(draft.questions)
    return replace(draft, name=name, role=role, event=event, questions=questions)


def _check_line(field: str, text: str, longest: int) -> None:
    if wrong := fault(text, longest):
        raise BadSurvey(f"{field}: {wrong}")


def _check_segment(conn: Connection, project_id: int, segment_id: int) -> None:
    ours = select(func.count()).where(
        segments.c.project_id == project_id, segments.c.id == segment_id
    )
    if not conn.execute(ours).scalar_one():
        raise BadSurvey("segment_id: the project has no such segment.")


def _surveys(project_id: int) -> Select[Any]:
    return select(*COLUMNS).where(surveys.c.project_id == project_id)

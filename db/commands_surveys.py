"""Commands that make, list and end surveys."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from db import access
from db.console import AsJson, Name, answer, in_database, told_plainly
from db.errors import BadSurvey, UnknownSegment
from db.inviting import Turnout, turnouts
from db.questions import QUESTION_KINDS, Question
from db.segments import list_segments
from db.surveys import (
    USUAL_QUIET,
    Draft,
    Survey,
    end_survey,
    find_survey,
    list_surveys,
    make_survey,
)

NONE_SHOWN = Turnout(0, 0)
SurveyName = Annotated[str, typer.Argument(help="The survey's name.")]


@told_plainly
def survey(
    name: Name,
    survey_name: SurveyName,
    question: Annotated[
        list[str],
        typer.Option(
            "--question",
            "-q",
            help="'KIND: text', of a choice 'choice: text | option | option'; may be repeated. "
            f"Kinds are {', '.join(QUESTION_KINDS)}, and choices where several may be chosen.",
        ),
    ],
    segment: Annotated[str, typer.Option(help="The name of a segment; else everybody.")] = "",
    role: Annotated[str, typer.Option(help="Only people who are asked as this role.")] = "",
    event: Annotated[str, typer.Option(help="Only just after this event.")] = "",
    sample: Annotated[float, typer.Option(help="The share of people who are asked.")] = 1.0,
    quiet: Annotated[
        int, typer.Option(help="Days for which whoever saw any survey is left in peace.")
    ] = USUAL_QUIET,
    days: Annotated[int, typer.Option(help="Days that it runs; 0: until it is ended.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Ask people something, from now on."""
    now = datetime.now(UTC)

    def make(conn: Connection) -> Survey:
        project_id = access.find_project(conn, name).id
        draft = Draft(
            survey_name,
            tuple(question_of(each) for each in question),
            _segment_id(conn, project_id, segment),
            role,
            event,
            sample,
            quiet,
            now,
            now + timedelta(days=days) if days else None,
        )
        return make_survey(conn, project_id, draft)

    made = in_database(make)
    answer(asdict(made), f"'{made.name}' runs.", as_json)


@told_plainly
def surveys(name: Name, as_json: AsJson = False) -> None:
    """List the surveys with how many people they were shown to, and how many answered."""
    now = datetime.now(UTC)

    def read(conn: Connection) -> list[dict[str, Any]]:
        project_id = access.find_project(conn, name).id
        counted = turnouts(conn, project_id)
        return [
            asdict(each) | asdict(counted.get(each.id, NONE_SHOWN)) | {"state": each.state(now)}
            for each in list_surveys(conn, project_id)
        ]

    found = in_database(read)
    lines = [f"{s['name']}  {s['state']}  {s['answered']} of {s['shown']} answered" for s in found]
    answer(found, "\n".join(lines) or "No surveys yet.", as_json)


@told_plainly
def end(name: Name, survey_name: SurveyName, as_json: AsJson = False) -> None:
    """End a survey now: it is shown to nobody any more and takes no answers."""
    now = datetime.now(UTC)

    def stop(conn: Connection) -> bool:
        found = find_survey(conn, access.find_project(conn, name).id, survey_name)
        return end_survey(conn, found.project_id, found.id, now)

    ended = in_database(stop)
    said = "is over now" if ended else "was over already"
    answer({"survey": survey_name, "ended": ended}, f"'{survey_name}' {said}.", as_json)


def question_of(text: str) -> Question:
    """A question from 'KIND: text | option | option'; raises BadSurvey."""
    kind, colon, rest = text.partition(":")
    if not colon:
        raise BadSurvey(f"A question is written 'KIND: text', not '{text}'.")
    asked, *options = (part.strip() for part in rest.split("|"))
    kind = kind.strip().lower()
    several = kind == "choices"
    return Question("choice" if several else kind, asked, tuple(options), several)


def _segment_id(conn: Connection, project_id: int, name: str) -> int | None:
    if not name:
        return None
    for segment in list_segments(conn, project_id):
        if segment.name == name:
            return segment.id
    raise UnknownSegment(f"The project has no segment '{name}'.")

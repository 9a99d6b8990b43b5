"""GET /api/v1/surveys/next and POST .../responses: whom to ask what, and what they answer."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field, StrictInt
from sqlalchemy import Engine

from db.answering import answer
from db.errors import BadFeedback, BadReply, SurveyIsOver, UnknownSurvey
from db.feedback import LONGEST_COMMENT, Said
from db.inviting import Invitation, Occasion, invite, invited
from db.ledger import count_outcome
from db.questions import LONGEST_OPTION, MOST_OPTIONS, MOST_QUESTIONS, Reply
from ingest_api.asking import asked
from ingest_api.event import Event
from ingest_api.formats.fields import Label
from ingest_api.problems import told_as
from ingest_api.routes.problem_docs import PROBLEMS, documented_body, problems
from ingest_api.taking_part import (
    NotKept,
    Part,
    PersonIn,
    UserId,
    not_kept,
    part_of,
    permitted,
    sender_of,
    sent_as,
)

router = APIRouter(tags=["surveys"])
LARGEST_ID = 2**31 - 1
STATUSES = {UnknownSurvey: 404, SurveyIsOver: 410, BadReply: 422, BadFeedback: 422}


class QuestionOut(BaseModel):
    """A question: nps takes 0 to 10, csat 1 to 5, ces 1 to 7; choice its options; text a text."""

    kind: str
    text: str
    options: list[str]
    several: bool = Field(description="Whether more than one option may be chosen.")


class SurveyOut(BaseModel):
    """A survey to show now; `invitation` goes back with the answers."""

    id: int
    invitation: int
    questions: list[QuestionOut]


class Next(BaseModel):
    """The survey that fits now, or none."""

    survey: SurveyOut | None


class AnswerIn(BaseModel):
    """An answer to the question at this place, from 0; a text may come with any answer."""

    question: Annotated[StrictInt, Field(ge=0, lt=MOST_QUESTIONS)]
    score: Annotated[StrictInt, Field(ge=0, le=10)] | None = None
    choices: (
        Annotated[
            list[Annotated[str, Field(max_length=LONGEST_OPTION)]], Field(max_length=MOST_OPTIONS)
        ]
        | None
    ) = None
    text: Annotated[str, Field(max_length=LONGEST_COMMENT)] | None = None


class ResponsesIn(PersonIn):
    """The answers to an invitation; to some of the questions or to all."""

    invitation: Annotated[StrictInt, Field(ge=1, lt=2**63)]
    answers: Annotated[list[AnswerIn], Field(min_length=1, max_length=MOST_QUESTIONS)]


class Responses(BaseModel):
    """What became of the answers, and how many are kept."""

    status: Literal["stored"] | NotKept
    answers: int


@router.get("/api/v1/surveys/next", response_model=Next, responses=PROBLEMS)
async def next_survey(
    request: Request, response: Response, user_id: UserId, role: Label = "", event: Label = ""
) -> Next:
    """The survey to show to this person now, which counts as shown; null where none fits."""
    response.headers["Cache-Control"] = "no-store"
    state, sender = await sender_of(request)
    if sender.consent == "anonymous":
        return Next(survey=None)
    part = part_of(request, sender, PersonIn(user_id=user_id))
    made = await asked(_invite, state.engine, part, role, event)
    return Next(survey=None if made is None else _out(made))


@router.post(
    "/api/v1/surveys/{id}/responses",
    response_model=Responses,
    responses=problems(404, 410),
    openapi_extra=documented_body(ResponsesIn),
)
async def record_responses(
    request: Request, survey_id: Annotated[int, Path(alias="id", ge=1, le=LARGEST_ID)]
) -> Responses:
    """Keep the answers of who was invited, in place of what they answered before."""
    state, sender = await sender_of(request)
    sent = await sent_as(ResponsesIn, request)
    part = part_of(request, sender, sent)
    with told_as(STATUSES):
        return await asked(_keep, state.engine, survey_id, sent, part)


def _invite(engine: Engine, part: Part, role: str, event: str) -> Invitation | None:
    with engine.begin() as conn:
        verdict = permitted(conn, part)
        if not isinstance(verdict, Event):
            return None
        occasion = Occasion(verdict.actor_key, role, event)
        return invite(conn, part.seen.sender.project_id, occasion, part.seen.received_at)


def _keep(engine: Engine, survey_id: int, sent: ResponsesIn, part: Part) -> Responses:
    project_id, now = part.seen.sender.project_id, part.seen.received_at
    with engine.begin() as conn:
        verdict = permitted(conn, part)
        if not isinstance(verdict, Event):
            return Responses.model_validate({"status": not_kept(conn, part, verdict), "answers": 0})
        invitation = (sent.invitation, verdict.actor_key)
        survey = invited(conn, project_id, survey_id, invitation, now)
        replies = [_reply(each) for each in sent.answers]
        kept = answer(conn, survey, invitation, replies, _about(verdict, part, now))
        count_outcome(conn, project_id, "accepted", now)
    return Responses(status="stored", answers=kept)


def _reply(sent: AnswerIn) -> Reply:
    return Reply(sent.question, sent.score, tuple(sent.choices or ()), sent.text)


def _about(kept: Event, part: Part, now: datetime) -> Said:
    """When and where the answers were given, as far as that may be kept."""
    return Said(
        said_at=now,
        platform=kept.platform,
        app_version=kept.app_version,
        country=kept.country,
        channel=kept.channel,
        plan=kept.plan,
        ids=part.ids,
    )


def _out(made: Invitation) -> SurveyOut:
    questions = [
        QuestionOut(
            kind=each.kind, text=each.text, options=list(each.options), several=each.several
        )
        for each in made.survey.questions
    ]
    return SurveyOut(id=made.survey.id, invitation=made.id, questions=questions)

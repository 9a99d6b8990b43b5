"""POST /api/v1/feedback and /api/v1/analytics/feedback: what people say of what they used."""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import Engine

from db.feedback import Recorded, record
from db.ledger import count_outcome
from ingest_api import steps
from ingest_api.allowing import allowed
from ingest_api.asking import asked
from ingest_api.bodies import read_json
from ingest_api.event import Circumstances, Drop, Event, Reject, Verdict
from ingest_api.formats import feedback
from ingest_api.formats.feedback import FeedbackIn, Parse, Remark, RunFeedbackIn
from ingest_api.intake import circumstances, says_do_not_track
from ingest_api.problems import Problem
from ingest_api.routes.problem_docs import PROBLEMS, documented_body
from ingest_api.state import state_of

router = APIRouter(tags=["feedback"])
COUNTED_AS = {"stored": "accepted", "replaced": "accepted"}  # else as a duplicate

Status = Literal["stored", "replaced", "unchanged", "outdated", "no_consent", "do_not_track", "bot"]


class FeedbackResponse(BaseModel):
    """What became of the feedback, and what is kept of it: no id means that nothing is."""

    status: Status
    id: int | None = None
    interaction_id: str = ""
    rating: int | None = None
    helpful: bool | None = None
    comment: str | None = None
    context: dict[str, Any] | None = None
    masked: int = 0
    said_at: datetime | None = None
    changed_at: datetime | None = None


@router.post(
    "/api/v1/feedback",
    response_model=FeedbackResponse,
    responses=PROBLEMS,
    openapi_extra=documented_body(FeedbackIn),
)
async def record_feedback(request: Request) -> FeedbackResponse:
    """Keep what a person says of an interaction, in place of what they said of it before."""
    return await _take(request, feedback.parse)


@router.post(
    "/api/v1/analytics/feedback",
    response_model=FeedbackResponse,
    responses=PROBLEMS,
    openapi_extra=documented_body(RunFeedbackIn),
)
async def record_feedback_of_a_run(request: Request) -> FeedbackResponse:
    """Keep what a person says of a run, in place of what they said of it before."""
    return await _take(request, feedback.parse_of_a_run)


async def _take(request: Request, parse: Parse) -> FeedbackResponse:
    state = state_of(request)
    sender = await state.keys.sender(request, "ingest")
    state.limits.check(request, sender)
    body = await read_json(request)
    remark = parse(body)
    if isinstance(remark, Reject):
        raise Problem(422, remark.message)
    seen = circumstances(request, sender, None)
    quiet = remark.sent.do_not_track or says_do_not_track(request, body)
    verdict = Drop("do_not_track") if quiet else steps.run(remark.event, seen)
    if isinstance(verdict, Reject):
        raise Problem(422, verdict.message.replace("properties:", "context:"))
    return await asked(_keep, state.engine, seen, remark, verdict)


def _keep(
    engine: Engine, seen: Circumstances, remark: Remark, verdict: Verdict
) -> FeedbackResponse:
    """Keep it if its person allows that, and count what became of it."""
    sender = seen.sender
    with engine.begin() as conn:
        if isinstance(verdict, Event):
            purposes = allowed(conn, sender, verdict.actor_key, remark.grants)
            verdict = steps.consented(verdict, purposes)
        if not isinstance(verdict, Event):
            count_outcome(conn, sender.project_id, verdict.reason, seen.received_at)
            return FeedbackResponse.model_validate({"status": verdict.reason})
        words = feedback.said(remark, verdict, seen)
        recorded = record(conn, sender.project_id, verdict.actor_key, words)
        outcome = COUNTED_AS.get(recorded.outcome, "duplicate")
        count_outcome(conn, sender.project_id, outcome, seen.received_at)
    return _response(recorded)


def _response(recorded: Recorded) -> FeedbackResponse:
    """What is kept; but who sends something older has not said it, and may not read it."""
    row = recorded.row
    if recorded.outcome == "outdated":
        return FeedbackResponse(status=recorded.outcome, id=row.id)
    same = {
        name: getattr(row, name) for name in FeedbackResponse.model_fields if name in row._fields
    }
    named = {"interaction_id": row.interaction, "rating": row.score}
    return FeedbackResponse(status=recorded.outcome, **same, **named)

"""POST /api/v1/feedback and /api/v1/analytics/feedback: what people say of what they used."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import Connection, Engine, select

from analytics.scope import Viewer, visible_own_runs
from db.feedback import Recorded, record
from db.identity import actor_key
from db.ledger import count_outcome
from db.locks import hold_off_erasing
from db.runs import Ran, find_run
from ingest_api import steps
from ingest_api.allowing import allowed
from ingest_api.asking import asked
from ingest_api.bodies import read_json
from ingest_api.event import Circumstances, Drop, Event, Reject, Sender
from ingest_api.formats import feedback
from ingest_api.formats.feedback import FeedbackIn, Parse, Remark, RunFeedbackIn
from ingest_api.intake import circumstances, says_do_not_track
from ingest_api.limiting import key_in
from ingest_api.problems import Problem
from ingest_api.routes.problem_docs import PROBLEMS, documented_body, problems
from ingest_api.state import state_of
from ingest_api.tokens import PREFIX, viewer

router = APIRouter(tags=["feedback"])
NOT_YOURS = "usageId: there is no such run, or it is not yours."
NO_RUN = "usageId: no run of this project has this id; name a userId to keep it nevertheless"
GUESSABLE = "userId: needed with a usageId of your own; only a random one tells who ran it"
SAID = "userId: needed to change what was said of this run before"
RANDOM = (4, 7)  # versions of UUIDs that nobody can guess: who has one was told it
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
    responses=problems(404),
    openapi_extra=documented_body(RunFeedbackIn),
)
async def record_feedback_of_a_run(request: Request) -> FeedbackResponse:
    """Keep what a person says of a run, in place of what they said of it before.

    A run with a random id tells who ran it, where no user_id comes along; but what was said of it
    before is changed with that id alone. With a personal access token in place of the project's
    key people speak of runs of their own.
    """
    if key_in(request).startswith(PREFIX):
        return await _take_own(request)
    return await _take(request, feedback.parse_of_a_run)


async def _take(request: Request, parse: Parse) -> FeedbackResponse:
    state = state_of(request)
    sender = await state.keys.sender(request, "ingest")
    state.limits.check(request, sender)
    remark, quiet = await _read(request, parse)
    seen = circumstances(request, sender, None)
    return await asked(_keep, state.engine, seen, remark, quiet)


async def _take_own(request: Request) -> FeedbackResponse:
    """Of one's own run, in whatever project that knows who one is; raises Problem 404."""
    state, person = state_of(request), await viewer(request)
    remark, quiet = await _read(request, feedback.parse_of_a_run)
    project_id, key = await asked(_find_own, state.engine, person, remark.run_id)
    sender = await state.keys.of_project(project_id)
    if sender is None:
        raise Problem(404, NOT_YOURS)
    seen = circumstances(request, sender, None)
    return await asked(_keep, state.engine, seen, feedback.by(remark, key), quiet)


async def _read(request: Request, parse: Parse) -> tuple[Remark, bool]:
    """What is said, and whether its person asks not to be tracked; raises Problem 422."""
    body = await read_json(request)
    remark = parse(body)
    if isinstance(remark, Reject):
        raise Problem(422, remark.message)
    return remark, bool(remark.sent.do_not_track or says_do_not_track(request, body))


def _find_own(engine: Engine, person: Viewer, run_id: UUID | None) -> tuple[int, int]:
    """The project of the run, and who its person is there; raises Problem 404."""
    mine = visible_own_runs(person)
    query = select(mine.c.project_id, mine.c.actor_key).where(mine.c.run_id == run_id)
    with engine.connect() as conn:
        found = conn.execute(query.limit(1)).one_or_none()
    if found is None:
        raise Problem(404, NOT_YOURS)
    return found[0], found[1]


def _keep(engine: Engine, seen: Circumstances, remark: Remark, quiet: bool) -> FeedbackResponse:
    """Keep it if its person allows that, and count what became of it."""
    sender = seen.sender
    with engine.begin() as conn:
        ran = _ran(conn, sender, remark)
        told_by_run = ran is not None and not remark.sent.user_id and not remark.event.actor_key
        if ran and not remark.sent.user_id:
            remark = feedback.by(remark, 0 if sender.consent == "anonymous" else ran.actor_key)
        verdict = Drop("do_not_track") if quiet else _verdict(conn, remark, ran, seen)
        if isinstance(verdict, Drop):
            count_outcome(conn, sender.project_id, verdict.reason, seen.received_at)
            return FeedbackResponse.model_validate({"status": verdict.reason})
        words = feedback.said(remark, verdict, seen, ran)
        recorded = record(conn, sender.project_id, verdict.actor_key, words)
        if told_by_run and recorded.outcome in ("replaced", "outdated"):
            raise Problem(422, SAID)
        outcome = COUNTED_AS.get(recorded.outcome, "duplicate")
        count_outcome(conn, sender.project_id, outcome, seen.received_at)
    return _response(recorded)


def _ran(conn: Connection, sender: Sender, remark: Remark) -> Ran | None:
    """The run that it is about, of the person who says it if an id of theirs came along.

    Without one it has to be named by a random id: others can be guessed, or hashed again.
    """
    sent, whose = remark.sent, remark.event.actor_key or None
    if remark.run_id is None or not (sent.user_id or whose or _is_random(remark.run_id)):
        return None
    hold_off_erasing(conn)
    if sent.user_id and sender.consent != "anonymous":
        whose = actor_key(sender.secret, sent.user_id)
    return find_run(conn, sender.project_id, remark.run_id, whose)


def _is_random(run_id: UUID) -> bool:
    return run_id.version in RANDOM


def _verdict(
    conn: Connection, remark: Remark, ran: Ran | None, seen: Circumstances
) -> Event | Drop:
    """What the steps leave of it, and consent; raises Problem 422.

    Of a run that is not found somebody has to be named.
    """
    event = remark.event
    named = event.distinct_id or event.session_id or event.actor_key
    if remark.run_id and not ran and not named:
        raise Problem(422, NO_RUN if _is_random(remark.run_id) else GUESSABLE)
    verdict = steps.run(event, seen)
    if isinstance(verdict, Event):
        purposes = allowed(conn, seen.sender, verdict.actor_key, remark.grants)
        verdict = steps.consented(verdict, purposes)
    if isinstance(verdict, Reject):
        raise Problem(422, verdict.message.replace("properties:", "context:"))
    return verdict


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

"""POST /v1/track: one telemetry event of a command-line tool, with that tool's own answers."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from ingest_api.bodies import read_json
from ingest_api.formats import track
from ingest_api.intake import circumstances, says_do_not_track, take
from ingest_api.problems import Problem
from ingest_api.routes.problem_docs import documented_body
from ingest_api.state import state_of

router = APIRouter(tags=["events"])


class Ok(BaseModel):
    """The event is stored, or not wanted."""

    status: str = "ok"


class Error(BaseModel):
    """What is wrong with the event."""

    error: str


STATUSES = (400, 401, 403, 413, 429, 503)
ERRORS: dict[int | str, dict[str, Any]] = {status: {"model": Error} for status in STATUSES}


@router.post(
    "/v1/track",
    response_model=Ok,
    responses=ERRORS,
    openapi_extra=documented_body(track.TrackIn),
)
async def track_command(request: Request) -> Any:
    """Store one run of a command; without a key, for the project made with --keyless-track."""
    try:
        await _take(request)
    except Problem as problem:
        status = 400 if problem.status == 422 else problem.status
        return JSONResponse({"error": problem.detail}, status, problem.headers)
    return Ok()


async def _take(request: Request) -> None:
    state = state_of(request)
    sender = await state.keys.sender_or_keyless(request)
    state.limits.check(request, sender)
    body = await read_json(request)
    answer = await take(
        state.writer,
        circumstances(request, sender, None),
        [body],
        track.parse,
        do_not_track=says_do_not_track(request, body),
    )
    if answer.rejected:
        raise Problem(400, answer.rejected[0][1].message)

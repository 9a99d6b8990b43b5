"""POST /api/v1/analytics/events: a batch of events."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from ingest_api.bodies import read_json
from ingest_api.formats import events
from ingest_api.formats.events import Purpose
from ingest_api.formats.fields import Moment
from ingest_api.intake import MAX_EVENTS, MAX_TOLD, Answer, circumstances, says_do_not_track, take
from ingest_api.problems import Problem
from ingest_api.routes.problem_docs import PROBLEMS, documented_body
from ingest_api.state import state_of

router = APIRouter(tags=["events"])
MOMENT = TypeAdapter(Moment)


class Batch(BaseModel):
    """A batch of events with what holds for all of them."""

    events: Annotated[list[events.EventIn], Field(max_length=MAX_EVENTS)]
    consent: list[Purpose] | None = Field(
        None, description="The purposes that the user of these events has granted."
    )
    sent_at: datetime | None = Field(None, description="The client's clock when it sent this.")
    do_not_track: bool = False


class Rejected(BaseModel):
    """An event that was not understood, by its place in the batch."""

    index: int
    reason: str
    message: str


class Taken(BaseModel):
    """What became of the events; `processed` counts all that were understood."""

    status: Literal["success"] = "success"
    processed: int
    accepted: int
    duplicates: int
    dropped: dict[str, int]
    rejected: list[Rejected]


@router.post(
    "/api/v1/analytics/events",
    response_model=Taken,
    responses=PROBLEMS,
    openapi_extra=documented_body(Batch),
)
async def record_events(request: Request) -> Taken:
    """Store events: `{"events": [...]}` or a bare list. Answered when they are committed."""
    state = state_of(request)
    sender = await state.keys.sender(request, "ingest")
    state.limits.check(request, sender)
    body = await read_json(request)
    items, members = _unpack(body)
    answer = await take(
        state.writer,
        circumstances(request, sender, _sent_at(members)),
        items,
        events.parse,
        grants=_grants(members),
        do_not_track=says_do_not_track(request, members),
    )
    if answer.rejected and not answer.processed:
        raise Problem(422, "None of the events is valid.", rejected=_told(answer))
    return Taken(
        processed=answer.processed,
        accepted=answer.accepted,
        duplicates=answer.duplicates,
        dropped=dict(answer.dropped),
        rejected=[Rejected(**item) for item in _told(answer)],
    )


def _unpack(body: Any) -> tuple[list[Any], dict[str, Any]]:
    """The events, and the other members of the batch."""
    members = body if isinstance(body, dict) else {}
    items = members.get("events") if members else body
    if not isinstance(items, list):
        raise Problem(422, "events: a list of events is needed, bare or as a member 'events'.")
    if len(items) > MAX_EVENTS:
        raise Problem(413, f"events: {len(items):,} in one batch; {MAX_EVENTS:,} are allowed.")
    return items, members


def _sent_at(members: dict[str, Any]) -> datetime | None:
    given = members.get("sent_at")
    try:
        return None if given is None else MOMENT.validate_python(given)
    except ValidationError:
        raise Problem(422, "sent_at: a date and time is needed.") from None


def _grants(members: dict[str, Any]) -> int | None:
    if members.get("consent") is None:
        return None
    try:
        return events.purposes(members["consent"])
    except ValueError as error:
        raise Problem(422, str(error)) from None


def _told(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"index": index, "reason": reject.reason, "message": reject.message}
        for index, reject in answer.rejected[:MAX_TOLD]
    ]

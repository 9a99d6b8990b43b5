"""POST /api/v1/analytics/events: a batch of events."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from ingest_api.batches import Taken, counted, grants, sent_at, unpack
from ingest_api.bodies import read_json
from ingest_api.formats import events
from ingest_api.formats.events import Purpose
from ingest_api.intake import MAX_EVENTS, circumstances, says_do_not_track, take
from ingest_api.routes.problem_docs import PROBLEMS, documented_body
from ingest_api.state import state_of

router = APIRouter(tags=["events"])


class Batch(BaseModel):
    """A batch of events with what holds for all of them."""

    events: Annotated[list[events.EventIn], Field(max_length=MAX_EVENTS)]
    consent: list[Purpose] | None = Field(
        None, description="The purposes that the user of these events has granted."
    )
    sent_at: datetime | None = Field(None, description="The client's clock when it sent this.")
    do_not_track: bool = False


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
    items, members = unpack(body, "events")
    answer = await take(
        state.writer,
        circumstances(request, sender, sent_at(members)),
        items,
        events.parse,
        grants=grants(members),
        do_not_track=says_do_not_track(request, members),
    )
    return Taken(**counted(answer, "events"))

"""POST /api/v1/support/tickets: requests for help, as a help desk tells them."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, RootModel

from ingest_api.asking import asked
from ingest_api.batches import Taken, counted, unpack
from ingest_api.bodies import read_json
from ingest_api.intake import MAX_EVENTS
from ingest_api.problems import Problem
from ingest_api.revenue.taking import take
from ingest_api.routes.problem_docs import PROBLEMS, documented_body
from ingest_api.state import state_of
from ingest_api.support.kinds import TICKETS
from ingest_api.support.shapes import TicketIn

router = APIRouter(tags=["support"])
ITEMS = "items"


class TicketsBatch(BaseModel):
    """Many tickets."""

    items: Annotated[list[TicketIn], Field(max_length=MAX_EVENTS)]


class TicketsBody(RootModel[TicketIn | TicketsBatch]):
    """One ticket, or many."""


@router.post(
    "/api/v1/support/tickets",
    response_model=Taken,
    responses=PROBLEMS,
    openapi_extra=documented_body(TicketsBody),
)
async def record_tickets(request: Request) -> Taken:
    """Keep tickets: one, or `{"items": [...]}`; told again by the same id they change."""
    state = state_of(request)
    sender = await state.keys.sender(request, "server")
    state.limits.check(request, sender)
    body = await read_json(request)
    alone = isinstance(body, dict) and ITEMS not in body
    items = [body] if alone else unpack(body, ITEMS)[0]
    answer = await asked(take, state.engine, sender, TICKETS, items)
    if alone and answer.rejected:
        raise Problem(422, answer.rejected[0][1].message)
    return Taken(**counted(answer, TICKETS.called))

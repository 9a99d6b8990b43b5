"""/api/v1/requests: what people ask for, and who else wants it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection, Engine

from db import requests
from db.errors import BadRequest, UnknownRequest
from db.identity import actor_key
from db.ledger import count_outcome
from db.requests import LONGEST_DETAILS, LONGEST_ID, LONGEST_TITLE, Wish
from ingest_api.asking import asked
from ingest_api.event import Event, Sender
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

router = APIRouter(tags=["requests"])
MOST = 100  # of 5,000 requests with 200,000 votes these take 40 ms
STATUSES = {UnknownRequest: 404, BadRequest: 422}
VOTE = "/api/v1/requests/{id}/vote"
RequestId = Annotated[int, Path(alias="id", ge=1, lt=2**31)]


class WishIn(PersonIn):
    """What somebody asks for; whoever asks votes for it."""

    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
    details: Annotated[str, Field(max_length=LONGEST_DETAILS)] = ""
    external_id: str | None = Field(
        None,
        min_length=1,
        max_length=LONGEST_ID,
        description="Makes a repetition harmless; without it the text tells one.",
    )


class RequestOut(BaseModel):
    """A request as this person sees it; a merged one stands as the one it was merged into."""

    id: int
    title: str
    details: str
    state: str
    votes: int
    voted: bool
    mine: bool
    asked_at: datetime
    shipped_at: datetime | None
    merged_into: int | None


class Wanted(BaseModel):
    """What became of it; the request is null where nothing may be kept."""

    status: Literal["stored"] | NotKept
    request: RequestOut | None = None


class Requests(BaseModel):
    """What was released, and what the person asked for, most wanted first."""

    requests: list[RequestOut]


@router.post(
    "/api/v1/requests",
    response_model=Wanted,
    responses=PROBLEMS,
    openapi_extra=documented_body(WishIn),
)
async def record_request(request: Request) -> Wanted:
    """Keep what somebody asks for; others see it once a moderator has released it."""
    state, sender = await sender_of(request)
    sent = await sent_as(WishIn, request)
    part = part_of(request, sender, sent)
    wish = Wish(sent.title, sent.details, sent.external_id)

    def keep(conn: Connection, event: Event) -> requests.Request:
        now = part.seen.received_at
        return requests.ask_for(conn, sender.project_id, event.actor_key, wish, now, ids=part.ids)

    with told_as(STATUSES):
        return await asked(_keep, state.engine, part, keep)


@router.get("/api/v1/requests", response_model=Requests, responses=PROBLEMS)
async def list_requests(
    request: Request,
    user_id: UserId | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> Requests:
    """What was released and, with a user_id, what this person asked for."""
    state, sender = await sender_of(request)
    found = await asked(_read, state.engine, sender, user_id, limit)
    return Requests(requests=[_out(each) for each in found])


@router.post(
    VOTE,
    response_model=Wanted,
    responses=problems(404),
    openapi_extra=documented_body(PersonIn),
)
async def vote(request: Request, request_id: RequestId) -> Wanted:
    """Want it too; twice counts once."""
    state, sender = await sender_of(request)
    part = part_of(request, sender, await sent_as(PersonIn, request))

    def keep(conn: Connection, event: Event) -> requests.Request:
        now = part.seen.received_at
        return requests.vote(conn, sender.project_id, event.actor_key, request_id, now)

    with told_as(STATUSES):
        return await asked(_keep, state.engine, part, keep)


@router.delete(VOTE, response_model=Wanted, responses=problems(404))
async def take_back(request: Request, request_id: RequestId, user_id: UserId) -> Wanted:
    """Want it no more."""
    state, sender = await sender_of(request)
    with told_as(STATUSES):
        left = await asked(_take_back, state.engine, sender, user_id, request_id)
    return Wanted(status="stored", request=_out(left))


def _keep(
    engine: Engine, part: Part, keep: Callable[[Connection, Event], requests.Request]
) -> Wanted:
    """Do it if the person allows that it is kept, and count what became of it."""
    with engine.begin() as conn:
        verdict = permitted(conn, part)
        if not isinstance(verdict, Event):
            return Wanted.model_validate({"status": not_kept(conn, part, verdict)})
        kept = keep(conn, verdict)
        count_outcome(conn, part.seen.sender.project_id, "accepted", part.seen.received_at)
    return Wanted(status="stored", request=_out(kept))


def _take_back(engine: Engine, sender: Sender, user_id: str, request_id: int) -> requests.Request:
    with engine.begin() as conn:
        key = actor_key(sender.secret, user_id)
        return requests.take_back(conn, sender.project_id, key, request_id)


def _read(
    engine: Engine, sender: Sender, user_id: str | None, limit: int
) -> list[requests.Request]:
    key = None if user_id is None else actor_key(sender.secret, user_id)
    with engine.connect() as conn:
        return requests.requests_for(conn, sender.project_id, key, limit)


def _out(found: requests.Request) -> RequestOut:
    return RequestOut.model_validate(asdict(found))

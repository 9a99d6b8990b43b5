"""GET /api/v1/notices: what a person is told of the requests that they wanted."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Engine

from db.identity import actor_key
from db.notices import Notice, tell
from ingest_api.asking import asked
from ingest_api.event import Sender
from ingest_api.routes.problem_docs import PROBLEMS
from ingest_api.taking_part import UserId, sender_of

router = APIRouter(tags=["requests"])
MOST = 100


class NoticeOut(BaseModel):
    """That a request was shipped."""

    id: int
    request: int
    title: str
    shipped_at: datetime | None
    told_at: datetime
    new: bool = Field(description="Whether this is the first time that it is asked for.")


class Notices(BaseModel):
    """The notices of a person, the latest first."""

    notices: list[NoticeOut]


@router.get("/api/v1/notices", response_model=Notices, responses=PROBLEMS)
async def read_notices(
    request: Request,
    response: Response,
    user_id: UserId,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 20,
) -> Notices:
    """What this person wanted and was shipped; from now on it counts as seen."""
    response.headers["Cache-Control"] = "no-store"
    state, sender = await sender_of(request)
    told = await asked(_tell, state.engine, sender, user_id, limit)
    return Notices(notices=[NoticeOut.model_validate(asdict(each)) for each in told])


def _tell(engine: Engine, sender: Sender, user_id: str, limit: int) -> list[Notice]:
    key = actor_key(sender.secret, user_id)
    with engine.begin() as conn:
        return tell(conn, sender.project_id, key, limit, datetime.now(UTC))

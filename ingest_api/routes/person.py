"""GET and DELETE /api/v1/user/data: what is held of a person, and its erasure."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy import Engine

from db.audit import note
from db.erasures import Erasure, ask_erasure, find_erasure
from db.errors import UnknownErasure
from db.identity import actor_key
from db.personal import held
from db.security import count_export
from ingest_api.asking import asked
from ingest_api.event import Sender
from ingest_api.formats.fields import Id
from ingest_api.problems import Problem
from ingest_api.routes.problem_docs import PROBLEMS, problems
from ingest_api.state import State, state_of

router = APIRouter(tags=["person"])
UserId = Annotated[Id, Field(min_length=1)]
MOST_ROWS = 20_000  # of a table, which are all in memory; an event has up to 8 KiB of properties
SCHEDULED = "All user data has been scheduled for deletion"


class UserDataExport(BaseModel):
    """What is held of a person, by table; `counts` says how many rows that is."""

    user_id: str
    exported_at: datetime
    complete: bool = Field(
        description="False where a table may have more rows than these; the command "
        "`python -m db export` has them all."
    )
    counts: dict[str, int]
    data: dict[str, list[dict[str, Any]]]


class ErasureOut(BaseModel):
    """An erasure; its receipt says how many rows went, by table, once it is done."""

    status: Literal["success"] = "success"
    message: str
    id: int
    asked_at: datetime
    done_at: datetime | None
    receipt: dict[str, int] | None


@router.get(
    "/api/v1/user/data",
    response_class=Response,
    responses=PROBLEMS | {200: {"model": UserDataExport, "description": "What is held."}},
)
async def export_user_data(request: Request, user_id: UserId) -> Response:
    """What is held of this person; needs a key for reading."""
    state, sender = await _reader(request)
    return Response(
        await asked(_export, state.engine, sender, user_id), media_type="application/json"
    )


@router.delete("/api/v1/user/data", response_model=ErasureOut, responses=PROBLEMS)
async def delete_user_data(request: Request, user_id: UserId) -> ErasureOut:
    """Have this person erased, which the worker does within seconds; needs a key for reading."""
    state, sender = await _reader(request)
    return _out(await asked(_schedule, state.engine, sender, user_id))


@router.get(
    "/api/v1/user/erasures/{erasure_id}", response_model=ErasureOut, responses=problems(404)
)
async def read_erasure(
    request: Request, erasure_id: Annotated[int, Field(ge=1, lt=2**63)]
) -> ErasureOut:
    """Whether an erasure is done, and its receipt."""
    state, sender = await _reader(request)
    try:
        return _out(await asked(_find, state.engine, sender.project_id, erasure_id))
    except UnknownErasure as error:
        raise Problem(404, str(error)) from None


async def _reader(request: Request) -> tuple[State, Sender]:
    state = state_of(request)
    sender = await state.keys.sender(request, "read")
    state.limits.check(request, sender)
    return state, sender


def _export(engine: Engine, sender: Sender, user_id: str) -> bytes:
    """The export as JSON, made in the thread that reads it: it may be long."""
    with engine.begin() as conn:
        data = held(conn, sender.project_id, actor_key(sender.secret, user_id), MOST_ROWS)
        counts = {name: len(rows) for name, rows in data.items()}
        rows = sum(counts.values())
        note(conn, "person.export", "a user", sender.project_id, rows=rows)
    count_export(sender.project_id, rows)
    told = {"user_id": user_id, "exported_at": datetime.now(UTC)}
    complete = max(counts.values()) < MOST_ROWS
    return orjson.dumps(told | {"complete": complete, "counts": counts, "data": data})


def _schedule(engine: Engine, sender: Sender, user_id: str) -> Erasure:
    with engine.begin() as conn:
        return ask_erasure(conn, sender.project_id, actor_key(sender.secret, user_id))


def _find(engine: Engine, project_id: int, erasure_id: int) -> Erasure:
    with engine.connect() as conn:
        return find_erasure(conn, project_id, erasure_id)


def _out(erasure: Erasure) -> ErasureOut:
    message = "All user data has been deleted" if erasure.done_at else SCHEDULED
    return ErasureOut(message=message, **asdict(erasure))

"""POST /api/v1/performance/requests: what a server counted of its requests."""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import Engine

from db import request_stats
from db.request_stats import Served
from ingest_api.asking import asked
from ingest_api.bodies import read_json
from ingest_api.event import Reject
from ingest_api.formats.requests import Report, parse, served
from ingest_api.problems import Problem
from ingest_api.routes.problem_docs import PROBLEMS, documented_body
from ingest_api.state import state_of

router = APIRouter(tags=["performance"])


class Reported(BaseModel):
    """How many rows are kept; of a report that came before none."""

    status: Literal["success"] = "success"
    accepted: int
    duplicate: bool


@router.post(
    "/api/v1/performance/requests",
    response_model=Reported,
    responses=PROBLEMS,
    openapi_extra=documented_body(Report),
)
async def report_requests(request: Request) -> Reported:
    """Keep counts of requests by minute and endpoint; needs a key of scope server."""
    state = state_of(request)
    sender = await state.keys.sender(request, "server")
    state.limits.check(request, sender)
    now = datetime.now(UTC)
    report = parse(await read_json(request), now)
    if isinstance(report, Reject):
        raise Problem(422, report.message)
    rows = [served(report.service, each) for each in report.requests]
    new = await asked(_keep, state.engine, sender.project_id, report.report_id, rows, now)
    return Reported(accepted=len(rows) if new else 0, duplicate=not new)


def _keep(
    engine: Engine, project_id: int, report_id: UUID, rows: list[Served], now: datetime
) -> bool:
    with engine.begin() as conn:
        return request_stats.report(conn, project_id, report_id, rows, now)

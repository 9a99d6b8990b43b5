"""POST /api/v1/revenue/...: customers, subscriptions, payments, refunds and spend."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field, RootModel, create_model

from ingest_api.asking import asked
from ingest_api.batches import Taken, counted, unpack
from ingest_api.bodies import read_json
from ingest_api.intake import MAX_EVENTS
from ingest_api.problems import Problem
from ingest_api.revenue.kinds import CUSTOMERS, PAYMENTS, REFUNDS, SPEND, SUBSCRIPTIONS, Kind
from ingest_api.revenue.taking import take
from ingest_api.routes.problem_docs import PROBLEMS, documented_body
from ingest_api.state import state_of

router = APIRouter(prefix="/api/v1/revenue", tags=["revenue"], responses=PROBLEMS)
ITEMS = "items"


def _documented(kind: Kind) -> dict[str, Any]:
    """One of them, or many."""
    shape: Any = kind.shape
    many = Annotated[list[shape], Field(max_length=MAX_EVENTS)]
    batch: Any = create_model(f"{kind.called.title()}Batch", items=(many, ...))
    return documented_body(RootModel[shape | batch])


@router.post("/customers", response_model=Taken, openapi_extra=_documented(CUSTOMERS))
async def record_customers(request: Request) -> Taken:
    """Keep who pays: one, or `{"items": [...]}`. A repetition changes nothing."""
    return await _taken(request, CUSTOMERS)


@router.post("/subscriptions", response_model=Taken, openapi_extra=_documented(SUBSCRIPTIONS))
async def record_subscriptions(request: Request) -> Taken:
    """Keep what subscriptions are from an instant on: one, or `{"items": [...]}`."""
    return await _taken(request, SUBSCRIPTIONS)


@router.post("/payments", response_model=Taken, openapi_extra=_documented(PAYMENTS))
async def record_payments(request: Request) -> Taken:
    """Keep tries to pay: one, or `{"items": [...]}`."""
    return await _taken(request, PAYMENTS)


@router.post("/refunds", response_model=Taken, openapi_extra=_documented(REFUNDS))
async def record_refunds(request: Request) -> Taken:
    """Keep refunds: one, or `{"items": [...]}`."""
    return await _taken(request, REFUNDS)


@router.post("/spend", response_model=Taken, openapi_extra=_documented(SPEND))
async def record_spend(request: Request) -> Taken:
    """Keep what sales and marketing cost by day and channel: one, or `{"items": [...]}`."""
    return await _taken(request, SPEND)


async def _taken(request: Request, kind: Kind) -> Taken:
    state = state_of(request)
    sender = await state.keys.sender(request, "server")
    state.limits.check(request, sender)
    body = await read_json(request)
    alone = isinstance(body, dict) and ITEMS not in body
    items = [body] if alone else unpack(body, ITEMS)[0]
    answer = await asked(take, state.engine, sender, kind, items)
    if alone and answer.rejected:
        raise Problem(422, answer.rejected[0][1].message)
    return Taken(**counted(answer, kind.called))

"""GET /healthz, /readyz and /metrics: for load balancers and Prometheus."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.ledger import lag_seconds
from db.migrate import is_current
from ingest_api import meters
from ingest_api.state import state_of

router = APIRouter(tags=["health"])
WORRYING_LAG = 60.0  # seconds


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "Not ready to take events."}})
async def readyz(request: Request) -> JSONResponse:
    """Database, migrations and the worker's lag; 503 when events could not be stored."""
    checks = await asyncio.to_thread(_checks, state_of(request).engine)
    ready = checks["database"] == "ok" and checks["migrations"] == "ok"
    told = {"status": "ok" if ready else "unavailable", **checks}
    return JSONResponse(told, 200 if ready else 503)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> PlainTextResponse:
    """The meters of this process in Prometheus' text format."""
    state = state_of(request)
    meters.WAITING.set(state.writer.waiting_events)
    lag = (await asyncio.to_thread(_checks, state.engine)).get("worker_lag_seconds")
    if lag is not None:
        meters.LAG.set(lag)
    return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _checks(engine: Engine) -> dict[str, Any]:
    try:
        with engine.connect() as conn:
            current = is_current(conn)
            lag = lag_seconds(conn) if current else None
    except SQLAlchemyError:
        return {"database": "unreachable", "migrations": "unknown", "worker": "unknown"}
    return {
        "database": "ok",
        "migrations": "ok" if current else "missing",
        "worker": "ok" if lag is not None and lag < WORRYING_LAG else "behind",
        "worker_lag_seconds": lag,
    }

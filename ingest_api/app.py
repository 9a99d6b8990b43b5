"""The application: routes, middleware, and the writer that lives as long as the process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from looplens.asgi import Middleware as Counted
from sqlalchemy import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from db.engine import conninfo, database_url, make_engine
from db.partitions import month_maker
from ingest_api import meters
from ingest_api.catalogue import Catalogue
from ingest_api.counting import SecurityCounts
from ingest_api.flags.definitions import Definitions
from ingest_api.flags.evaluating import Evaluations
from ingest_api.flags.exposing import Exposures
from ingest_api.flags.lookups import Lookups
from ingest_api.keys import Keys
from ingest_api.limiting import Limits
from ingest_api.middleware import Acting, AnyOrigin, Metered, TrailingSlash
from ingest_api.own_requests import OwnRequests
from ingest_api.private.answers import PrivateAnswers
from ingest_api.problems import Problem, answer, on_problem
from ingest_api.public.answers import PublicAnswers
from ingest_api.routes import (
    annotations,
    author,
    badges,
    consent,
    events,
    features,
    feedback,
    health,
    manage_organisations,
    manage_packages,
    manage_releases,
    notices,
    ofrep,
    performance,
    person,
    published,
    requests,
    revenue,
    runs,
    stripe,
    support,
    surveys,
    track,
    usage,
    widget,
)
from ingest_api.settings import settings
from ingest_api.state import State
from ingest_api.writer import Writer

STOP_SECONDS = 10.0
DESCRIPTION = """
Send usage events and feedback; read and record consent. A key in `X-API-Key` or
`Authorization: Bearer` says which project it is for. Errors are problem+json (RFC 9457).
"""


def create_app(url: URL | None = None) -> FastAPI:
    """The API on this database, or on the one that the environment names."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state = make_state(url or database_url())
        app.state.looplens = state
        running = [asyncio.create_task(each.run()) for each in (state.writer, state.flags.lookups)]
        running.append(asyncio.create_task(own.run(state.engine)))
        running.append(asyncio.create_task(counts.run(state.engine)))
        yield
        own.stop()
        counts.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_stop(state, running), STOP_SECONDS)
        state.engine.dispose()

    own, counts = OwnRequests(), SecurityCounts()
    app = FastAPIOffline(
        title="Looplens", version="1", description=DESCRIPTION, lifespan=lifespan, redoc_url=None
    )
    said = (feedback, surveys, requests, notices, widget)
    managed = (manage_packages, manage_releases, manage_organisations)
    for module in (
        ofrep,
        events,
        runs,
        track,
        features,
        consent,
        person,
        *said,
        annotations,
        performance,
        revenue,
        stripe,
        support,
        *managed,
        published,
        badges,
        usage,
        author,
        health,
    ):
        app.include_router(module.router)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_query)
    app.add_middleware(Acting)
    app.add_middleware(TrailingSlash)
    app.add_middleware(Counted, requests=own.requests)
    app.add_middleware(Metered)
    app.add_middleware(AnyOrigin)
    return app


def make_state(url: URL) -> State:
    """All that the routes share, on this database."""
    engine = make_engine(url, pool_size=4)
    writer = Writer(conninfo(url), month_maker(engine), _on_commit)
    flags = Evaluations(Definitions(engine), Lookups(conninfo(url)), Exposures(writer))
    limits = Limits(settings())
    public = PublicAnswers(engine, limits)
    private = PrivateAnswers(engine)
    return State(
        engine, Keys(engine, limits), limits, writer, flags, Catalogue(engine), public, private
    )


async def _stop(state: State, running: Sequence[asyncio.Task[None]]) -> None:
    """Store what waits, and end the tasks that live as long as the process."""
    await state.flags.exposures.settle()
    state.writer.stop()
    state.flags.lookups.stop()
    await asyncio.gather(*running)


def _on_commit(events: int, seconds: float) -> None:
    meters.COMMITTED.inc(events)
    meters.COMMIT_SECONDS.observe(seconds)


def _on_http_error(_: Request, error: Exception) -> Response:
    http = cast(HTTPException, error)
    response = answer(Problem(http.status_code, str(http.detail)))
    response.headers.update(http.headers or {})
    return response


def _on_invalid_query(_: Request, error: Exception) -> Response:
    mistake = cast(RequestValidationError, error).errors()[0]
    field = ".".join(str(part) for part in mistake["loc"][1:])
    return answer(Problem(422, f"{field}: {mistake['msg']}"))


app = create_app()

"""Public answers, made once and given to everybody until they are a few moments old."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import Connection, Engine
from starlette.requests import Request
from starlette.responses import Response

from analytics.community.packages import History, PackageStats, package_history, stats_of
from analytics.scope import PUBLIC
from ingest_api.asking import asked
from ingest_api.limiting import Limits
from ingest_api.problems import Problem
from ingest_api.remembering import Remembered
from ingest_api.tags import matches, tag_of

REMEMBERED_SECONDS = 30.0  # figures, and answers that are made of them: together a minute at most
MOST, MOST_READ = 2_000, 200  # answers that are remembered, and packages whose days are
REACHES = (31, 92, 365)  # days that are read, for all windows of so many or fewer
READERS = 2  # questions at a time, so that they never take all connections from those who send
KEPT_SECONDS = 300  # by browsers and proxies
HEADERS = {
    "Cache-Control": f"public, max-age={KEPT_SECONDS}",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}
UNKNOWN = "There is no public package of this id or name."

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer with its type, and its tag for caches."""

    body: bytes
    media_type: str
    tag: str


Make = Callable[[], Coroutine[Any, Any, Answer | None]]


def in_json(told: BaseModel) -> Answer:
    """The answer that holds this as JSON."""
    return _answer(told.model_dump_json().encode(), "application/json")


def as_svg(image: bytes) -> Answer:
    """The answer that is this picture."""
    return _answer(image, "image/svg+xml")


class PublicAnswers:
    """What was asked and worked out lately."""

    def __init__(self, engine: Engine, limits: Limits) -> None:
        # Each statement sees what is committed then, as it does within a transaction.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._limits = limits
        self._readers = asyncio.Semaphore(READERS)
        self._histories = Remembered[tuple[str, int], History | None](REMEMBERED_SECONDS, MOST_READ)
        self._answers = Remembered[Hashable, Answer | None](REMEMBERED_SECONDS, MOST)

    async def respond(self, request: Request, key: Hashable, make: Make) -> Response:
        """The answer of this key, or 304 to who has it; raises Problem 404, 429 and 503.

        Only what has to be worked out counts against the limit of an address: everybody who sees a
        badge may come from the address of one proxy.
        """
        if not self._answers.holds(key):
            self._limits.check_address(request)
        answer = await self._answers.of(key, make)
        if answer is None:
            raise Problem(404, UNKNOWN)
        headers = HEADERS | {"ETag": answer.tag}
        if matches(request.headers.get("if-none-match", ""), answer.tag):
            return Response(None, 304, headers)
        return Response(answer.body, 200, headers, answer.media_type)

    async def stats(self, wanted: str, days: int) -> PackageStats | None:
        """`package_stats` as the public sees them; more days are read than are asked for."""
        reach = next(each for each in REACHES if days <= each)

        async def make() -> History | None:
            return await self.read(lambda conn: package_history(conn, PUBLIC, wanted, reach))

        history = await self._histories.of((wanted, reach), make)
        return await asyncio.to_thread(stats_of, history, days) if history else None

    async def read(self, question: Callable[[Connection], T]) -> T:
        """What the question finds; raises Problem 503."""
        async with self._readers:
            return await asked(_read, self._engine, question)


def _read(engine: Engine, question: Callable[[Connection], T]) -> T:
    with engine.connect() as conn:
        return question(conn)


def _answer(body: bytes, media_type: str) -> Answer:
    return Answer(body, media_type, tag_of(body))

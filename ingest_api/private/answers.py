"""Answers to one person: worked out once for all who ask the same within a moment.

The person is found anew for every request, with all that is theirs; only then is anything recalled.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import Annotated, Any, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Connection, Engine
from starlette.responses import Response

from analytics.scope.packages import last_block
from ingest_api.asking import asked
from ingest_api.problems import Problem
from ingest_api.remembering import Remembered

REMEMBERED_SECONDS = 2.0
PUBLISHED_SECONDS = 30.0  # of published days, and of answers made of them: together a minute
MOST = 500  # answers that are remembered
MOST_AHEAD = 50  # people whose published days are
LONGEST = 365
REACHES = (92, LONGEST)  # days that are read, for all windows of so many or fewer
HEADERS = {"Cache-Control": "private, no-store"}

Days = Annotated[int, Query(ge=1, le=LONGEST)]
Question = Callable[[Connection], BaseModel | None]
Read = TypeVar("Read")


class PrivateAnswers:
    """What was worked out in the last moment; what was refused is not kept."""

    def __init__(self, engine: Engine) -> None:
        # Each statement sees what is committed then, as it does within a transaction.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._answers = Remembered[Hashable, bytes](REMEMBERED_SECONDS, MOST)
        self._published = Remembered[Hashable, bytes](PUBLISHED_SECONDS, MOST)
        self._ahead = Remembered[Hashable, Any](PUBLISHED_SECONDS, MOST_AHEAD)

    async def respond(
        self, key: Hashable, question: Question, missing: str = "", *, published: bool = False
    ) -> Response:
        """What the question finds, as JSON; raises Problem 404 with `missing` for None, and 503.

        The key holds everything that the answer depends on, and so whose it is.
        """

        async def make() -> bytes:
            found = await asked(_read, self._engine, question)
            if found is None:
                raise Problem(404, missing)
            return _body(found)

        answers = self._published if published else self._answers
        return _response(await answers.of(key, make))

    async def respond_published(
        self,
        key: Hashable,
        days: int,
        read: Callable[[Connection, int], Read],
        tell: Callable[[Read, int], BaseModel],
    ) -> Response:
        """What is told of published days, as JSON; raises Problem 503.

        Such days never change, but for those that are published. So `read` reads more of them than
        are asked for, and `tell` makes the answer of this window, and of the next, of the same.
        """
        reach = next(each for each in REACHES if days <= each)

        async def read_ahead() -> Read:
            return await asked(_read, self._engine, lambda conn: read(conn, reach))

        async def make() -> bytes:
            newest = await asked(_read, self._engine, last_block)
            found = await self._ahead.of((key, reach, newest), read_ahead)
            return await asyncio.to_thread(lambda: _body(tell(found, days)))

        return _response(await self._published.of((key, days), make))


def _body(told: BaseModel) -> bytes:
    return told.model_dump_json(by_alias=True).encode()


def _response(body: bytes) -> Response:
    return Response(body, 200, HEADERS, "application/json")


def _read(engine: Engine, question: Callable[[Connection], Read]) -> Read:
    with engine.connect() as conn:
        return question(conn)

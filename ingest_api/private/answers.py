"""Answers to one person: worked out once for all who ask the same within a moment.

The person is found anew for every request, with all that is theirs; only then is anything recalled.
"""

from collections.abc import Callable, Hashable
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Connection, Engine
from starlette.responses import Response

from ingest_api.asking import asked
from ingest_api.problems import Problem
from ingest_api.remembering import Remembered

REMEMBERED_SECONDS = 2.0
PUBLISHED_SECONDS = 30.0  # of what is made of published days only, as the public hears it
MOST = 500  # answers that are remembered
HEADERS = {"Cache-Control": "private, no-store"}

Days = Annotated[int, Query(ge=1, le=365)]
Question = Callable[[Connection], BaseModel | None]


class PrivateAnswers:
    """What was worked out in the last moment; what was refused is not kept."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._answers = Remembered[Hashable, bytes](REMEMBERED_SECONDS, MOST)
        self._published = Remembered[Hashable, bytes](PUBLISHED_SECONDS, MOST)

    async def respond(
        self, key: Hashable, question: Question, missing: str = "", *, published: bool = False
    ) -> Response:
        """What the question finds, as JSON; raises Problem 404 with `missing` for None, and 503.

        The key holds everything that the answer depends on, and so whose it is. What is made of
        published days alone changes once a day: it is remembered for longer.
        """

        async def make() -> bytes:
            found = await asked(_read, self._engine, question)
            if found is None:
                raise Problem(404, missing)
            return found.model_dump_json(by_alias=True).encode()

        answers = self._published if published else self._answers
        body = await answers.of(key, make)
        return Response(body, 200, HEADERS, "application/json")


def _read(engine: Engine, question: Question) -> BaseModel | None:
    with engine.connect() as conn:
        return question(conn)

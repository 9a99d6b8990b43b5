"""Errors as problem+json (RFC 9457)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response

from db.errors import LooplensError

TITLES = {
    400: "Bad request",
    401: "Unknown key",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Exists already",
    410: "Over",
    413: "Too large",
    422: "Nothing valid",
    429: "Too many requests",
    500: "Internal error",
    503: "Try again later",
}


class Problem(Exception):
    """An answer other than success: status, what is wrong, and what else helps."""

    def __init__(
        self, status: int, detail: str, retry_after: int | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        if status == 401:
            self.headers["WWW-Authenticate"] = "Bearer"


@contextmanager
def told_as(statuses: Mapping[type[LooplensError], int]) -> Iterator[None]:
    """Errors of these kinds are Problems with these statuses, told by their message."""
    try:
        yield
    except tuple(statuses) as error:
        raise Problem(statuses[type(error)], str(error)) from None


def answer(problem: Problem) -> Response:
    """The problem as a response."""
    body = {
        "type": "about:blank",
        "title": TITLES.get(problem.status, "Error"),
        "status": problem.status,
        "detail": problem.detail,
        **problem.more,
    }
    content = orjson.dumps(body)
    return Response(content, problem.status, problem.headers, "application/problem+json")


def on_problem(_: Request, problem: Exception) -> Response:
    """FastAPI's handler of Problem."""
    return answer(cast(Problem, problem))

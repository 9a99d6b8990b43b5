"""ASGI middleware that counts the requests of any application: FastAPI, Starlette and others."""

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from looplens.requests import OTHER, Requests

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

GONE = 499  # as nginx has it: the client left before it was answered
FAILED = 500
CONDITIONS = {b"if-none-match", b"if-modified-since"}
LONGEST = 200  # characters of an endpoint
METHODS = frozenset(  # RFC 9110, 5789
    ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]
)

log = logging.getLogger("looplens")


class Middleware:
    """Counts every request under the template of its route, never under its address.

    `app.add_middleware(Middleware, requests=client.requests)`
    """

    def __init__(self, app: App, requests: Requests) -> None:
        self._app = app
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, and count it once the answer has been sent."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        root, started = scope.get("root_path", ""), time.perf_counter()
        answer: Message | None = None
        error = ""

        async def sending(message: Message) -> None:
            nonlocal answer
            if message["type"] == "http.response.start":
                answer = message
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as caught:
            error = type(caught).__name__
            raise
        finally:
            took = (time.perf_counter() - started) * 1000
            self._count(scope, root, answer, took, error)

    def _count(
        self, scope: Scope, root: str, answer: Message | None, took: float, error: str
    ) -> None:
        """Count it; what goes wrong here is no fault of the application, and may not become one."""
        try:
            status = answer["status"] if answer else GONE
            cached = from_cache(scope, answer) if answer else None
            name = endpoint_of(scope, root)
            self._requests.add(name, FAILED if error else status, took, cached=cached, error=error)
        except Exception as fault:  # noqa: BLE001 - any: the application goes first
            log.debug("a request is not counted: %s", type(fault).__name__)


def endpoint_of(scope: Scope, root: str = "") -> str:
    """The method and the template of the route that has answered; "other" where none has.

    `root` is the root path from before, so that a mounted application is told from its neighbours.
    An address that no route knows is not kept, nor a method that is none: there is no end to them.
    """
    route, params = scope.get("route"), scope.get("path_params") or {}
    if route is None and "endpoint" not in scope:
        return OTHER
    mounted = scope.get("root_path", "").removeprefix(root)
    path = getattr(route, "path", None)
    if path is None:
        path = _templated(scope["path"], params)
    elif hasattr(route, "routes"):  # a whole application, such as one of files
        path = f"{mounted}/*"
    else:
        path = mounted + path
    method = scope["method"] if scope["method"] in METHODS else OTHER
    return f"{method} {path}"[:LONGEST]


def _templated(path: str, params: MutableMapping[str, Any]) -> str:
    """The path with the names of its parameters in place of their values."""
    parts = path.split("/")
    for name, value in params.items():
        parts = [f"{{{name}}}" if part == str(value) else part for part in parts]
    return "/".join(parts)


def from_cache(scope: Scope, start: Message) -> bool | None:
    """Whether an answer came from a cache; None where nothing tells.

    By `Cache-Status` (RFC 9211) or `X-Cache`, else by 304; a request that asks whether something
    has changed, and is answered in full, is a miss.
    """
    headers = {
        bytes(name).lower(): bytes(value).lower() for name, value in start.get("headers", ())
    }
    told = headers.get(b"cache-status")
    if told is not None:
        return any(part.strip().partition(b"=")[0] == b"hit" for part in told.split(b";")[1:])
    told = headers.get(b"x-cache")
    if told is not None:
        return b"hit" in told
    if start["status"] == 304:
        return True
    asked = any(bytes(name).lower() in CONDITIONS for name, _ in scope.get("headers", ()))
    return False if asked and start["status"] == 200 else None

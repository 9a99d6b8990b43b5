"""What wraps every request: CORS for any browser, paths with and without a slash, meters."""

import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.audit import acting
from db.sentry import tell
from ingest_api.meters import REQUESTS, SECONDS
from ingest_api.problems import Problem, answer

log = structlog.get_logger()
PREFLIGHT_SECONDS = "86400"
METHODS = "GET, POST, PUT, DELETE, OPTIONS"


class AnyOrigin:
    """Echo the Origin on every answer, errors included: a key, not an origin, gives access."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight; add the headers to everything else."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("origin")
        if origin is None:
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await self._preflight(origin, headers, send)
        else:
            added = {
                "access-control-allow-origin": origin,
                "access-control-expose-headers": "ETag, Retry-After",
            }
            await self._app(scope, receive, _with_headers(send, added))

    async def _preflight(self, origin: str, headers: Headers, send: Send) -> None:
        wanted = headers.get("access-control-request-headers", "")
        added = {
            "access-control-allow-origin": origin,
            "access-control-allow-methods": METHODS,
            "access-control-allow-headers": wanted or "content-type, x-api-key, authorization",
            "access-control-max-age": PREFLIGHT_SECONDS,
        }
        sending = _with_headers(send, added)
        await sending({"type": "http.response.start", "status": 204, "headers": []})
        await sending({"type": "http.response.body", "body": b""})


def _with_headers(send: Send, added: dict[str, str]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(added)
            headers.add_vary_header("Origin")
        await send(message)

    return sending


class TrailingSlash:
    """Serve /path/ as /path: a redirect would lose the events of some clients."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the slash off."""
        if scope["type"] == "http" and len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope["path"] = scope["path"].rstrip("/") or "/"
        await self._app(scope, receive, send)


class Acting:
    """Have the audit log tell that what a request does was asked of the API."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through; a token says later whose it is."""
        with acting("api"):
            await self._app(scope, receive, send)


class Metered:
    """Count and time the answers; what nobody caught is logged without its values and answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Watch one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 nothing is further out than this
            log.error("unexpected", error=type(error).__name__, where=_where(error))
            tell(error)
            await answer(Problem(500, "Something went wrong here."))(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            REQUESTS.labels(route, str(status)).inc()
            SECONDS.labels(route).observe(time.perf_counter() - started)


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""

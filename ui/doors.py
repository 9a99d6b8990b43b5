"""Ways in and out of the dashboard: one-time access links, personas of a demo, signing out.

They are plain HTTP routes because only a response can set a cookie that scripts can't read.
"""

import base64
import hashlib
import html
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, urlsplit

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from db.access import SIGN_IN_LASTS, Person, accept_invite, personas, sign_in, sign_out
from db.audit import acting
from db.engine import engine
from db.errors import BadAccessLink, LooplensError
from db.security import count
from ui.throttling import WAIT_SECONDS, Throttle

COOKIE = "looplens_session"
THROTTLE = Throttle()
LARGEST_FORM = 8_192  # bytes
PAGE = (Path(__file__).parent / "assets" / "door.html").read_text()
SCRIPT = (Path(__file__).parent / "assets" / "door.js").read_text()
SCRIPT_HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{SCRIPT_HASH}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

Door = Callable[[Connection, dict[str, str]], str]


class ForeignForm(LooplensError):
    """This form was not sent from the dashboard itself."""


async def show_access(request: Request) -> Response:
    """The page that an access link opens; the token stays in the address's fragment."""
    target = html.escape(local_path(request.query_params.get("next", "")))
    form = (
        '<form method="post" action="/access" id="door" hidden>'
        '<input type="hidden" name="token" id="token">'
        f'<input type="hidden" name="next" value="{target}">'
        '<button type="submit">Sign in</button></form>'
    )
    words = "This link signs you in once, on this device."
    return _page("Welcome to Looplens", words, form + f"<script>{SCRIPT}</script>")


async def use_access(request: Request) -> Response:
    """Exchange the token of an access link for a sign-in."""
    return await _sign_in(request, lambda conn, form: accept_invite(conn, form.get("token", "")))


async def use_persona(request: Request) -> Response:
    """Sign in as one of the invented people of a demo, and as nobody else."""
    return await _sign_in(request, lambda conn, form: _as_persona(conn, form.get("person", "")))


async def leave(request: Request) -> Response:
    """End the sign-in and forget the cookie."""
    token = request.cookies.get(COOKIE, "")

    def end(conn: Connection, _: dict[str, str]) -> str:
        sign_out(conn, token)
        return ""

    return await _enter(request, end)


def local_path(address: str) -> str:
    """The address if it is a path of this site, else the start page."""
    parts = _parts(address)
    foreign = parts.scheme or parts.netloc or not address.startswith("/")
    if foreign or address.startswith("//") or "\\" in address or not address.isprintable():
        return "/"
    return address


def _parts(address: str) -> SplitResult:
    """The parts of an address; of what is none, of nothing."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def offered_personas(conn: Connection) -> list[Person]:
    """Whom anybody may look around as: the personas, and only where a demo is meant to run."""
    return personas(conn) if os.environ.get("LOOPLENS_DEMO") == "1" else []


def _as_persona(conn: Connection, person: str) -> str:
    offered = {str(persona.id): persona.id for persona in offered_personas(conn)}
    if person not in offered:
        raise BadAccessLink("Nobody is offered to look around as, or not that person.")
    return sign_in(conn, offered[person])


async def _sign_in(request: Request, door: Door) -> Response:
    """Go through a door that lets in, unless too many from there have failed lately."""
    if THROTTLE.refuses(request):
        count("rate_limited")
        response = _page("This did not work", "Too many attempts; try again later.", status=429)
        response.headers["Retry-After"] = str(WAIT_SECONDS)
        return response
    return await _enter(request, door)


async def _enter(request: Request, door: Door) -> Response:
    """Go through a door that answers a sign-in's token, or none, and on to where one wanted."""
    try:
        form = await _form(request)
        token = await run_in_threadpool(_through, door, form)
    except LooplensError as error:
        if isinstance(error, BadAccessLink):
            THROTTLE.failed(request)
            count("failed_sign_in")
        return _page("This did not work", str(error), status=403)
    except OperationalError:
        return _page("This did not work", "The database does not answer; try again.", status=503)
    response = RedirectResponse(local_path(form["next"]), status_code=303)
    _keep(response, token, secure=_scheme(request) == "https")
    return response


def _through(door: Door, form: dict[str, str]) -> str:
    with acting("dashboard"), engine().begin() as conn:
        return door(conn, form)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form of ours; raises ForeignForm for one that another site sent."""
    if _parts(request.headers.get("origin", "")).netloc != request.headers.get("host"):
        raise ForeignForm()
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise ForeignForm()
    fields = parse_qs(body.decode("utf-8", "replace"))
    return {"next": _came_from(request)} | {name: values[0] for name, values in fields.items()}


def _came_from(request: Request) -> str:
    """The page that held the form, with its filters."""
    page = _parts(request.headers.get("referer", ""))
    if page.path == "/access":
        return "/"
    return page.path + (f"?{page.query}" if page.query else "")


def _keep(response: Response, token: str, *, secure: bool) -> None:
    if not token:
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=secure)
        return
    seconds = int(SIGN_IN_LASTS.total_seconds())
    response.set_cookie(
        COOKIE, token, max_age=seconds, httponly=True, samesite="lax", secure=secure
    )


def _scheme(request: Request) -> str:
    return request.headers.get("x-forwarded-proto", request.url.scheme)


def _page(title: str, words: str, extra: str = "", status: int = 200) -> HTMLResponse:
    body = PAGE.format(title=html.escape(title), words=html.escape(words), extra=extra)
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(body, status_code=status, headers=headers)


ROUTES = [
    Route("/access", show_access, methods=["GET"]),
    Route("/access", use_access, methods=["POST"]),
    Route("/persona", use_persona, methods=["POST"]),
    Route("/leave", leave, methods=["POST"]),
]

"""The dashboard's process: Streamlit with our routes and headers, warmed up before it answers."""

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import streamlit as st
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.engine import engine
from db.errors import LooplensError
from db.security import TALLY, WRITE_SECONDS
from ui import doors, shell
from ui.errors import show_unexpected
from ui.remembering import forget_all

ROOT = Path(__file__).parent.parent
NO_SESSION_YET = "streamlit.runtime.scriptrunner_utils.script_run_context"  # warns of it
CLOSED = ("/_stcore/agent", "/_stcore/metrics", "/_stcore/upload_file")
HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a form's Origin would be "null"
}
USED_BY_PAGES = (
    "altair",
    "pandas",
    "ui.cards",
    "ui.charts",
    "ui.filters",
    "ui.keeping",
    "ui.navigation",
    "ui.snippets",
    "ui.tiles",
)

COLLECT_SECONDS = 60.0
SELDOM = (50_000, 20, 1_000)  # what is young is looked through for garbage, what is old by us alone
SWITCH_SECONDS = 0.001  # a page hands over between threads some ten times, each a wait of this long

log = logging.getLogger("looplens.dashboard")


class Guard:
    """Middleware: security headers on every answer, and no way to Streamlit's inner endpoints."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404 on a closed path, else pass on and add the headers that are missing."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"].startswith(CLOSED):
            await Response(status_code=404)(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_more


async def healthz(_: Request) -> Response:
    """200 when the dashboard is warm and its database answers, else 503."""
    alive = await run_in_threadpool(_database_answers)
    return JSONResponse({"status": "ok" if alive else "database"}, 200 if alive else 503)


def _database_answers() -> bool:
    try:
        with engine().connect() as conn:
            conn.execute(text("SELECT 1"))
    except (SQLAlchemyError, LooplensError):
        log.warning("The database does not answer.")
        return False
    return True


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[None]:
    """Load what pages need, open a connection and keep the collector off what stays for good."""
    for module in USED_BY_PAGES:
        import_module(module)
    _take_over_pages()
    await run_in_threadpool(_database_answers)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    chores = [asyncio.create_task(chore) for chore in (_collect(), _write_counts())]
    yield
    for chore in chores:
        chore.cancel()
    await run_in_threadpool(_write_now)


async def _collect() -> None:
    """Collect garbage now and then, in place of Streamlit's collection after every run.

    With fifty sessions that took more of the processor than the pages themselves, although what
    was loaded at the start is frozen; without any, memory creeps up. Everybody waits for it, a
    quarter of a second then, and Python by itself did so every five seconds. What is remembered is
    forgotten then, so that it outlives the answer that it was made of by no more than that.
    """
    while True:
        await asyncio.sleep(COLLECT_SECONDS)
        forget_all()
        gc.collect()


async def _write_counts() -> None:
    """Write now and then what was counted of failed sign-ins and of downloads."""
    while True:
        await asyncio.sleep(WRITE_SECONDS)
        await run_in_threadpool(_write_now)


def _write_now() -> None:
    try:
        TALLY.write(engine())
    except (SQLAlchemyError, LooplensError):
        log.warning("What was counted is not written yet.")


def _take_over_pages() -> None:
    """Until its first call, Streamlit serves the folder `pages/` by itself, without app.py."""
    logging.getLogger(NO_SESSION_YET).setLevel(logging.ERROR)
    st.navigation([st.Page(ROOT / "pages" / "public.py")])


def create_app() -> st.App:
    """The dashboard as an ASGI application."""
    return st.App(
        ROOT / "app.py",
        lifespan=warm,
        routes=[*doors.ROUTES, *shell.ROUTES, Route("/healthz", healthz)],
        middleware=[Middleware(Guard)],
        on_script_error=show_unexpected,
    )

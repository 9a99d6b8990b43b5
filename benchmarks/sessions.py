"""Fifty people with five seconds of thought between clicks, on one dashboard process.

They speak Streamlit's own protocol over websockets; what is timed is from a click to the end of
the script's run, the queue of the process included.
"""

import asyncio
import random
import statistics
import time

import websockets
from sqlalchemy import URL
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.processes import free_port, running
from benchmarks.results import Result
from benchmarks.viewers import COOKIE, session_tokens

SESSIONS = 50
THINK_SECONDS = 5.0
CLICKS_A_LINK = 5
SECONDS = 120.0
FEWEST_ELEMENTS = 10
PAGES = ("executive", "trends")
QUERIES = ("", "range=7d", "range=90d", "platform=web", "country=US", "plan=pro", "compare=false")


def measure(url: URL) -> list[Result]:
    """p50 and p95 of a page's server time with all sessions at work."""
    port = free_port()
    environment = {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "DASHBOARD_PORT": str(port),
    }
    tokens = session_tokens(url, SESSIONS)
    with running("ui", f"http://127.0.0.1:{port}/healthz", **environment) as process:
        times = asyncio.run(_everybody(port, tokens))
        memory = process.memory_info().rss / 1e6
    times.sort()
    p95 = times[int(len(times) * 0.95)]
    return [
        Result("sessions", f"{SESSIONS} sessions, pages opened", len(times), "pages"),
        Result("sessions", "p50 of a page's server time", statistics.median(times), "ms"),
        Result("sessions", "p95 of a page's server time", p95, "ms", 300),
        Result("sessions", "memory of the dashboard", memory, "MB"),
    ]


async def _everybody(port: int, tokens: list[str]) -> list[float]:
    """Everybody's times, after one person has been through all pages and filters: a warm server."""
    await _walk_through(port, tokens[0])
    until = time.monotonic() + SECONDS
    people = enumerate(tokens)
    gathered = await asyncio.gather(*(_somebody(port, token, who, until) for who, token in people))
    return [one for times in gathered for one in times]


async def _somebody(port: int, token: str, seed: int, until: float) -> list[float]:
    """One person's clicks: some pages with the same filters, then a link to others."""
    chance, times = random.Random(seed), []
    await asyncio.sleep(chance.uniform(0, THINK_SECONDS))
    while time.monotonic() < until:
        query = chance.choice(QUERIES)
        async with connected(port, token) as socket:
            for _ in range(CLICKS_A_LINK):
                started = time.perf_counter()
                await _open(socket, chance.choice(PAGES), query)
                times.append((time.perf_counter() - started) * 1000)
                await asyncio.sleep(chance.uniform(0.5, 1.5) * THINK_SECONDS)
    return times


async def _walk_through(port: int, token: str) -> None:
    for query in QUERIES:
        async with connected(port, token) as socket:
            for page in PAGES:
                await _open(socket, page, query)


def connected(port: int, token: str) -> websockets.connect:
    """A session of the dashboard, signed in."""
    return websockets.connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        subprotocols=[websockets.Subprotocol("streamlit")],
        additional_headers={"Cookie": f"{COOKIE}={token}"},
        origin=websockets.Origin(f"http://127.0.0.1:{port}"),
        max_size=None,
    )


async def _open(socket: websockets.ClientConnection, page: str, query: str) -> None:
    """Ask for a page and read until its run is over; a page without its elements is an error."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = page
    await socket.send(message.SerializeToString())
    elements = 0
    while True:
        received = ForwardMsg()
        received.ParseFromString(bytes(await socket.recv(decode=False)))
        elements += received.WhichOneof("type") == "delta"
        if received.WhichOneof("type") == "script_finished":
            if elements < FEWEST_ELEMENTS:
                raise RuntimeError(f"{page} drew only {elements} elements")
            return

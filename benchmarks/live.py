"""The Live page with one viewer and with twenty: what it costs the database, and how long it takes.

Viewers speak Streamlit's own protocol; what draws itself anew is asked for every two seconds, as a
browser does. The cost is the number of statements, as pg_stat_statements counts them.
"""

import asyncio
import statistics
import time
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import websockets
from sqlalchemy import URL, Engine, insert, text
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from analytics.filters import Filters
from analytics.operations.live import live
from analytics.scope import Viewer
from benchmarks.processes import free_port, running
from benchmarks.results import Result
from benchmarks.sessions import connected
from benchmarks.viewers import session_tokens
from db.access import Project, create_project
from db.engine import make_engine
from db.partitions import ensure_months
from db.tables import event_hour, events

GROUP = "live"
EVENTS = 12_000  # of five minutes: ten times as many as ten million a month are on average
PEOPLE = 1_200
VIEWERS = 20
EVERY, SECONDS = 2.0, 30.0
REPEATS = 5


def measure(url: URL) -> list[Result]:
    """The question alone, and the page as one and as twenty see it."""
    engine = make_engine(url)
    with engine.begin() as conn:
        conn.execute(text("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"))
        project = create_project(conn, "live", consent="opt-out", retention_months=None)
    tokens = session_tokens(url, VIEWERS)
    port = free_port()
    environment = {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "DASHBOARD_PORT": str(port),
    }
    results = [_question(engine, project)]
    with running("ui", f"http://127.0.0.1:{port}/healthz", **environment):
        one, _ = asyncio.run(_watched(engine, port, tokens[:1]))
        twenty, times = asyncio.run(_watched(engine, port, tokens))
    engine.dispose()
    return [
        *results,
        Result(GROUP, "statements a minute, one viewer", one, "statements"),
        Result(GROUP, f"statements a minute, {VIEWERS} viewers", twenty, "statements"),
        Result(GROUP, f"what {VIEWERS} viewers cost more", 100 * (twenty / one - 1), "%", 5),
        Result(GROUP, f"p50 of a turn, {VIEWERS} viewers", statistics.median(times), "ms"),
    ]


def _question(engine: Engine, project: Project) -> Result:
    """Fill the last five minutes, and ask what happens in them."""
    now = datetime.now(UTC)
    _fill(engine, project, now)
    viewer = Viewer(1, "bench@looplens.example", "admin", frozenset({project.id}))
    day = now.date(), now.date() + timedelta(days=1)
    filters = Filters(project.id, "UTC", "opt-out", *day, now)
    times = []
    with engine.connect() as conn:
        for _ in range(REPEATS):
            started = time.perf_counter()
            live(conn, viewer, filters)
            times.append((time.perf_counter() - started) * 1000)
    name = f"the question, {EVENTS:,} events in five minutes"
    return Result(GROUP, name, statistics.median(times), "ms", 200)


def _fill(engine: Engine, project: Project, now: datetime) -> None:
    """Events of the five minutes before, and an hour of them for the dashboard to know of."""
    hour = {"project_id": project.id, "hour": now, "kind_id": 1, "n": EVENTS}
    with engine.begin() as conn:
        ensure_months(conn, [now.date(), (now - timedelta(minutes=6)).date()])
        conn.execute(insert(event_hour).values(hour))
        conn.execute(insert(events), [_event(project, now, n) for n in range(EVENTS)])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM (ANALYZE) events"))


def _event(project: Project, now: datetime, number: int) -> dict[str, object]:
    return {
        "project_id": project.id,
        "actor_key": number % PEOPLE + 1,
        "event_id": uuid.uuid4(),
        "occurred_at": now - timedelta(seconds=300 * number / EVENTS),
        "received_at": now,
        "batch_id": 1,
        "name": ("page_view", "api_request", "error")[number % 3],
        "subject": f"s{number % 40}",
        "country": ("DE", "US", "FR", "JP")[number % 4],
        "purpose": "usage",
        "ok": number % 50 > 0,
    }


async def _watched(engine: Engine, port: int, tokens: list[str]) -> tuple[float, list[float]]:
    """Statements a minute while these look, once all have begun; and the ms of their turns."""
    begun, until = asyncio.Event(), time.monotonic() + 600
    looking = [asyncio.create_task(_look(port, token, begun)) for token in tokens]
    while not all(task.done() or task.get_name() == "begun" for task in looking):
        if time.monotonic() > until:
            raise RuntimeError("the page did not come up")
        await asyncio.sleep(0.5)
    await asyncio.sleep(2 * EVERY)
    before, started = _statements(engine), time.monotonic()
    begun.set()
    await asyncio.sleep(SECONDS)
    spent, seconds = _statements(engine) - before, time.monotonic() - started
    for task in looking:
        task.cancel()
    times = await asyncio.gather(*looking)
    return 60 * spent / seconds, [one for each in times for one in each]


async def _look(port: int, token: str, begun: asyncio.Event) -> list[float]:
    """Open the page and ask anew every two seconds; the times of the turns that count."""
    times: list[float] = []
    async with connected(port, token) as socket:
        part = await _open(socket)
        if task := asyncio.current_task():
            task.set_name("begun")
        try:
            while True:
                await asyncio.sleep(EVERY)
                started = time.perf_counter()
                await _again(socket, part)
                if begun.is_set():
                    times.append((time.perf_counter() - started) * 1000)
        except asyncio.CancelledError:
            return times


async def _open(socket: websockets.ClientConnection) -> BackMsg:
    """Open the page; what asks for the part of it that is drawn anew every two seconds."""
    message, again = BackMsg(), BackMsg()
    message.rerun_script.page_name = "live"
    await socket.send(message.SerializeToString())
    async for received in _until_drawn(socket):
        kind = received.WhichOneof("type")
        if kind == "new_session":
            again.rerun_script.page_script_hash = received.new_session.page_script_hash
        if kind == "auto_rerun" and received.auto_rerun.interval == EVERY:
            again.rerun_script.fragment_id = received.auto_rerun.fragment_id
    if not again.rerun_script.fragment_id:
        raise RuntimeError("nothing on the page is drawn anew")
    return again


async def _again(socket: websockets.ClientConnection, part: BackMsg) -> None:
    await socket.send(part.SerializeToString())
    kinds = [received.WhichOneof("type") async for received in _until_drawn(socket)]
    drawn = kinds.count("delta")
    if drawn < 4:
        raise RuntimeError(f"only {drawn} elements were drawn anew")


async def _until_drawn(socket: websockets.ClientConnection) -> AsyncIterator[ForwardMsg]:
    """The messages up to the end of a run."""
    while True:
        received = ForwardMsg()
        received.ParseFromString(bytes(await socket.recv(decode=False)))
        yield received
        if received.WhichOneof("type") == "script_finished":
            return


def _statements(engine: Engine) -> int:
    """How many the database has done so far."""
    with engine.connect() as conn:
        return int(conn.execute(text("SELECT sum(calls) FROM pg_stat_statements")).scalar_one())

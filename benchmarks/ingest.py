"""Ingest: events and requests a second over HTTP, client included, with the worker at work."""

import asyncio
import json
import subprocess
import threading
import time

import psutil
from sqlalchemy import URL, Engine, text

from benchmarks.load import Load, make_bodies, send
from benchmarks.processes import free_port, running
from benchmarks.results import Result
from db.access import create_key, create_project
from db.engine import make_engine
from db.ledger import lag_seconds
from db.postgres import bundled_programs

BATCHES, BATCH, CONNECTIONS = 4_000, 100, 8
SINGLES, SINGLE_CONNECTIONS = 20_000, 32


def measure(url: URL) -> list[Result]:
    """All figures of the ingest side, on a project of their own."""
    engine = make_engine(url)
    with engine.begin() as conn:
        project = create_project(
            conn, f"ingest {time.time_ns()}", consent="opt-out", retention_months=None
        )
        key = create_key(conn, project.id, "ingest")
    port = free_port()
    address = url.render_as_string(hide_password=False)
    environment = {"DATABASE_URL": address, "API_PORT": str(port), "RATE_LIMIT": "100000/second"}
    target = f"http://127.0.0.1:{port}"
    with (
        running("ingest_api", f"{target}/healthz", **environment) as api,
        running("jobs", **environment),
    ):
        peak = PeakMemory(api)
        batches, lag = _send_batches(target, key, engine)
        singles = _send(target, key, make_bodies(SINGLES, 1, seed=3), SINGLE_CONNECTIONS)
        memory = peak.stop()
    copied = _copy_rate(url, project.id)
    engine.dispose()
    return _results(batches, singles, lag, memory, copied)


class PeakMemory:
    """Watches a process' resident memory."""

    def __init__(self, process: psutil.Process) -> None:
        self._process, self._peak = process, 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stopping.wait(0.1):
            self._peak = max(self._peak, self._process.memory_info().rss)

    def stop(self) -> float:
        """The highest that was seen, in MB."""
        self._stopping.set()
        self._thread.join()
        return self._peak / 1e6


def _send_batches(target: str, key: str, engine: Engine) -> tuple[Load, float]:
    """The load, and the lag of the rollups at its end in seconds."""
    load = _send(target, key, make_bodies(BATCHES, BATCH, seed=2), CONNECTIONS)
    with engine.connect() as conn:
        lag = lag_seconds(conn)
    while _is_behind(engine):
        time.sleep(0.2)
    return load, lag


def _send(target: str, key: str, bodies: list[bytes], connections: int) -> Load:
    url = f"{target}/api/v1/analytics/events"
    return asyncio.run(send(url, key, bodies, connections))


def _is_behind(engine: Engine) -> bool:
    with engine.connect() as conn:
        return lag_seconds(conn) > 0


def _copy_rate(url: URL, project_id: int) -> float:
    """Events a second that psql copies into the same table from a file of the same rows."""
    programs = bundled_programs()
    socket = str(url.query["host"]) if "host" in url.query else (url.host or "127.0.0.1")
    psql = [str(programs / "psql"), "-qAtX", "-h", socket, "-U", url.username or "", "-d"]
    psql.append(url.database or "")
    engine = make_engine(url)
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE copied (LIKE events)"))
        conn.execute(
            text("INSERT INTO copied SELECT * FROM events WHERE project_id = :id"),
            {"id": project_id},
        )
        conn.execute(text("UPDATE copied SET event_id = gen_random_uuid()"))
        rows = conn.execute(text("SELECT count(*) FROM copied")).scalar_one()
    dumped = subprocess.run([*psql, "-c", "COPY copied TO STDOUT"], capture_output=True, check=True)
    started = time.perf_counter()
    subprocess.run([*psql, "-c", "COPY events FROM STDIN"], input=dumped.stdout, check=True)
    seconds = time.perf_counter() - started
    with engine.begin() as conn:
        conn.execute(text("DROP TABLE copied"))
    engine.dispose()
    return float(rows / seconds)


def _results(
    batches: Load, singles: Load, lag: float, memory: float, copied: float
) -> list[Result]:
    rate = batches.events / batches.seconds
    failed = batches.failed + singles.failed
    return [
        Result("ingest", "events/s in batches of 100", rate, "events/s", 15_000, least=True),
        Result("ingest", "lag of the rollups at the end", lag, "s", 10),
        Result("ingest", "p99 of a batch", batches.p99_ms, "ms"),
        Result(
            "ingest",
            "single events, 32 connections",
            singles.requests / singles.seconds,
            "requests/s",
            1_000,
            least=True,
        ),
        Result("ingest", "p99 of a single event", singles.p99_ms, "ms", 150),
        Result("ingest", "memory of the API, peak", memory, "MB", 300),
        Result("ingest", "COPY of the same rows by psql", copied, "events/s"),
        Result("ingest", "API against COPY", rate / copied, "of its rate"),
        Result("ingest", "failed requests", failed, "requests", 0),
    ]


if __name__ == "__main__":
    import os

    from db.running import database

    os.environ.setdefault("LOOPLENS_DATA", ".data/bench")
    with database() as found:
        print(json.dumps([(r.name, r.value, r.met) for r in measure(found)], indent=1))

"""Measuring: every minute the machine, our processes and the database; every hour the tables.

`python -m jobs.measuring` does it on a machine that runs no worker.
"""

import os
import shutil
import socket
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import Connection, Engine, text

from db.engine import database_url, make_engine
from db.gauges import Gauge, keep_gauges, thin
from db.ledger import lag_seconds
from db.postgres import DEFAULT_DATA
from db.probe_results import drop_old

PARTS = {"ingest_api": "api", "jobs": "worker", "ui": "dashboard"}  # our processes by their module
SYSTEM = Path("/")
MINUTE_SECONDS = 60
LARGEST_TABLES = 15
DATABASE = text("""
    SELECT
      (SELECT count(*) FROM pg_stat_activity
        WHERE backend_type = 'client backend')::float8
        / current_setting('max_connections')::float8 AS connections,
      (SELECT count(*) FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND state = 'active'
          AND query_start < clock_timestamp() - interval '5 s')::float8 AS long_queries,
      (SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock')::float8
        AS locks_waiting,
      (SELECT count(*) FROM messages WHERE sent_at IS NULL AND due_at < :now)::float8 AS queue,
      (SELECT blks_hit / nullif(blks_hit + blks_read, 0)::float8 FROM pg_stat_database
        WHERE datname = current_database()) AS cache_hits,
      pg_database_size(current_database())::float8 AS database_bytes
""")
TABLES = text("""
    SELECT coalesce(pg_partition_root(c.oid), c.oid)::regclass::text AS subject,
      sum(pg_total_relation_size(c.oid))::float8 AS value
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname = current_schema()
    GROUP BY 1 ORDER BY 2 DESC LIMIT :most
""")
# Only where the server was started with it, and for who may: else it stays as it is.
COUNT_STATEMENTS = text("""
    DO $$ BEGIN
      IF current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%' THEN
        CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
      END IF;
    EXCEPTION WHEN insufficient_privilege OR undefined_file OR unique_violation THEN NULL;
    END $$
""")


class Measurer:
    """Measures again and again: how busy something is can be told since the last time only."""

    def __init__(self) -> None:
        self._host = socket.gethostname()
        self._processes: dict[int, psutil.Process] = {}
        self._begun = False
        self._hour: datetime | None = None

    def measure(self, engine: Engine, now: datetime | None = None) -> None:
        """Measure all of it once, and keep it."""
        now = now or datetime.now(UTC)
        found = [*self._machine(), *self._ours()]
        with engine.begin() as conn:
            if not self._begun:
                conn.execute(COUNT_STATEMENTS)
            found += [*database(conn, now), *self._tables(conn, now)]
            keep_gauges(conn, found, now)
        self._begun = True

    def _machine(self) -> Iterator[Gauge]:
        """Processors, memory and disks of this machine."""
        busy = psutil.cpu_percent(interval=None) / 100
        if self._begun:  # the first time tells nothing
            yield Gauge("cpu", busy, self._host)
        memory = psutil.virtual_memory()
        yield Gauge("memory", 1 - memory.available / memory.total, self._host)
        yield Gauge("load", os.getloadavg()[0] / (psutil.cpu_count() or 1), self._host)
        for name, path in disks().items():
            usage = shutil.disk_usage(path)
            yield Gauge("disk", usage.used / (usage.used + usage.free), self._host, name)

    def _ours(self) -> Iterator[Gauge]:
        """Processors and memory that our processes on this machine take, by their part."""
        cpu: dict[str, float] = defaultdict(float)
        memory: dict[str, float] = defaultdict(float)
        for part, process in self._running():
            try:
                cpu[part] += process.cpu_percent(interval=None) / 100
                memory[part] += process.memory_info().rss
            except psutil.Error:
                continue  # it has just ended
        for part, value in memory.items():
            yield Gauge("process_memory", value, self._host, part)
            if self._begun:
                yield Gauge("process_cpu", cpu[part], self._host, part)

    def _running(self) -> list[tuple[str, psutil.Process]]:
        """Our processes: `python -m MODULE` in the folder of this one."""
        here, found = Path.cwd(), []
        for process in psutil.process_iter():
            try:
                part = part_of(process.cmdline())
                if part and Path(process.cwd()) == here:
                    found.append((part, self._known(process)))
            except psutil.Error:
                continue  # it has just ended, or is somebody else's
        self._processes = {process.pid: process for _, process in found}
        return found

    def _known(self, process: psutil.Process) -> psutil.Process:
        """The process as it was met before, which knows how busy it was then."""
        before = self._processes.get(process.pid)
        return before if before is not None and before == process else process

    def _tables(self, conn: Connection, now: datetime) -> list[Gauge]:
        """The sizes of the largest tables, once an hour."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour == self._hour:
            return []
        self._hour = hour
        rows = conn.execute(TABLES, {"most": LARGEST_TABLES})
        return [Gauge("table_bytes", row.value, subject=row.subject) for row in rows]


def database(conn: Connection, now: datetime) -> list[Gauge]:
    """What is measured of the database, and of what waits in it."""
    row = conn.execute(DATABASE, {"now": now}).one()._asdict()
    found = [Gauge(name, value) for name, value in row.items() if value is not None]
    return [*found, Gauge("rollup_lag", lag_seconds(conn))]


def disks() -> dict[str, Path]:
    """The system's disk, and that of the embedded database where it is another one."""
    data = DEFAULT_DATA
    apart = data.exists() and data.stat().st_dev != SYSTEM.stat().st_dev
    return {"system": SYSTEM} | ({"data": data} if apart else {})


def part_of(command: list[str]) -> str:
    """Which part of ours a command runs; "" for none."""
    module = command[command.index("-m") + 1] if "-m" in command[:-1] else ""
    return PARTS.get(module, "")


def forget_old(engine: Engine, now: datetime | None = None) -> None:
    """Thin gauges, and drop what is too old of them and of probes."""
    now = now or datetime.now(UTC)
    with engine.begin() as conn:
        thin(conn, now)
        drop_old(conn, now)


def main() -> None:
    """Measure this machine once a minute until it is stopped."""
    engine, measurer = make_engine(database_url(), pool_size=1), Measurer()
    while True:
        measurer.measure(engine)
        time.sleep(MINUTE_SECONDS)


if __name__ == "__main__":
    main()

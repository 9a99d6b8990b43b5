"""The prober: a thread with a loop of its own, so that what hangs holds up nothing else.

While the database does not answer, what is known of the probes is looked at all the same, and what
is found waits in memory: else an outage of the database would look as if nothing had been wrong.
"""

import asyncio
import threading
from collections import Counter, deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.probe_results import Result, keep_results
from db.probes import MOST_AT_ONCE, Probe, take_due
from jobs.probing.looking import OWN, look
from jobs.probing.names import asking

TICK_SECONDS = 1.0
STOP_SECONDS = 3.0  # in which looks that are on their way are given up
AT_ONCE = 100
STARTING = timedelta(minutes=1)  # in which all processes of an installation come up
WAITING = 20_000  # results that wait for the database at most; the oldest give way

log = structlog.get_logger()


@dataclass
class Remembered:
    """The probes that the database told of lately, and when each is due, by its id."""

    probes: dict[int, Probe] = field(default_factory=dict)
    due_at: dict[int, datetime] = field(default_factory=dict)

    def learn(self, probe: Probe, now: datetime) -> None:
        """The database gave it out now."""
        self.probes[probe.id] = probe
        self.due_at[probe.id] = now + timedelta(seconds=probe.every_seconds)

    def take(self, now: datetime, most: int, busy: Mapping[int, int]) -> list[Probe]:
        """Those that are due, set for their next time; of each project as `take_due` has it."""
        held = Counter(busy)
        due: list[Probe] = []
        for key in [key for key, at in self.due_at.items() if at <= now]:
            probe = self.probes[key]
            if len(due) < most and held[probe.project_id] < MOST_AT_ONCE:
                held[probe.project_id] += 1
                due.append(probe)
                self.learn(probe, now)
        return due


class Prober:
    """Looks at what is due until it is stopped, and keeps what it finds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known = Remembered()
        self._found: deque[Result] = deque(maxlen=WAITING)
        self._busy: dict[asyncio.Task[None], int] = {}  # and whose project's it is
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._until_started = datetime.now(UTC) + STARTING

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._work, name="probing", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, and wait a little for it; looks on their way are given up and count as no data."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _work(self) -> None:
        with ThreadPoolExecutor(1, "probing-db") as database:
            asyncio.run(self._work_with(database))

    async def _work_with(self, database: ThreadPoolExecutor) -> None:
        async with asking():
            await self._run(database)

    async def _run(self, database: ThreadPoolExecutor) -> None:
        while not self._stopping.is_set():
            now = datetime.now(UTC)
            for probe in await self._due(database, now):
                task = asyncio.create_task(self._look(probe, now))
                self._busy[task] = probe.project_id
                task.add_done_callback(self._busy.pop)
            await self._keep(database)
            await asyncio.sleep(TICK_SECONDS)
        for task in list(self._busy):
            task.cancel()
        await self._keep(database)

    async def _look(self, probe: Probe, now: datetime) -> None:
        """What it finds; a process of ours that is not up yet, as little as the worker was, is no
        outage."""
        found = await look(probe, now)
        if found.ok or now >= self._until_started or not probe.address.startswith(OWN):
            self._found.append(found)

    async def _due(self, database: ThreadPoolExecutor, now: datetime) -> list[Probe]:
        """What the database gives out, or while it does not answer what is known from before."""
        free = AT_ONCE - len(self._busy)
        if free <= 0:
            return []
        busy = Counter(self._busy.values())
        try:
            due = await _in(database, self._take, now, free, busy)
        except SQLAlchemyError as error:
            log.warning("probes go on without the database", error=type(error).__name__)
            return self._known.take(now, free, busy)
        for probe in due:
            self._known.learn(probe, now)
        return list(due)

    def _take(self, now: datetime, most: int, busy: Mapping[int, int]) -> list[Probe]:
        with self._engine.begin() as conn:
            return take_due(conn, now, most, busy)

    async def _keep(self, database: ThreadPoolExecutor) -> None:
        """Store what was found; what can't be stored waits."""
        waiting = list(self._found)
        if not waiting:
            return
        try:
            await _in(database, self._store, waiting)
        except SQLAlchemyError as error:
            log.warning("what probes found waits", error=type(error).__name__, n=len(waiting))
            return
        kept = set(map(id, waiting))
        self._found = deque((each for each in self._found if id(each) not in kept), WAITING)

    def _store(self, results: list[Result]) -> None:
        with self._engine.begin() as conn:
            keep_results(conn, results)


async def _in(executor: ThreadPoolExecutor, work: Any, *args: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(executor, work, *args)

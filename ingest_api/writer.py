"""The writer: gathers what requests submit, stores it in one transaction, then answers them all.

An answer means that the transaction is committed. One writer a process; several processes need
no coordination but Postgres.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
import structlog

from ingest_api.storing import store
from ingest_api.submission import Stored, Submission

MAX_EVENTS_A_COMMIT = 5_000
MAX_EVENTS_WAITING = 40_000
GATHER_SECONDS = 0.003
RETRY_SECONDS = 0.2
CONNECT_SECONDS = 5

log = structlog.get_logger()


class QueueFull(Exception):
    """More events wait than may; the client is to try again."""


class StorageDown(Exception):
    """The database did not confirm the commit; the client is to try again."""


class Unstorable(Exception):
    """The database refused the values of this submission."""


@dataclass(slots=True)
class Waiting:
    """A submission and the request that waits for it."""

    submission: Submission
    answer: asyncio.Future[Stored]


class Writer:
    """A bounded queue, and the task that empties it into Postgres."""

    def __init__(
        self,
        connect: dict[str, Any],
        ensure_months: Callable[[Iterable[date]], None],
        on_commit: Callable[[int, float], None] | None = None,
    ) -> None:
        self._connect = {"connect_timeout": CONNECT_SECONDS} | connect
        self._ensure_months = ensure_months
        self._on_commit = on_commit
        self._queue: asyncio.Queue[Waiting | None] = asyncio.Queue()
        self._stopping = False
        self._waiting_events = 0
        self._months: set[tuple[int, int]] = set()
        self._conn: psycopg.AsyncConnection | None = None

    @property
    def waiting_events(self) -> int:
        """How many events wait for their commit."""
        return self._waiting_events

    async def submit(self, submission: Submission) -> Stored:
        """Wait until the submission is committed; raises QueueFull, StorageDown or Unstorable."""
        size = len(submission.events) or 1
        if self._stopping:
            raise StorageDown
        if self._waiting_events + size > MAX_EVENTS_WAITING:
            raise QueueFull
        waiting = Waiting(submission, asyncio.get_running_loop().create_future())
        self._waiting_events += size
        self._queue.put_nowait(waiting)
        try:
            return await waiting.answer
        finally:
            self._waiting_events -= size

    def stop(self) -> None:
        """Take nothing more; `run` returns when all that waits is answered."""
        self._stopping = True
        self._queue.put_nowait(None)

    async def run(self) -> None:
        """Write until stopped."""
        try:
            while gathered := await self._gather():
                await self._commit(gathered)
        finally:
            if self._conn:
                await self._conn.close()

    async def _gather(self) -> list[Waiting]:
        """What comes first and within the next few milliseconds; nothing once stopped."""
        first = await self._queue.get()
        if first is None:
            return []
        gathered, size = [first], len(first.submission.events)
        if size < MAX_EVENTS_A_COMMIT:
            await asyncio.sleep(GATHER_SECONDS)
        while size < MAX_EVENTS_A_COMMIT and not self._queue.empty():
            waiting = self._queue.get_nowait()
            if waiting is None:
                self.stop()  # leave the mark behind what is gathered
                break
            gathered.append(waiting)
            size += len(waiting.submission.events)
        return gathered

    async def _commit(self, gathered: list[Waiting]) -> None:
        """Store them together; when the values of one are refused, each on its own."""
        started = asyncio.get_running_loop().time()
        try:
            stored = await self._store([waiting.submission for waiting in gathered])
        except psycopg.DataError:
            await self._commit_apart(gathered)
            return
        except Exception as error:  # noqa: BLE001 a writer that ends would leave all waiting
            await self._fail(gathered, error)
            return
        for waiting, result in zip(gathered, stored, strict=True):
            _settle(waiting, result)
        if self._on_commit:
            events = sum(result.accepted for result in stored)
            self._on_commit(events, asyncio.get_running_loop().time() - started)

    async def _commit_apart(self, gathered: list[Waiting]) -> None:
        if len(gathered) == 1:
            _settle(gathered[0], Unstorable())
            return
        for waiting in gathered:
            await self._commit([waiting])

    async def _fail(self, gathered: list[Waiting], error: Exception) -> None:
        """Answer that nothing is confirmed, and begin anew with another connection."""
        log.warning("commit failed", error=type(error).__name__)
        for waiting in gathered:
            _settle(waiting, StorageDown())
        if self._conn:
            with contextlib.suppress(psycopg.Error, OSError):
                await self._conn.close()
        self._conn = None
        self._months.clear()
        await asyncio.sleep(RETRY_SECONDS)

    async def _store(self, submissions: list[Submission]) -> list[Stored]:
        await self._prepare_months(submissions)
        if self._conn is None:
            self._conn = await psycopg.AsyncConnection.connect(**self._connect, autocommit=True)
        try:
            return await store(self._conn, submissions, staged=False)
        except (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected):
            return await store(self._conn, submissions, staged=True)

    async def _prepare_months(self, submissions: list[Submission]) -> None:
        seen = {
            (event.occurred_at.year, event.occurred_at.month)
            for submission in submissions
            for event in submission.events
            if event.occurred_at
        }
        if not seen <= self._months:
            months = [date(year, month, 1) for year, month in seen - self._months]
            await asyncio.to_thread(self._ensure_months, months)
            self._months |= seen


def _settle(waiting: Waiting, result: Stored | Exception) -> None:
    """Answer the request, unless its client went away meanwhile."""
    if waiting.answer.done():
        return
    if isinstance(result, Exception):
        waiting.answer.set_exception(result)
    else:
        waiting.answer.set_result(result)

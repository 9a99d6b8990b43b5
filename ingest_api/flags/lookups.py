"""What is on record of those who ask, read for many requests at once.

While one reading is under way the next requests gather; nobody waits for a timer. What somebody
was shown is looked up for who allows the purpose "features" alone, and where they are a member for
who allows "usage".
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog

from ingest_api.event import Sender
from ingest_api.flags.deciding import Known
from ingest_api.problems import Problem
from ingest_api.steps import PURPOSE_BITS, allowed_purposes

MOST_AT_ONCE = 500
CONNECT_SECONDS = 5

READ = """
    WITH people(project, actor, unasked) AS (
        SELECT * FROM unnest(%(projects)s::int[], %(actors)s::bigint[], %(unasked)s::int[])
    ), willing AS MATERIALIZED (
        SELECT project, actor, granted, refused,
            (coalesce(granted, 0) | unasked) & ~coalesce(refused, 0) AS allowed
        FROM people LEFT JOIN grants g ON g.project_id = project AND g.actor_key = actor
    )
    SELECT 'grants', project, actor, granted::int, refused::int, NULL
    FROM willing WHERE granted IS NOT NULL
    UNION ALL
    SELECT 'exposures', project, actor, experiment_id, 0, variant
    FROM willing JOIN exposures e ON e.project_id = project AND e.actor_key = actor
    WHERE allowed & %(features)s > 0
    UNION ALL
    SELECT 'segments', project, actor, segment_id, 0, NULL
    FROM willing JOIN unnest(%(owners)s::int[], %(segments)s::int[]) s(owner, segment)
        ON owner = project
    JOIN segment_members m
        ON m.project_id = project AND m.segment_id = segment AND m.actor_key = actor
    WHERE allowed & %(usage)s > 0
"""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Question:
    """Of whom to read, and of which segments whether they are a member."""

    sender: Sender
    actor_key: int
    segments: frozenset[int]


@dataclass(slots=True)
class _Waiting:
    question: Question
    answer: asyncio.Future[Known]


class Lookups:
    """The requests that wait, and the task that reads for all of them."""

    def __init__(self, connect: dict[str, Any]) -> None:
        self._connect = {"connect_timeout": CONNECT_SECONDS} | connect
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue()
        self._conn: psycopg.AsyncConnection[Any] | None = None

    async def known(self, question: Question) -> Known:
        """What is on record of somebody; raises Problem 503."""
        waiting = _Waiting(question, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(waiting)
        return await waiting.answer

    def stop(self) -> None:
        """Answer what waits, and return from `run`."""
        self._queue.put_nowait(None)

    async def run(self) -> None:
        """Read until stopped."""
        try:
            while gathered := await self._gather():
                await self._answer(gathered)
        finally:
            await self._close()

    async def _gather(self) -> list[_Waiting]:
        """What waits by now, at least one; nothing once stopped."""
        first = await self._queue.get()
        gathered = [] if first is None else [first]
        while gathered and len(gathered) < MOST_AT_ONCE and not self._queue.empty():
            waiting = self._queue.get_nowait()
            if waiting is None:
                self.stop()  # leave the mark behind what is gathered
                break
            gathered.append(waiting)
        return gathered

    async def _answer(self, gathered: list[_Waiting]) -> None:
        try:
            found = await self._read([waiting.question for waiting in gathered])
        except Exception as error:  # noqa: BLE001 a task that ends would leave all waiting
            log.warning("a look-up failed", error=type(error).__name__)
            await self._close()
            for waiting in gathered:
                if not waiting.answer.done():
                    problem = Problem(503, "The database did not answer.", retry_after=2)
                    waiting.answer.set_exception(problem)
            return
        for waiting, known in zip(gathered, found, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(known)

    async def _read(self, questions: Sequence[Question]) -> list[Known]:
        if self._conn is None:
            self._conn = await psycopg.AsyncConnection.connect(**self._connect, autocommit=True)
        cursor = await self._conn.execute(READ, _parameters(questions), prepare=True, binary=True)
        return _told(questions, await cursor.fetchall())

    async def _close(self) -> None:
        if self._conn:
            with contextlib.suppress(psycopg.Error, OSError):
                await self._conn.close()
        self._conn = None


def _parameters(questions: Sequence[Question]) -> dict[str, Any]:
    people = {
        (each.sender.project_id, each.actor_key, allowed_purposes(each.sender.consent, 0, 0, None))
        for each in questions
    }
    pairs = {(each.sender.project_id, one) for each in questions for one in each.segments}
    return {
        "projects": [project for project, _, _ in people],
        "actors": [actor for _, actor, _ in people],
        "unasked": [unasked for _, _, unasked in people],
        "owners": [project for project, _ in pairs],
        "segments": [segment for _, segment in pairs],
        **{purpose: PURPOSE_BITS[purpose] for purpose in ("features", "usage")},
    }


def _told(questions: Sequence[Question], rows: Sequence[Any]) -> list[Known]:
    """What the rows say of each who is asked about."""
    grants: dict[tuple[int, int], tuple[int, int]] = {}
    exposed: dict[tuple[int, int], dict[int, str]] = defaultdict(dict)
    segments: dict[tuple[int, int], set[int]] = defaultdict(set)
    for kind, project, actor, number, refused, variant in rows:
        person = (project, actor)
        if kind == "grants":
            grants[person] = (number, refused)
        elif kind == "exposures":
            exposed[person][number] = variant
        else:
            segments[person].add(number)
    found = []
    for each in questions:
        person = (each.sender.project_id, each.actor_key)
        allowed = allowed_purposes(each.sender.consent, *grants.get(person, (0, 0)), None)
        found.append(Known(allowed, exposed.get(person, {}), frozenset(segments.get(person, ()))))
    return found

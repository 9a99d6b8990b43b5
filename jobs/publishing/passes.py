"""Passes of publishing: once an hour, for every project, all days that are over."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from traceback import extract_tb
from zoneinfo import ZoneInfo

import psycopg
import structlog
from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.exc import OperationalError

from analytics.community.detailing import Counted, alone, cuts, total
from analytics.community.suppression import CUTS, Block, blocks
from db.access import list_projects
from db.locks import ERASING_LOCK, PUBLISHING_LOCK
from db.tables import projects
from jobs.publishing.feeding import feed_ratings
from jobs.publishing.keeping import keep
from jobs.publishing.waiting import (
    Stack,
    counted,
    cut_through,
    days,
    last_day,
    put_by,
    stacks,
    take_away,
    take_through,
)

SETTLING = timedelta(hours=1)  # after midnight, in which most of what comes late comes
EVERY_SECONDS = 3_600.0
SECONDS_A_PASS = 0.7  # then batches of events are rolled up again
ROWS_A_TURN = 20_000  # of one package or organisation, in one transaction
DAY = timedelta(days=1)

Progress = Callable[[int, int], None]  # what is done, of how many
Begin = Callable[[], AbstractContextManager[Connection]]

log = structlog.get_logger()


class Publisher:
    """Publishes once an hour, a little in each pass of the worker."""

    def __init__(self) -> None:
        self._turns: Iterator[int] | None = None
        self._due = 0.0

    def work(self, engine: Engine) -> None:
        """Go on for a while; what fails begins anew, the next hour where others did not."""
        if self._turns is None and time.monotonic() < self._due:
            return
        turns = self._turns or _turns(partial(_begin, engine), datetime.now(UTC))
        self._turns, stop = None, time.monotonic() + SECONDS_A_PASS
        try:
            for _ in turns:
                if time.monotonic() >= stop:
                    self._turns = turns
                    return
        except ExceptionGroup:  # of what failed beside all the rest, which is published
            self._due = time.monotonic() + EVERY_SECONDS
            raise
        self._due = time.monotonic() + EVERY_SECONDS


def publish_due(
    engine: Engine, now: datetime | None = None, progress: Progress | None = None
) -> int:
    """Publish all that is due, in small transactions; returns the number of new blocks.

    `progress` hears how many packages and organisations of a project are done, and of how many.
    Raises an ExceptionGroup, when all the rest is published, of what could not be.
    """
    return sum(_turns(partial(_begin, engine), now or datetime.now(UTC), progress))


def publish(conn: Connection, now: datetime) -> int:
    """Publish all that is due in the caller's transaction; returns the number of new blocks."""
    return sum(_turns(partial(_within, conn), now))


@contextmanager
def _begin(engine: Engine) -> Iterator[Connection]:
    """A transaction that does not wait for the disk: a turn that is lost is made again."""
    with engine.begin() as conn:
        conn.execute(select(func.set_config("synchronous_commit", "off", True)))
        yield conn


@contextmanager
def _within(conn: Connection) -> Iterator[Connection]:
    """A part of a transaction that may fail alone."""
    with conn.begin_nested():
        yield conn


def last_whole_day(timezone: str, now: datetime) -> date:
    """The last day of a zone that has been over for an hour."""
    return (now - SETTLING).astimezone(ZoneInfo(timezone)).date() - DAY


def _turns(begin: Begin, now: datetime, progress: Progress | None = None) -> Iterator[int]:
    """Turn by turn, each a transaction of its own, how many blocks it has made."""
    with begin() as conn:
        found = list_projects(conn)
    failed: list[Exception] = []
    for project in found:
        until = last_whole_day(project.timezone, now)
        turns = _publish(begin, project.id, until, failed, progress)
        yield from _apart(turns, failed, project_id=project.id)
    if failed:
        raise ExceptionGroup("some could not be published", failed)


def _publish(
    begin: Begin,
    project_id: int,
    until: date,
    failed: list[Exception],
    progress: Progress | None,
) -> Iterator[int]:
    with begin() as conn:
        _hold(conn)
        feed_ratings(conn, project_id, until)
        waiting = stacks(conn, project_id, until)
    for done, stack in enumerate(waiting, start=1):
        yield from _apart(_empty(begin, stack, until), failed, **stack._asdict())
        if progress:
            progress(done, len(waiting))
    with begin() as conn:
        ours = projects.c.id == project_id
        latest = func.greatest(projects.c.published_until, until)
        conn.execute(update(projects).where(ours).values(published_until=latest))
    yield 0


def _apart(turns: Iterator[int], failed: list[Exception], **whose: object) -> Iterator[int]:
    """The turns, up to one that fails; it is logged and noted, and nobody else waits for it.

    Raises OperationalError: without the database all would fail.
    """
    try:
        yield from turns
    except (OperationalError, psycopg.OperationalError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is of this one
        where = [f"{each.name}:{each.lineno}" for each in extract_tb(error.__traceback__)]
        log.error("could not publish", error=type(error).__name__, where=where, **whose)
        failed.append(error)


def _empty(begin: Begin, stack: Stack, until: date) -> Iterator[int]:
    """Turns until no more blocks can be made."""
    is_done = False
    while not is_done:
        with begin() as conn:
            _hold(conn)
            made, is_done = _turn(conn, stack, until)
        yield made


def _turn(conn: Connection, stack: Stack, until: date) -> tuple[int, bool]:
    """Make blocks of a stack, up to a number of rows; how many, and whether these are all.

    What came late for days that a block holds makes blocks of its own, else each straggler would
    tear a fresh day and an old one into one.
    """
    latest = last_day(conn, stack)
    late, reached = _made(conn, stack, date.min, min(latest, until))
    _keep_late(conn, stack, late)
    if reached < min(latest, until):
        return len(late), False
    fresh, reached = _made(conn, stack, latest + DAY, until)
    _keep_fresh(conn, stack, fresh, latest, reached)
    return len(late) + len(fresh), reached >= until


def _made(conn: Connection, stack: Stack, first: date, last: date) -> tuple[list[Block], date]:
    """The next blocks of these days, and up to which day no other is to come for now."""
    made, rows = [], 0
    with days(conn, stack, first, last) as waiting:
        for block in blocks(stack.owner, waiting):
            made.append(block)
            rows += len(block.shares)
            if rows >= ROWS_A_TURN:
                return made, block.last_day
    return made, last


def _keep_late(conn: Connection, stack: Stack, made: list[Block]) -> None:
    """Publish blocks with all their cuts at once: no other will come that they could wait for."""
    if not made:
        return
    names = CUTS[stack.owner, stack.stream]
    keep(conn, stack, [total(block) for block in made])
    keep(conn, stack, [alone(stack.owner, each, block) for each in names for block in made])
    take_away(conn, stack, made)


def _keep_fresh(
    conn: Connection, stack: Stack, made: list[Block], latest: date, until: date
) -> None:
    """Publish the totals of blocks, and the cuts that wait for none that ends after `until`."""
    names = CUTS[stack.owner, stack.stream]
    ids = keep(conn, stack, [total(block) for block in made])
    fresh = [Counted(*pair) for pair in zip(ids, made, strict=True)]
    through = cut_through(conn, stack)
    whole = [*counted(conn, stack, latest), *fresh]
    cut = [each for n in names for each in cuts(stack.owner, n, _after(whole, through, n), until)]
    keep(conn, stack, cut)
    through |= {each.name: each.through for each in cut if each.through}
    told = min(through.get(",".join(each), 0) for each in names)
    take_through(conn, stack, told, latest)
    take_away(conn, stack, [each.block for each in fresh if each.id <= told])
    put_by(conn, stack, [each for each in fresh if each.id > told])


def _after(
    whole: list[Counted], through: Mapping[str, int], names: tuple[str, ...]
) -> list[Counted]:
    """The blocks that this cut does not hold yet."""
    last = through.get(",".join(names), 0)
    return [each for each in whole if each.id > last]


def _hold(conn: Connection) -> None:
    """Have nobody erased and nothing fed until this turn is over."""
    conn.execute(select(func.pg_advisory_xact_lock_shared(ERASING_LOCK)))
    conn.execute(select(func.pg_advisory_xact_lock(PUBLISHING_LOCK)))

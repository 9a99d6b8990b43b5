"""The writer on its own: nothing is lost in silence, and nobody is left waiting."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select

from db.access import create_project, project_secret
from db.engine import conninfo
from db.partitions import ensure_months, existing_months
from db.tables import events, ledger
from ingest_api import storing
from ingest_api import writer as writing
from ingest_api.event import Event, Sender
from ingest_api.submission import Submission
from ingest_api.writer import QueueFull, StorageDown, Unstorable, Writer
from tests.ingest_api.conftest import numbers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def sender(ingest_engine: Engine) -> Sender:
    with ingest_engine.begin() as conn:
        made = create_project(conn, f"written {next(numbers)}", consent="opt-out")
        return Sender(made.id, made.consent, project_secret(conn, made.id), None)


@pytest.fixture
def make_writer(ingest_url, ingest_engine):
    def make_months(months):
        with ingest_engine.begin() as conn:
            ensure_months(conn, months)

    return lambda **other: Writer(conninfo(ingest_url) | other, make_months)


def submission(sender: Sender, *names: str, at: datetime = NOW) -> Submission:
    made = [
        Event(name, occurred_at=at, received_at=NOW, event_id=uuid4(), actor_key=1)
        for name in names
    ]
    return Submission(sender, made, NOW)


@contextlib.asynccontextmanager
async def at_work(writer: Writer) -> AsyncIterator[Writer]:
    running = asyncio.create_task(writer.run())
    yield writer
    writer.stop()
    await asyncio.wait_for(running, 10)


def stored(engine: Engine, sender: Sender) -> list[str]:
    with engine.connect() as conn:
        mine = select(events.c.name).where(events.c.project_id == sender.project_id)
        return sorted(conn.execute(mine).scalars())


def test_submissions_of_the_same_moment_share_a_commit(make_writer, sender, ingest_engine):
    async def run():
        async with at_work(make_writer()) as writer:
            sent = [writer.submit(submission(sender, name)) for name in "abc"]
            return [result.accepted for result in await asyncio.gather(*sent)]

    assert asyncio.run(run()) == [1, 1, 1]
    assert stored(ingest_engine, sender) == ["a", "b", "c"]
    with ingest_engine.connect() as conn:
        mine = select(ledger.c.accepted).where(ledger.c.project_id == sender.project_id)
        assert conn.execute(mine).scalars().all() == [3]


def test_a_full_queue_says_so_and_keeps_what_it_has(
    make_writer, sender, ingest_engine, monkeypatch
):
    monkeypatch.setattr(writing, "MAX_EVENTS_WAITING", 3)
    writer = make_writer()

    async def run():
        waiting = [asyncio.create_task(writer.submit(submission(sender, n, n))) for n in "ab"]
        await asyncio.sleep(0)
        with pytest.raises(QueueFull):
            await waiting[1]
        async with at_work(writer):
            await waiting[0]
        return writer.waiting_events

    assert asyncio.run(run()) == 0
    assert stored(ingest_engine, sender) == ["a", "a"]


def test_a_value_that_is_refused_does_not_fail_the_others(make_writer, sender, ingest_engine):
    async def run():
        async with at_work(make_writer()) as writer:
            sent = [writer.submit(submission(sender, name)) for name in ("a", "\x00", "c")]
            return await asyncio.gather(*sent, return_exceptions=True)

    first, second, third = asyncio.run(run())
    assert (first.accepted, third.accepted) == (1, 1)
    assert isinstance(second, Unstorable)
    assert stored(ingest_engine, sender) == ["a", "c"]


def test_a_month_without_a_partition_gets_one(make_writer, sender, ingest_engine):
    async def run():
        async with at_work(make_writer()) as writer:
            await writer.submit(submission(sender, "a", at=datetime(2012, 2, 29, tzinfo=UTC)))

    asyncio.run(run())
    with ingest_engine.connect() as conn:
        assert date(2012, 2, 1) in existing_months(conn)


def test_a_month_that_was_dropped_meanwhile_is_made_again(make_writer, sender, ingest_engine):
    old = datetime(2012, 5, 1, tzinfo=UTC)

    async def run():
        async with at_work(make_writer()) as writer:
            await writer.submit(submission(sender, "a", at=old))
            with ingest_engine.begin() as conn:
                conn.exec_driver_sql("DROP TABLE events_2012_05")
            with pytest.raises(StorageDown):
                await writer.submit(submission(sender, "b", at=old))
            return await writer.submit(submission(sender, "c", at=old))

    assert asyncio.run(run()).accepted == 1
    assert stored(ingest_engine, sender) == ["c"]


def test_stopping_answers_all_that_waits_and_takes_nothing_more(make_writer, sender, ingest_engine):
    async def run():
        writer = make_writer()
        running = asyncio.create_task(writer.run())
        waiting = [asyncio.create_task(writer.submit(submission(sender, n))) for n in "abc"]
        await asyncio.sleep(0)
        writer.stop()
        with pytest.raises(StorageDown):
            await writer.submit(submission(sender, "late"))
        answers = await asyncio.gather(*waiting)
        await asyncio.wait_for(running, 10)
        return [answer.accepted for answer in answers]

    assert asyncio.run(run()) == [1, 1, 1]
    assert stored(ingest_engine, sender) == ["a", "b", "c"]


def test_stopping_while_a_commit_is_under_way_finishes_it(make_writer, sender, ingest_engine):
    async def run():
        async with at_work(make_writer()) as writer:
            waiting = asyncio.create_task(writer.submit(submission(sender, *["a"] * 2_000)))
            await asyncio.sleep(0.02)
        return (await waiting).accepted

    assert asyncio.run(run()) == 2_000


def test_a_request_that_gives_up_waiting_takes_nobody_with_it(make_writer, sender, ingest_engine):
    async def run():
        async with at_work(make_writer()) as writer:
            leaving, staying = (
                asyncio.create_task(writer.submit(submission(sender, name))) for name in "ab"
            )
            await asyncio.sleep(0)
            leaving.cancel()
            return (await staying).accepted, writer.waiting_events

    assert asyncio.run(run()) == (1, 0)
    assert "b" in stored(ingest_engine, sender)


def test_a_lost_connection_is_a_refusal_and_then_a_new_connection(
    make_writer, sender, ingest_engine
):
    async def run():
        async with at_work(make_writer(application_name="lost")) as writer:
            await writer.submit(submission(sender, "a"))
            with ingest_engine.begin() as conn:
                conn.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'lost'"
                )
            with pytest.raises(StorageDown):
                await writer.submit(submission(sender, "b"))
            return (await writer.submit(submission(sender, "c"))).accepted

    assert asyncio.run(run()) == 1
    assert stored(ingest_engine, sender) == ["a", "c"]


def test_what_nobody_expects_is_a_refusal_and_the_writer_lives(make_writer, sender, monkeypatch):
    real, broken = writing.store, [ValueError("out of the blue")]

    async def store(*args, **how):
        if broken:
            raise broken.pop()
        return await real(*args, **how)

    monkeypatch.setattr(writing, "store", store)

    async def run():
        async with at_work(make_writer()) as writer:
            with pytest.raises(StorageDown):
                await writer.submit(submission(sender, "a"))
            return (await writer.submit(submission(sender, "b"))).accepted

    assert asyncio.run(run()) == 1


def test_what_only_its_id_tells_takes_no_other_event_the_long_way(
    make_writer, sender, ingest_engine, monkeypatch
):
    async def never(*given):
        raise AssertionError

    def sent(*names, hours=0):
        timed = submission(sender, *names, at=NOW + timedelta(hours=hours))
        again = replace(shown, occurred_at=shown.occurred_at + timedelta(hours=hours))
        return replace(timed, events=[*timed.events, again])

    shown = Event("shown", occurred_at=NOW, received_at=NOW, event_id=uuid4(), actor_key=1)
    shown.time_is_ours, shown.id_is_ours = True, False
    monkeypatch.setattr(storing, "store_new_ones", never)

    async def run():
        async with at_work(make_writer()) as writer:
            return [
                await writer.submit(each) for each in (sent("a"), sent("b", hours=1), sent(hours=2))
            ]

    answers = asyncio.run(run())
    assert [(each.accepted, each.duplicates) for each in answers] == [(2, 0), (1, 1), (0, 1)]
    assert stored(ingest_engine, sender) == ["a", "b", "shown"]
    with ingest_engine.connect() as conn:
        mine = select(ledger.c.accepted).where(ledger.c.project_id == sender.project_id)
        assert conn.execute(mine.order_by(ledger.c.batch_id)).scalars().all() == [2, 1, 0]


@pytest.mark.parametrize("order", [1, -1], ids=["same order", "opposite order"])
def test_two_writers_store_what_both_are_sent_once(make_writer, sender, ingest_engine, order):
    shared = submission(sender, *(f"{n:03}" for n in range(300)))
    for number, event in enumerate(shared.events):
        event.id_is_ours = False
        event.time_is_ours = number % 3 == 0

    def slices(step):
        return [
            Submission(sender, shared.events[n : n + 30][::step], NOW)
            for n in range(0, 300, 30)[::step]
        ]

    async def send(writer, each):
        while True:
            with contextlib.suppress(StorageDown):
                return await writer.submit(each)

    async def run():
        async with at_work(make_writer()) as one, at_work(make_writer()) as other:
            sent = [send(one, each) for each in slices(1)]
            sent += [send(other, each) for each in slices(order)]
            return await asyncio.gather(*sent)

    answers = asyncio.run(run())
    assert stored(ingest_engine, sender) == [f"{n:03}" for n in range(300)]
    assert sum(answer.accepted for answer in answers) == 300
    assert sum(answer.duplicates for answer in answers) == 300
    with ingest_engine.connect() as conn:
        mine = select(ledger.c.accepted).where(ledger.c.project_id == sender.project_id)
        assert sum(conn.execute(mine).scalars()) == 300


def test_a_grant_that_comes_with_a_batch_and_a_withdrawal_can_not_lock_each_other_out(
    make_writer, sender, ingest_engine
):
    asking = Sender(sender.project_id, "opt-in", sender.secret, None)

    def granted(*actors):
        sent = submission(asking, *["a"] * len(actors))
        for event, actor in zip(sent.events, actors, strict=True):
            event.actor_key = actor
        sent.grants = 1
        return sent

    async def run():
        async with at_work(make_writer()) as one, at_work(make_writer()) as other:
            actors = list(range(1, 50))
            sent = [one.submit(granted(*actors)), other.submit(granted(*actors[::-1]))]
            return await asyncio.gather(*sent)

    assert [answer.accepted for answer in asyncio.run(run())] == [49, 49]


def test_a_database_that_is_not_there_is_a_refusal(server):
    async def run():
        nowhere = conninfo(server.set(database="looplens_nowhere"))
        async with at_work(Writer(nowhere, list)) as writer:
            sender = Sender(1, "opt-out", b"", None)
            with pytest.raises(StorageDown):
                await writer.submit(submission(sender, "a"))

    asyncio.run(run())

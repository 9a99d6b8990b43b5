"""The worker publishes what it rolls up: once, in pieces, beside others, after it was killed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from psycopg.errors import NumericValueOutOfRange
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from db.access import create_project, project_secret
from db.identity import actor_key
from db.tables import (
    packages,
    published_blocks,
    published_cells,
    published_people,
    runs,
    unpublished,
)
from jobs.erasing import erase_person
from jobs.publishing import Publisher, feed, passes, publish, publish_due
from jobs.rollups import rebuild, roll
from tests.runs_written import write_runs
from tests.thorough import thorough

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def shop(own_engine):
    with own_engine.begin() as conn:
        return create_project(conn, "shop", consent="opt-out", retention_months=None)


def write(engine, project, *lines):
    """Store each line for the people it counts: `5 review 2026-...` is u1 to u5."""
    with engine.begin() as conn:
        for line in lines:
            count, rest = line.split(" ", 1)
            write_runs(conn, project, *(f"u{n} {rest}" for n in range(1, int(count) + 1)))


def week(engine, project, *packages):
    """A week in which six people run each of these every other day, and two in between."""
    for package in packages:
        for day in range(10, 17):
            people = 2 if day % 2 else 6
            write(engine, project, f"{people} {package} 2026-03-{day}T10:00Z version={day % 2}")


def told(engine):
    """Everything that is published, and how much waits."""
    b, c, p = published_blocks.c, published_cells.c, published_people.c
    days = (b.owner_id, b.cut, b.first_day, b.last_day)
    cells = select(*days, c["keys"], c.people, c.n).join(published_cells, c.block_id == b.id)
    reached = select(p.owner_id, p.actor_key, p.last_start)
    waits = select(func.sum(unpublished.c.n))
    with engine.connect() as conn:
        found = (conn.execute(query).all() for query in (cells, reached, waits))
        return [sorted(map(tuple, rows), key=repr) for rows in found]


def counted(engine):
    """How many runs the totals tell, and how many wait for theirs."""
    totals = select(func.coalesce(func.sum(published_cells.c.n), 0))
    waits = select(func.coalesce(func.sum(unpublished.c.n), 0))
    with engine.connect() as conn:
        return (
            conn.execute(totals.where(published_cells.c.cut == "")).scalar_one(),
            conn.execute(waits.where(unpublished.c.block_id.is_(None))).scalar_one(),
        )


def test_each_run_is_fed_once_however_often_the_rest_is_made_anew(own_engine, shop):
    write(own_engine, shop, "3 review 2026-03-18T10:00Z")
    while roll(own_engine):
        pass
    assert counted(own_engine) == (0, 3)
    assert roll(own_engine) == 0
    with own_engine.begin() as conn:
        rebuild(conn, shop.id)
    assert counted(own_engine) == (0, 3)


@thorough
def test_who_is_erased_while_they_wait_is_never_told(own_engine, shop):
    write(own_engine, shop, "5 review 2026-03-18T10:00Z")
    roll(own_engine)
    with own_engine.begin() as conn:
        erase_person(conn, shop.id, actor_key(project_secret(conn, shop.id), "u1"))
    assert publish_due(own_engine, NOW) == 0
    assert counted(own_engine) == (0, 4)


@thorough
@pytest.mark.parametrize("steps", [1, 3, 6, 8])
def test_what_is_interrupted_goes_on_as_if_it_had_not_been(own_engine, shop, monkeypatch, steps):
    week(own_engine, shop, "review", "seo")
    while roll(own_engine):
        pass
    monkeypatch.setattr(passes, "ROWS_A_TURN", 1)
    turns = passes._turns(own_engine.begin, NOW)
    for _ in range(steps):
        next(turns)
    with monkeypatch.context() as broken:
        broken.setattr(passes, "take_through", _fail)
        with pytest.raises(SystemExit):
            list(turns)
    publish_due(own_engine, NOW)
    cut_short = told(own_engine)
    _start_again(own_engine, shop)
    publish_due(own_engine, NOW)
    assert cut_short == told(own_engine)
    assert counted(own_engine) == (60, 0)


def _fail(*_):
    raise SystemExit("killed")


def _start_again(engine, project):
    """Take back all that was published, as if nothing had been."""
    with engine.begin() as conn:
        for table in (published_blocks, published_people, unpublished):
            conn.execute(table.delete())
        feed(conn, runs.c.project_id == project.id)


@thorough
def test_several_workers_publish_each_run_once_while_others_come_in(own_engine, shop):
    packages = [f"p{n}" for n in range(4)]
    week(own_engine, shop, *packages)
    while roll(own_engine):
        pass
    week(own_engine, shop, *packages)
    works = [lambda: publish_due(own_engine, NOW)] * 4 + [lambda: roll(own_engine, 20)] * 20
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work) for work in [*works[2:], *works[:2]]]:
            done.result()
    while roll(own_engine):
        pass
    publish_due(own_engine, NOW)
    published, waiting = counted(own_engine)
    assert published + waiting == 2 * 4 * 30


@thorough
def test_the_worker_publishes_a_little_in_each_pass_and_then_rests(own_engine, shop, monkeypatch):
    week(own_engine, shop, "review", "seo")
    while roll(own_engine):
        pass
    monkeypatch.setattr(passes, "SECONDS_A_PASS", 0.0)
    clock = [1_000.0]
    monkeypatch.setattr(passes.time, "monotonic", lambda: clock[0])
    publisher = Publisher()
    publisher.work(own_engine)
    assert counted(own_engine)[1] > 0
    for _ in range(20):
        publisher.work(own_engine)
    assert counted(own_engine) == (60, 0)
    write(own_engine, shop, "6 review 2026-03-18T10:00Z")
    roll(own_engine)
    publisher.work(own_engine)
    assert counted(own_engine) == (60, 6)
    clock[0] += passes.EVERY_SECONDS
    for _ in range(20):
        publisher.work(own_engine)
    assert counted(own_engine) == (66, 0)


@thorough
def test_a_pass_that_failed_begins_anew(own_engine, shop, monkeypatch):
    week(own_engine, shop, "review")
    while roll(own_engine):
        pass
    publisher = Publisher()
    with monkeypatch.context() as broken:
        broken.setattr(passes, "keep", _lose)
        with pytest.raises(OperationalError):
            publisher.work(own_engine)
    assert counted(own_engine) == (0, 30)
    publisher.work(own_engine)
    assert counted(own_engine) == (30, 0)


def _lose(*_):
    raise OperationalError("SELECT", {}, Exception("the connection is lost"))


@pytest.fixture
def overflowing(own_engine, shop):
    """Two packages and two projects, where the sums of the first package do not fit."""
    with own_engine.begin() as conn:
        second = create_project(conn, "second", consent="opt-out", retention_months=None)
    week(own_engine, shop, "first", "review")
    week(own_engine, second, "review")
    while roll(own_engine):
        pass
    first = select(packages.c.id).where(packages.c.name == "first").scalar_subquery()
    most = update(unpublished).values(metered=1, tokens=2**63 - 1)
    with own_engine.begin() as conn:
        conn.execute(most.where(unpublished.c.package_id == first))
    return own_engine


def test_how_far_it_is_can_be_watched(own_engine, shop):
    week(own_engine, shop, "review", "seo")
    while roll(own_engine):
        pass
    seen = []
    publish_due(own_engine, NOW, lambda *progress: seen.append(progress))
    assert seen == [(1, 2), (2, 2)]


def test_what_can_not_be_published_stops_nothing_else(overflowing):
    with pytest.raises(ExceptionGroup) as failed:
        publish_due(overflowing, NOW)
    assert [type(each) for each in failed.value.exceptions] == [NumericValueOutOfRange]
    assert counted(overflowing) == (60, 30)


def test_within_a_transaction_neither_and_what_the_caller_did_before_stays(overflowing):
    with overflowing.begin() as conn, pytest.raises(ExceptionGroup):
        publish(conn, NOW)
    assert counted(overflowing) == (60, 30)


def test_what_can_not_be_published_is_tried_again_the_next_hour(overflowing, monkeypatch):
    clock = [1_000.0]
    monkeypatch.setattr(passes.time, "monotonic", lambda: clock[0])
    publisher = Publisher()
    with pytest.raises(ExceptionGroup):
        publisher.work(overflowing)
    publisher.work(overflowing)
    clock[0] += passes.EVERY_SECONDS
    with pytest.raises(ExceptionGroup):
        publisher.work(overflowing)

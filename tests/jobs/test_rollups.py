"""Rollups are what their definitions say, however the events came and whoever rolled them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from db.tables import actor, actor_day, cells, events, intake_hour, ledger
from jobs.catching_up import catch_up
from jobs.rollups import erase, rebuild, roll, waiting
from tests.jobs.conftest import ZONES, happened, store_batch
from tests.jobs.reference import Happened, contents, expected, found
from tests.thorough import cases, thorough

AT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
batches = st.lists(st.lists(happened, max_size=8), max_size=5)


@pytest.mark.parametrize("zone", ZONES)
def test_rollups_are_the_same_as_counted_by_hand(rolled_engine, make_project, zone):
    @settings(max_examples=cases(15))
    @given(batches, st.integers(1, 10))
    def hold(given_batches, events_a_pass):
        project = make_project(zone)
        with rolled_engine.begin() as conn:
            for batch in given_batches:
                store_batch(conn, project, batch)
        while roll(rolled_engine, events_a_pass):
            pass
        by_hand = expected((event for batch in given_batches for event in batch), zone)
        with rolled_engine.begin() as conn:
            assert found(conn, project.id) == by_hand
            before = contents(conn, project.id)
            rebuild(conn, project.id)
            assert contents(conn, project.id) == before

    hold()


def test_adding_events_and_erasing_them_leaves_the_rollups_as_they_were(
    rolled_engine, make_project
):
    @settings(max_examples=cases(15))
    @given(batches, batches)
    def hold(staying, leaving):
        project = make_project("Europe/Berlin")
        others = [[_of(event, event.actor_key + 10) for event in batch] for batch in leaving]
        with rolled_engine.begin() as conn:
            for batch in staying:
                store_batch(conn, project, batch)
        catch_up(rolled_engine)
        with rolled_engine.begin() as conn:
            before = contents(conn, project.id)
            for batch in others:
                store_batch(conn, project, batch)
        catch_up(rolled_engine, most_events=3)
        with rolled_engine.begin() as conn:
            assert erase(conn, project.id, range(8, 13)) == sum(map(len, others))
            assert contents(conn, project.id) == before
            rebuild(conn, project.id)
            assert contents(conn, project.id) == before

    hold()


def _of(event: Happened, actor_key: int) -> Happened:
    return Happened(**{**vars(event), "actor_key": actor_key})


def test_what_is_erased_before_it_is_rolled_is_never_counted(rolled_engine, make_project):
    project = make_project()
    with rolled_engine.begin() as conn:
        store_batch(conn, project, [Happened(AT, 1), Happened(AT, 2)])
        assert erase(conn, project.id, [1]) == 1
    catch_up(rolled_engine)
    with rolled_engine.connect() as conn:
        assert found(conn, project.id) == expected([Happened(AT, 2)], "UTC")


def test_erasing_reaches_days_whose_raw_events_are_gone(rolled_engine, make_project):
    project = make_project()
    with rolled_engine.begin() as conn:
        store_batch(conn, project, [Happened(AT, 1), Happened(AT, 2)])
    catch_up(rolled_engine)
    with rolled_engine.begin() as conn:
        conn.execute(delete(events).where(events.c.project_id == project.id))
        erase(conn, project.id, [1])
        for table in (actor, actor_day):
            left = select(table.c.actor_key).where(table.c.project_id == project.id)
            assert conn.execute(left).scalars().all() == [2]


def test_a_project_is_erased_and_rebuilt_without_touching_another(rolled_engine, make_project):
    mine, other = make_project(), make_project()
    with rolled_engine.begin() as conn:
        for project in (mine, other):
            store_batch(conn, project, [Happened(AT, 1, session_key=5)])
    catch_up(rolled_engine)
    with rolled_engine.begin() as conn:
        before = contents(conn, other.id)
        erase(conn, mine.id, [1])
        rebuild(conn, mine.id)
        assert contents(conn, other.id) == before
        assert not any(found(conn, mine.id).values())


def test_the_first_cell_of_a_person_is_that_of_their_first_event(rolled_engine, make_project):
    project = make_project()
    later, earlier = AT.replace(day=5), AT.replace(day=2)
    with rolled_engine.begin() as conn:
        store_batch(conn, project, [Happened(later, 1, platform="ios")])
    catch_up(rolled_engine)
    with rolled_engine.begin() as conn:
        store_batch(
            conn, project, [Happened(earlier, 1, platform="web"), Happened(AT.replace(day=9), 1)]
        )
    catch_up(rolled_engine)
    with rolled_engine.connect() as conn:
        first = select(cells.c.platform, actor.c.first_seen, actor.c.last_seen, actor.c.n)
        joined = first.join(cells, cells.c.id == actor.c.first_cell)
        row = conn.execute(joined.where(actor.c.project_id == project.id)).one()
    assert tuple(row) == ("web", earlier, AT.replace(day=9), 3)


def test_hours_and_days_end_where_the_project_is(rolled_engine, make_project):
    project = make_project("Asia/Kathmandu")
    with rolled_engine.begin() as conn:
        store_batch(conn, project, [Happened(datetime(2026, 3, 1, 18, 14, tzinfo=UTC), 1)])
        store_batch(conn, project, [Happened(datetime(2026, 3, 1, 18, 15, tzinfo=UTC), 1)])
    catch_up(rolled_engine)
    with rolled_engine.connect() as conn:
        rolled = found(conn, project.id)
    assert sorted(key[0] for key in rolled["event_hour"]) == [
        datetime(2026, 3, 1, 17, 15, tzinfo=UTC),
        datetime(2026, 3, 1, 18, 15, tzinfo=UTC),
    ]
    assert sorted(key[0] for key in rolled["actor_day"]) == [date(2026, 3, 1), date(2026, 3, 2)]


def test_what_became_of_everything_is_counted_by_the_hour_of_receipt(rolled_engine, make_project):
    project = make_project()
    with rolled_engine.begin() as conn:
        store_batch(conn, project, [Happened(AT, 1)] * 2)
        store_batch(conn, project, [])
    catch_up(rolled_engine)
    with rolled_engine.connect() as conn:
        mine = select(intake_hour.c.outcome, intake_hour.c.n, intake_hour.c.hour)
        rows = conn.execute(mine.where(intake_hour.c.project_id == project.id)).all()
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert sorted(map(tuple, rows)) == [("accepted", 2, noon), ("bot", 2, noon)]


def test_the_longest_texts_can_be_rolled(rolled_engine, make_project):
    project = make_project()
    wide = "\U0001f600"
    with rolled_engine.begin() as conn:
        store_batch(conn, project, [Happened(AT, 1, name=wide * 100, subject=wide * 300)])
        longest = dict.fromkeys(("platform", "app_version", "channel", "plan"), wide * 100)
        conn.execute(update(events).where(events.c.project_id == project.id).values(**longest))
    assert catch_up(rolled_engine) == 1


def test_the_longest_durations_of_a_busy_hour_can_be_added(rolled_engine, make_project):
    project = make_project()
    with rolled_engine.begin() as conn:
        store_batch(conn, project, [Happened(AT, 1, duration_ms=1e10, value=1e15)] * 100)
    assert catch_up(rolled_engine) == 1


def test_a_pass_takes_as_many_batches_as_fit_and_always_one(rolled_engine, make_project):
    project = make_project()
    with rolled_engine.begin() as conn:
        for size in (3, 2, 2, 9, 0):
            store_batch(conn, project, [Happened(AT, 1)] * size)
    assert [roll(rolled_engine, 5) for _ in range(5)] == [2, 1, 1, 1, 0]
    assert waiting(rolled_engine) == 0


@thorough
def test_progress_is_told_batch_by_batch(rolled_engine, make_project):
    project, told = make_project(), []
    with rolled_engine.begin() as conn:
        for _ in range(3):
            store_batch(conn, project, [Happened(AT, 1)])
    catch_up(rolled_engine, lambda done, of: told.append((done, of)), most_events=1)
    assert told == [(1, 3), (2, 3), (3, 3)]


@thorough
def test_many_workers_at_once_count_everything_once(rolled_engine, make_project):
    projects = [make_project(), make_project("Europe/Berlin")]
    sent = [
        Happened(AT.replace(day=n % 28 + 1), n % 7, f"e{n % 3}", session_key=n % 5, duration_ms=n)
        for n in range(600)
    ]
    with rolled_engine.begin() as conn:
        for n in range(0, 600, 6):
            for project in projects:
                store_batch(conn, project, sent[n : n + 6][:: 1 if n % 4 else -1])

    def work() -> int:
        return sum(iter(lambda: roll(rolled_engine, 25), 0))

    with ThreadPoolExecutor(4) as workers:
        rolled = sum(each.result() for each in [workers.submit(work) for _ in range(4)])
    assert rolled + catch_up(rolled_engine) == 200
    with rolled_engine.connect() as conn:
        for project in projects:
            assert found(conn, project.id) == expected(sent, project.timezone)
        left = select(func.count()).where(ledger.c.rolled_at.is_(None))
        assert conn.execute(left).scalar_one() == 0

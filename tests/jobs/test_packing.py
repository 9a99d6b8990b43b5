"""Packs hold each event and each key once, however they came and whatever was merged or erased."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from db.tables import (
    NO_BIN,
    actor_day,
    actor_event_day,
    cells,
    event_pack,
    key_pack,
    kinds,
    session_day,
)
from jobs.catching_up import catch_up
from jobs.packing import FAN_IN, merge
from jobs.rollups import erase, rebuild, roll
from tests.jobs.conftest import happened, store_batch
from tests.jobs.reference import Happened

SINCE = datetime(2000, 1, 1, tzinfo=UTC)
batches = st.lists(st.lists(happened, max_size=8), max_size=6)


def packed_events(conn, project_id):
    """Every event of the packs as a tuple, with how often it is there."""
    names = {row.id: (row.name, row.subject) for row in conn.execute(select(kinds))}
    places = {row.id: (row.platform, row.country) for row in conn.execute(select(cells))}
    found = Counter()
    for pack in conn.execute(select(event_pack).where(event_pack.c.project_id == project_id)):
        columns = [
            np.frombuffer(getattr(pack, name), dtype).tolist()
            for name, dtype in (
                ("actors", ">i8"), ("moments", ">i8"), ("kinds", ">i4"), ("cells", ">i4"),
                ("sessions", ">i8"), ("bins", ">i2"), ("failed", ">i2"),
            )
        ]  # fmt: skip
        assert {len(column) for column in columns} == {pack.n}
        for actor, at, kind, cell, session, number, failed in zip(*columns, strict=True):
            assert names[kind][0] == pack.name
            timed = number != NO_BIN
            found[pack.day, actor, at, *names[kind], *places[cell], session, timed, failed] += 1
    return found


def expected_events(events, zone):
    microsecond = SINCE.replace(microsecond=1) - SINCE
    return Counter(
        (
            event.occurred_at.astimezone(ZoneInfo(zone)).date(),
            event.actor_key,
            (event.occurred_at - SINCE) // microsecond,
            event.name,
            event.subject,
            event.platform,
            event.country,
            event.session_key or 0,
            event.duration_ms is not None,
            int(not event.ok),
        )
        for event in events
    )


def packed_keys(conn, project_id):
    """Every key of the packs; a key twice in one place fails."""
    found = Counter()
    for pack in conn.execute(select(key_pack).where(key_pack.c.project_id == project_id)):
        keys = np.frombuffer(pack.keys, ">i8").tolist()
        places = np.frombuffer(pack.cells, ">i4").tolist()
        what = np.frombuffer(pack.kinds, ">i4").tolist() or [0] * len(keys)
        assert len(keys) == len(places) == len(what) == pack.n
        found.update(
            (pack.what, pack.day, *entry) for entry in zip(keys, places, what, strict=True)
        )
    assert set(found.values()) <= {1}
    return set(found)


def rolled_keys(conn, project_id):
    def rows(what, table, key, kind):
        mine = select(table.c.day, key, table.c.cell_id, kind)
        return {(what, *row) for row in conn.execute(mine.where(table.c.project_id == project_id))}

    events = actor_event_day.c
    return (
        rows("actor", actor_day, actor_day.c.actor_key, 0 * actor_day.c.cell_id)
        | rows("session", session_day, session_day.c.session_key, 0 * session_day.c.cell_id)
        | rows("actor_event", actor_event_day, events.actor_key, events.kind_id)
    )


def assert_packed(conn, project, events):
    assert packed_events(conn, project.id) == expected_events(events, project.timezone)
    assert packed_keys(conn, project.id) == rolled_keys(conn, project.id)


def test_packs_hold_what_was_rolled_whatever_is_merged_and_erased(rolled_engine, make_project):
    @settings(max_examples=15)
    @given(batches, st.integers(1, 10), st.integers(-2, 2))
    def hold(given_batches, events_a_pass, leaving):
        project = make_project("Europe/Berlin")
        events = [event for batch in given_batches for event in batch]
        with rolled_engine.begin() as conn:
            for batch in given_batches:
                store_batch(conn, project, batch)
        while roll(rolled_engine, events_a_pass):
            pass
        with rolled_engine.begin() as conn:
            assert_packed(conn, project, events)
        merge(rolled_engine, until=date.max)
        with rolled_engine.begin() as conn:
            assert_packed(conn, project, events)
            if leaving:
                erase(conn, project.id, [leaving])
                events = [event for event in events if event.actor_key != leaving]
                assert_packed(conn, project, events)
            rebuild(conn, project.id)
            assert_packed(conn, project, events)

    hold()


def packs_of(engine, project):
    with engine.connect() as conn:
        mine = select(event_pack.c.tier, func.count()).group_by(event_pack.c.tier)
        return dict(conn.execute(mine.where(event_pack.c.project_id == project.id)).all())


def test_a_full_tier_becomes_one_pack_of_the_next(rolled_engine, make_project):
    project = make_project()
    made = [Happened(datetime(2026, 3, 1, 10, n, tzinfo=UTC), 1) for n in range(FAN_IN + 1)]
    for event in made[:FAN_IN]:
        with rolled_engine.begin() as conn:
            store_batch(conn, project, [event])
        roll(rolled_engine)
    assert packs_of(rolled_engine, project) == {0: FAN_IN}
    merge(rolled_engine)
    assert packs_of(rolled_engine, project) == {1: 1}
    with rolled_engine.begin() as conn:
        store_batch(conn, project, made[FAN_IN:])
    roll(rolled_engine)
    merge(rolled_engine)
    assert packs_of(rolled_engine, project) == {0: 1, 1: 1}
    with rolled_engine.connect() as conn:
        assert_packed(conn, project, made)


def test_after_catching_up_a_day_is_one_pack_an_event_name(rolled_engine, make_project):
    project = make_project()
    with rolled_engine.begin() as conn:
        for n in range(4):
            store_batch(conn, project, [Happened(datetime(2026, 3, 1, n, tzinfo=UTC), n + 1)])
    catch_up(rolled_engine, most_events=1)
    assert sum(packs_of(rolled_engine, project).values()) == 1

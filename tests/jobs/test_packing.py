"""Packs hold each event and each key once, however they came and whatever was merged or erased."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, literal, select

from db.tables import (
    NO_BIN,
    actor,
    actor_day,
    actor_event_day,
    cell_day,
    cells,
    event_day,
    event_pack,
    kinds,
    rollup_pack,
    session_day,
)
from jobs.catching_up import catch_up
from jobs.merging import FAN_IN, merge
from jobs.rollups import erase, rebuild, roll
from tests.jobs.conftest import happened, store_batch
from tests.jobs.reference import Happened
from tests.thorough import cases

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
        for who, at, kind, cell, session, number, failed in zip(*columns, strict=True):
            assert names[kind][0] == pack.name
            timed = number != NO_BIN
            found[pack.day, who, at, *names[kind], *places[cell], session, timed, failed] += 1
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


ARRAYS = {
    "keys": ">i8", "owners": ">i8", "kinds": ">i4", "cells": ">i4", "counts": ">i4",
    "failures": ">i4",
}  # fmt: skip
NOTHING = (0, 0)


def packed_rows(conn, project_id, *, merged=False):
    """What the packs of rollups count, and how many failures, by what they are known by.

    Once merged, each key is in one place.
    """
    found = {}
    names = {row.id: row.name for row in conn.execute(select(kinds))}
    for pack in conn.execute(select(rollup_pack).where(rollup_pack.c.project_id == project_id)):
        read = [
            np.frombuffer(getattr(pack, name), dtype).tolist() for name, dtype in ARRAYS.items()
        ]
        assert {len(column) for column in read} <= {0, pack.n}
        key, owner, kind, cell, n, failed = (column or [0] * pack.n for column in read)
        assert all(names[one] == pack.name for one in kind if one)
        for entry in zip(key, owner, kind, cell, n, failed, strict=True):
            place = (pack.what, pack.day, *entry[:4])
            assert not (merged and place in found)
            before = found.get(place, NOTHING)
            found[place] = (before[0] + entry[4], before[1] + entry[5])
    return {place: sums for place, sums in found.items() if sums != NOTHING}


def rolled_rows(conn, project):
    def rows(what, table, *columns):
        read = [table.c[name] if name else literal(0) for name in columns]
        mine = select(table.c.day, *read).where(table.c.project_id == project.id)
        return {(what, *row[:5]): tuple(row[5:]) for row in conn.execute(mine)}

    return (
        rows("cell", cell_day, "", "", "", "cell_id", "n", "failures")
        | rows("event", event_day, "", "", "kind_id", "cell_id", "n", "failures")
        | rows("actor", actor_day, "actor_key", "", "", "cell_id", "n", "failures")
        | rows(
            "actor_event", actor_event_day, "actor_key", "", "kind_id", "cell_id", "n", "failures"
        )
        | rows("session", session_day, "session_key", "actor_key", "", "cell_id", "n", "")
        | newcomers(conn, project)
    )


def newcomers(conn, project):
    found = Counter()
    for row in conn.execute(select(actor).where(actor.c.project_id == project.id)):
        day = row.first_seen.astimezone(ZoneInfo(project.timezone)).date()
        found["newcomer", day, 0, 0, 0, row.first_cell] += 1
    return {place: (n, 0) for place, n in found.items()}


def assert_packed(conn, project, events, **options):
    assert packed_events(conn, project.id) == expected_events(events, project.timezone)
    assert packed_rows(conn, project.id, **options) == rolled_rows(conn, project)


def test_packs_hold_what_was_rolled_whatever_is_merged_and_erased(rolled_engine, make_project):
    @settings(max_examples=cases(15))
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
            assert_packed(conn, project, events, merged=True)
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

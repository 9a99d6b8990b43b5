"""Merging and erasing take turns: what was erased stays so, and no worker falls over it."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from threading import Event

import pytest
from sqlalchemy import delete, select

from db.access import create_project
from db.tables import event_pack, rollup_pack
from jobs import merging
from jobs.merging import FAN_IN, merge
from jobs.rollups import erase, rebuild, roll
from tests.jobs.conftest import store_batch
from tests.jobs.reference import Happened
from tests.jobs.test_packing import assert_packed
from tests.thorough import thorough

PATIENCE = 30.0
A_WHILE = 0.5  # in which what does not wait has begun
LEAVING, STAYING = 1, 2


@pytest.fixture
def shop(own_engine):
    with own_engine.begin() as conn:
        return create_project(conn, "shop", consent="opt-out", retention_months=None)


@pytest.fixture
def happened(own_engine, shop):
    """What two people did, in as many packs as are merged into one."""
    made = []
    for minute in range(FAN_IN):
        at = datetime(2026, 3, 1, 10, minute, tzinfo=UTC)
        both = [Happened(at, LEAVING, session_key=1), Happened(at, STAYING, session_key=2)]
        with own_engine.begin() as conn:
            store_batch(conn, shop, both)
        roll(own_engine)
        made += both
    return made


def of_who_stays(happened):
    return [each for each in happened if each.actor_key == STAYING]


@pytest.fixture
def beside():
    """Runs work beside the test."""
    with ThreadPoolExecutor() as pool:
        yield pool


def still_waits(work):
    return work in wait([work], A_WHILE).not_done


@thorough
@pytest.mark.parametrize("changing", ["erase", "rebuild"])
def test_a_merge_waits_until_an_erasure_or_a_rebuild_is_done(
    own_engine, shop, happened, beside, changing
):
    with own_engine.begin() as conn:
        if changing == "erase":
            erase(conn, shop.id, [LEAVING])
        else:
            rebuild(conn, shop.id)
        merger = beside.submit(merge, own_engine)
        assert still_waits(merger)
    merger.result(PATIENCE)
    with own_engine.connect() as conn:
        left = of_who_stays(happened) if changing == "erase" else happened
        assert_packed(conn, shop, left)


@thorough
def test_an_erasure_waits_until_a_merge_is_done(own_engine, shop, happened, beside, monkeypatch):
    merged, go_on = Event(), Event()
    finish = merging._string_together

    def pause(*args, **options):
        finish(*args, **options)
        merged.set()
        go_on.wait(PATIENCE)

    monkeypatch.setattr(merging, "_string_together", pause)
    merger = beside.submit(merge, own_engine)
    assert merged.wait(PATIENCE)

    def leave():
        with own_engine.begin() as conn:
            erase(conn, shop.id, [LEAVING])

    eraser = beside.submit(leave)
    assert still_waits(eraser)
    go_on.set()
    merger.result(PATIENCE)
    eraser.result(PATIENCE)
    with own_engine.connect() as conn:
        assert_packed(conn, shop, of_who_stays(happened))


@thorough
def test_what_goes_with_its_project_meanwhile_becomes_no_pack(own_engine, shop, happened, beside):
    packs = (event_pack, rollup_pack)
    with own_engine.begin() as conn:
        for table in packs:
            conn.execute(delete(table))
        merger = beside.submit(merge, own_engine)
        assert still_waits(merger)
    merger.result(PATIENCE)
    with own_engine.connect() as conn:
        assert [conn.execute(select(table.c.id)).all() for table in packs] == [[], []]

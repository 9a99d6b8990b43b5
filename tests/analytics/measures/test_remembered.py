"""What was read of packs is remembered, and answers are those of the packs there are now."""

from datetime import date

import numpy as np
import pytest

from analytics.measures import remembered, unpacking
from analytics.measures.packs import load_keys
from analytics.measures.remembered import Remembered
from analytics.measures.tallies import load_tally
from analytics.scope import PUBLIC
from db.access import project_secret
from db.identity import actor_key
from jobs.merging import _add_up
from jobs.rollups import erase
from tests.analytics.reference import anyone, asking

DAY, AFTER = date(2026, 3, 28), date(2026, 3, 29)


@pytest.fixture
def read(monkeypatch):
    """How many packs each reading has fetched."""
    fetched, reading = [], unpacking._read_packs

    def noted(conn, packs, sought, numbers):
        fetched.append(len(numbers))
        return reading(conn, packs, sought, numbers)

    monkeypatch.setattr(unpacking, "_read_packs", noted)
    return fetched


@pytest.fixture
def filters(project, add_events):
    add_events(project, "u1 open 2026-03-28T10:00Z platform=web")
    add_events(project, "u2 open 2026-03-28T11:00Z platform=ios")
    return asking(project, DAY, AFTER)


def people(conn, project, filters):
    return len(set(load_keys(conn, anyone(project), filters, "actor").key.tolist()))


def packs_of(**sizes):
    return {int(name[1:]): {"key": np.zeros(size, np.int8)} for name, size in sizes.items()}


def test_a_pack_is_read_once_and_a_new_one_when_it_comes(conn, project, filters, add_events, read):
    assert [people(conn, project, filters) for _ in range(2)] == [2, 2]
    assert read == [2]
    add_events(project, "u3 open 2026-03-28T12:00Z")
    assert people(conn, project, filters) == 3
    assert read == [2, 1]


def test_a_column_that_was_not_read_yet_is_read(conn, project, filters, read):
    assert load_keys(conn, anyone(project), filters, "actor", columns=("key",)).cell.size == 0
    assert load_keys(conn, anyone(project), filters, "actor", columns=("cell",)).cell.size == 2
    assert load_tally(conn, anyone(project), filters, ("count",)).count.tolist() == [1, 1]
    assert len(read) == 3


def test_an_answer_may_be_changed_and_the_next_is_as_before(conn, project, filters):
    keys = load_keys(conn, anyone(project), filters, "actor").key
    keys[:] = 0
    assert people(conn, project, filters) == 2


def test_who_is_erased_is_not_remembered(conn, project, filters):
    assert people(conn, project, filters) == 2
    erase(conn, project.id, [actor_key(project_secret(conn, project.id), "u1")])
    assert people(conn, project, filters) == 1


def test_what_is_remembered_is_shown_to_no_stranger(conn, project, filters):
    assert people(conn, project, filters) == 2
    assert load_keys(conn, PUBLIC, filters, "actor").key.size == 0


def test_packs_that_are_merged_while_they_are_read_count_once(conn, project, filters, monkeypatch):
    reading = unpacking._read_packs

    def after_merging(*args):
        monkeypatch.setattr(unpacking, "_read_packs", reading)
        _add_up(conn, tiered=False, until=AFTER)
        return reading(*args)

    monkeypatch.setattr(unpacking, "_read_packs", after_merging)
    assert load_tally(conn, anyone(project), filters).count.tolist() == [1, 1]


def test_the_longest_unused_is_forgotten_first():
    memory = Remembered(most_bytes=16)
    for pack in (packs_of(p1=4), packs_of(p2=4), packs_of(p3=4, p4=0)):
        memory.remember(pack)
    assert memory.having([1], ["key"])
    memory.remember(packs_of(p5=4))
    memory.remember(packs_of(p6=4))
    assert list(memory.having(range(9), ["key"])) == [1, 3, 4, 5, 6]


def test_what_would_push_out_most_of_the_rest_is_not_remembered():
    memory = Remembered(most_bytes=16)
    memory.remember(packs_of(p1=3, p2=2))
    assert memory.having([1, 2], ["key"]) == {}


def test_what_nobody_asks_for_is_forgotten(monkeypatch):
    memory, now = Remembered(most_bytes=16), 1_000.0
    monkeypatch.setattr(remembered.time, "monotonic", lambda: now)
    memory.remember(packs_of(p1=2))
    now += remembered.UNUSED_SECONDS + 1
    memory.remember(packs_of(p2=2))
    assert list(memory.having([1, 2], ["key"])) == [2]

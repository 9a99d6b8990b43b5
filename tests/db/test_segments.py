"""Segments as rows: kept, changed, forgotten, and counted by two at once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import BigInteger, column, func, insert, select, values

from db.access import create_project, ensure_person
from db.errors import BadSetting, SegmentExists, UnknownSegment
from db.segments import (
    change_segment,
    create_segment,
    delete_segment,
    list_segments,
    lock_segment,
    segments_counted_before,
    store_members,
)
from db.tables import segment_members
from tests.thorough import thorough

NOW = datetime(2026, 3, 12, 12, tzinfo=UTC)


def actors(*keys):
    """A select of these actors, as a definition would give."""
    listed = values(column("actor_key", BigInteger), name="listed").data([(key,) for key in keys])
    return select(listed.c.actor_key).where(listed.c.actor_key > 0)


def store(conn, project, segment_id, *keys, at=NOW):
    return store_members(conn, lock_segment(conn, project.id, segment_id), actors(*keys), at)


def members(conn, segment_id):
    m = segment_members.c
    return set(conn.execute(select(m.actor_key).where(m.segment_id == segment_id)).scalars())


def test_a_segment_is_kept_with_its_maker(conn, project):
    person = ensure_person(conn, "pm@example.org", "product", (project.id,))
    made = create_segment(conn, project.id, " Payers ", '{"rules": []}', person)
    (kept,) = list_segments(conn, project.id)
    assert (kept.id, kept.name, kept.maker) == (made, "Payers", "pm@example.org")
    assert (kept.definition, kept.size, kept.counted_at) == ('{"rules": []}', 0, None)


def test_segments_are_listed_by_name_and_project(conn, project, berlin):
    for name in ("b", "a"):
        create_segment(conn, project.id, name, "{}", None)
    create_segment(conn, berlin.id, "a", "{}", None)
    assert [segment.name for segment in list_segments(conn, project.id)] == ["a", "b"]


def test_a_name_is_given_once_in_a_project(conn, project):
    create_segment(conn, project.id, "a", "{}", None)
    other = create_segment(conn, project.id, "b", "{}", None)
    with pytest.raises(SegmentExists):
        create_segment(conn, project.id, "a", "{}", None)
    with pytest.raises(SegmentExists):
        change_segment(conn, project.id, other, "a", "{}")
    change_segment(conn, project.id, other, "b", '{"match": "any"}')
    assert list_segments(conn, project.id)[1].definition == '{"match": "any"}'


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\x00"])
def test_a_name_can_be_read(conn, project, name):
    with pytest.raises(BadSetting):
        create_segment(conn, project.id, name, "{}", None)


def test_the_segment_of_another_project_is_unknown(conn, project, berlin):
    theirs = create_segment(conn, berlin.id, "a", "{}", None)
    store(conn, berlin, theirs, 1)
    with pytest.raises(UnknownSegment):
        change_segment(conn, project.id, theirs, "mine", "{}")
    with pytest.raises(UnknownSegment):
        lock_segment(conn, project.id, theirs)
    delete_segment(conn, project.id, theirs)
    assert members(conn, theirs) == {1}


def test_storing_adds_who_came_and_removes_who_left(conn, project):
    segment = create_segment(conn, project.id, "a", "{}", None)
    other = create_segment(conn, project.id, "b", "{}", None)
    store(conn, project, other, 7)
    assert store(conn, project, segment, 1, 2, 3) == 3
    assert store(conn, project, segment, 2, 3, 4, 5) == 4
    assert members(conn, segment) == {2, 3, 4, 5}
    assert store(conn, project, segment, -1) == 0
    assert members(conn, segment) == set()
    assert members(conn, other) == {7}
    first = list_segments(conn, project.id)[0]
    assert (first.size, first.counted_at) == (0, NOW)


def test_deleting_forgets_the_members(conn, project):
    segment = create_segment(conn, project.id, "a", "{}", None)
    store(conn, project, segment, 1)
    delete_segment(conn, project.id, segment)
    assert members(conn, segment) == set()
    assert list_segments(conn, project.id) == []


def test_the_segment_that_waits_longest_is_due_first(conn, project):
    late, never, just = (create_segment(conn, project.id, name, "{}", None) for name in "abc")
    store(conn, project, late, 1, at=NOW - timedelta(hours=1))
    store(conn, project, just, 1, at=NOW)
    due = segments_counted_before(conn, NOW - timedelta(minutes=10))
    assert due == [(project.id, never), (project.id, late)]


@thorough
def test_two_who_count_at_once_leave_one_of_the_two_counts(own_engine):
    with own_engine.begin() as conn:
        project = create_project(conn, "shop", consent="opt-out")
        segment = create_segment(conn, project.id, "a", "{}", None)
    failed = []

    def count(keys):
        try:
            for _ in range(20):
                with own_engine.begin() as conn:
                    store(conn, project, segment, *keys)
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    sets = (range(1, 400), range(200, 700))
    threads = [threading.Thread(target=count, args=(keys,)) for keys in sets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    with own_engine.connect() as conn:
        assert members(conn, segment) in [set(keys) for keys in sets]
        assert list_segments(conn, project.id)[0].size == len(members(conn, segment))


@thorough
def test_who_is_erased_while_a_segment_is_counted_does_not_come_back(own_engine):
    from jobs.rollups import erase

    with own_engine.begin() as conn:
        project = create_project(conn, "shop", consent="opt-out")
        segment = create_segment(conn, project.id, "a", "{}", None)
    erased = threading.Event()

    def forget():
        with own_engine.begin() as conn:
            erase(conn, project.id, [1])
        erased.set()

    with own_engine.begin() as conn:
        held = lock_segment(conn, project.id, segment)
        thread = threading.Thread(target=forget)
        thread.start()
        assert not erased.wait(0.5)
        store_members(conn, held, actors(1, 2), NOW)
    thread.join(30)
    with own_engine.connect() as conn:
        assert members(conn, segment) == {2}


def test_members_are_only_those_of_the_project_they_are_stored_for(conn, project, berlin):
    segment = create_segment(conn, project.id, "a", "{}", None)
    row = {"project_id": berlin.id, "segment_id": segment, "actor_key": 9}
    conn.execute(insert(segment_members).values(row))
    store(conn, project, segment, 1)
    counted = select(func.count()).where(segment_members.c.project_id == berlin.id)
    assert conn.execute(counted).scalar_one() == 1

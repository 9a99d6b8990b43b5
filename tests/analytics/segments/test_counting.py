"""Counting stores who is a member, for filters to use, and for nobody who may not see them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from analytics.scope import PUBLIC
from analytics.segments.counting import recount
from analytics.segments.definition import Definition, Did, LastDays, Rule
from db.errors import UnknownSegment
from db.segments import create_segment, list_segments
from db.tables import segment_members
from tests.analytics.reference import anyone

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # just after midnight's hour was skipped in Berlin
TODAY = Definition((Rule(Did("open", within=LastDays(1))),))


@pytest.fixture
def counted(conn, berlin, add_events):
    add_events(berlin, "ann open 2026-03-28T23:30Z", "bob open 2026-03-28T22:30Z")
    segment = create_segment(conn, berlin.id, "today", TODAY.json, None)
    assert recount(conn, anyone(berlin), berlin, segment, NOW) == 1
    return segment


def stored(conn):
    return conn.execute(select(func.count()).select_from(segment_members)).scalar_one()


def test_members_are_counted_in_the_zone_of_the_project(conn, berlin, counted):
    (segment,) = list_segments(conn, berlin.id)
    assert (segment.size, segment.counted_at, stored(conn)) == (1, NOW, 1)


def test_a_stranger_neither_counts_nor_empties_a_segment(conn, berlin, counted):
    assert recount(conn, PUBLIC, berlin, counted, NOW) == 0
    assert stored(conn) == 1


def test_the_segment_of_another_project_is_not_counted(conn, berlin, project, counted):
    with pytest.raises(UnknownSegment):
        recount(conn, anyone(berlin, project), project, counted, NOW)
    assert stored(conn) == 1

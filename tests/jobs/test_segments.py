"""The worker keeps membership current."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.segments.definition import Definition, Did, LastDays, Rule, Trait
from db.access import create_project
from db.segments import create_segment, list_segments
from jobs.catching_up import catch_up
from jobs.segments import COUNTED_EVERY, count_due
from tests.jobs.conftest import store_batch
from tests.jobs.reference import Happened

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
OPENED = Definition((Rule(Did("open", within=LastDays(7))),))


@pytest.fixture
def shop(own_engine):
    with own_engine.begin() as conn:
        project = create_project(conn, "shop", consent="opt-out", retention_months=None)
        times = (NOW, NOW - timedelta(days=5), NOW - timedelta(days=20))
        store_batch(conn, project, [Happened(time, n, "open") for n, time in enumerate(times, 1)])
    catch_up(own_engine)
    return project


def keep(engine, project, name, definition):
    with engine.begin() as conn:
        return create_segment(conn, project.id, name, definition, None)


def sizes(engine, project):
    with engine.connect() as conn:
        return {s.name: (s.size, s.counted_at) for s in list_segments(conn, project.id)}


def test_a_new_segment_is_counted_and_again_after_ten_minutes(own_engine, shop):
    keep(own_engine, shop, "opened", OPENED.json)
    assert count_due(own_engine, NOW) == 1
    assert sizes(own_engine, shop) == {"opened": (2, NOW)}
    assert count_due(own_engine, NOW + COUNTED_EVERY - timedelta(seconds=1)) == 0
    later = NOW + timedelta(days=3)
    assert count_due(own_engine, later) == 1
    assert sizes(own_engine, shop) == {"opened": (1, later)}


def test_one_that_can_not_be_counted_does_not_keep_others_from_it(own_engine, shop):
    keep(own_engine, shop, "from the future", '{"rules": [{"condition": {"kind": "dreamt"}}]}')
    keep(own_engine, shop, "incomplete", Definition((Rule(Trait("plan", ())),)).json)
    keep(own_engine, shop, "opened", OPENED.json)
    assert count_due(own_engine, NOW) == 1
    assert sizes(own_engine, shop)["opened"] == (2, NOW)

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import event

from analytics.business.summary import headline
from analytics.measures.cutting import ALL
from analytics.metrics import METRICS
from analytics.product.trends import trend
from analytics.scope import PUBLIC
from db.access import create_project
from db.errors import UnknownMetric
from tests.analytics import reference
from tests.analytics.reference import anyone, asking, history, keep
from tests.thorough import thorough

EXECUTIVE = ("actors", "new_actors", "events", "error_rate", "stickiness")
MONDAY = date(2026, 3, 23)


def tile(conn, project, filters, key):
    (found,) = headline(conn, anyone(project), filters, [key])
    return found


def test_the_range_is_one_period_and_not_the_sum_of_its_days(conn, berlin, add_events):
    events = history(5, MONDAY - timedelta(days=20), 34)
    add_events(berlin, *(event.line for event in events))
    filters = asking(berlin, MONDAY, MONDAY + timedelta(days=14), compare=True)
    inside, before = keep(events, filters), keep(events, filters.previous())
    actors = tile(conn, berlin, filters, "actors")
    assert (actors.value, actors.previous) == tuple(map(reference.actors, (inside, before)))
    assert actors.change == pytest.approx(actors.value / actors.previous - 1)
    sessions = tile(conn, berlin, filters, "sessions")
    assert sessions.value == len({event.session for event in inside})
    errors = tile(conn, berlin, filters, "error_rate")
    assert errors.value == pytest.approx(sum(not e.ok for e in inside) / len(inside))
    p95 = tile(conn, berlin, filters, "duration_p95")
    wanted = reference.percentile([e.duration for e in inside], 0.95)
    assert p95.value == pytest.approx(wanted, rel=0.02)


@thorough
def test_the_days_of_a_tile_are_those_of_the_trend(conn, berlin, add_events):
    events = history(6, MONDAY - timedelta(days=30), 40)
    add_events(berlin, *(event.line for event in events))
    filters = asking(berlin, MONDAY, MONDAY + timedelta(days=7), platform=("web",))
    for key in METRICS:
        days = trend(conn, anyone(berlin), filters, key)
        assert set(days["series"]) == {ALL}
        np.testing.assert_equal(tile(conn, berlin, filters, key).series, tuple(days["value"]))


def test_today_counts_but_is_left_out_of_the_comparison_on_both_sides(conn, project, add_events):
    add_events(
        project,
        "u1 open 2026-03-01T10:00Z",  # the Sunday before
        "u1 open 2026-03-02T10:00Z",
        "u2 open 2026-03-03T09:00Z",
        "u1 open 2026-03-09T10:00Z",
        "u2 open 2026-03-09T11:00Z",
        "u3 open 2026-03-10T09:00Z",  # today
    )
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    filters = asking(project, date(2026, 3, 9), date(2026, 3, 11), now=noon, compare=True)
    events = tile(conn, project, filters, "events")
    assert (events.value, events.compared, events.previous, events.change) == (3, 2, 1, 1.0)
    assert events.series == (2.0,)
    assert "leaves out today" in events.note


def test_of_today_alone_nothing_is_compared(conn, project, add_events):
    add_events(project, "u1 open 2026-03-10T09:00Z")
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    filters = asking(project, date(2026, 3, 10), date(2026, 3, 11), now=noon, compare=True)
    events = tile(conn, project, filters, "events")
    assert (events.value, events.previous, events.change, events.series) == (1, None, None, ())
    assert "Today is not over" in events.note


def test_a_change_from_nothing_is_no_number(conn, project, add_events):
    add_events(project, "u1 open 2026-03-10T09:00Z")
    filters = asking(project, date(2026, 3, 10), date(2026, 3, 11), compare=True)
    events = tile(conn, project, filters, "events")
    assert (events.previous, events.change) == (0, None)


def test_a_range_in_the_future_has_no_activity_yet(conn, project):
    early = datetime(2026, 1, 1, tzinfo=UTC)
    filters = asking(project, date(2026, 3, 10), date(2026, 3, 11), now=early)
    assert [found.value for found in headline(conn, anyone(project), filters, EXECUTIVE)] == [
        0,
        0,
        0,
        None,
        None,
    ]


def test_hours_of_a_page_do_not_change_its_tiles(conn, project, add_events):
    add_events(project, "u1 open 2026-03-10T09:00Z", "u1 open 2026-03-11T09:00Z ok=0")
    filters = asking(project, date(2026, 3, 10), date(2026, 3, 12), compare=True)
    by_day = headline(conn, anyone(project), filters, EXECUTIVE)
    assert headline(conn, anyone(project), replace(filters, grain="hour"), EXECUTIVE) == by_day


def test_an_executive_page_reads_each_rollup_once(conn, project):
    filters = asking(project, date(2026, 3, 10), date(2026, 3, 20), compare=True)
    read = []

    def remember(_conn, _cursor, statement, parameters, *_rest):
        assert "FROM rollup_pack" in " ".join(statement.split())
        read.append(parameters["what_1"])

    event.listen(conn, "before_cursor_execute", remember)
    headline(conn, anyone(project), filters, EXECUTIVE)
    event.remove(conn, "before_cursor_execute", remember)
    assert sorted(read) == ["actor", "cell", "newcomer"]


def test_a_stranger_has_no_tiles_and_an_unknown_metric_is_refused(conn, project):
    filters = asking(project, date(2026, 3, 10), date(2026, 3, 11))
    assert headline(conn, PUBLIC, filters, EXECUTIVE) == []
    assert headline(conn, anyone(project, role="member"), filters, EXECUTIVE) == []
    with pytest.raises(UnknownMetric):
        headline(conn, anyone(project), filters, ["happiness"])


def test_without_ids_a_tile_says_why_it_has_no_uniques(conn, add_events):
    nobody = create_project(conn, "nobody", consent="anonymous", retention_months=None)
    add_events(nobody, "x open 2026-03-02T10:00Z first_use=7")
    week = asking(nobody, date(2026, 3, 2), date(2026, 3, 9))
    assert tile(conn, nobody, week, "actors").value == 1
    ten_days = replace(week, end=date(2026, 3, 12))
    assert tile(conn, nobody, ten_days, "actors").value is None
    assert "Without ids" in tile(conn, nobody, ten_days, "actors").note

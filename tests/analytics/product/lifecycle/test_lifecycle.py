"""Lifecycle on a real database: against loops over lists, its own SQL, and by hand."""

from datetime import date
from itertools import product

import pandas as pd
import pytest

from analytics.filters import BadFilters
from analytics.product.lifecycle import lifecycle, lifecycle_sql, quick_ratios
from analytics.scope import PUBLIC
from analytics.showing import shown
from db.access import create_project
from tests.analytics.product import loops
from tests.analytics.product.packing import filters_of
from tests.analytics.reference import anyone, asking

WEEK = (date(2026, 3, 2), date(2026, 3, 9))
LOGS = list(product(range(8), loops.CLOCK_CHANGES))
PHASES = ["new", "returning", "resurrecting", "dormant", "complete"]


@pytest.mark.parametrize("stored", LOGS, indirect=True, ids=str)
def test_random_logs_give_the_phases_of_the_definition(conn, stored):
    viewer = anyone(stored.project)
    filters = filters_of(stored.asked, stored.project.id, stored.asked.back)
    frame = lifecycle(conn, viewer, filters)
    expected = loops.lifecycle(stored.log, stored.asked)
    if frame.empty:
        assert not any(sum(row[:4]) for row in expected.values())
        return
    rows = frame[PHASES].itertuples(index=False, name=None)
    assert dict(zip(frame["period"].dt.date, rows, strict=True)) == expected
    found = pd.DataFrame(conn.execute(lifecycle_sql(viewer, filters)).all(), columns=frame.columns)
    pd.testing.assert_frame_equal(found.astype(frame.dtypes), frame)


def phases(conn, project, **more):
    frame = lifecycle(conn, anyone(project), asking(project, *WEEK, **more))
    return frame.set_index(frame["period"].dt.day)[PHASES[:4]].T.to_dict("list")


def test_one_person_is_new_then_returns_sleeps_and_comes_back(conn, project, add_events):
    add_events(project, *(f"u1 open 2026-03-0{day}T10:00Z" for day in (2, 3, 6)))
    found = phases(conn, project)
    assert found[2] == [1, 0, 0, 0]
    assert found[3] == [0, 1, 0, 0]
    assert found[4] == [0, 0, 0, 1]
    assert found[5] == [0, 0, 0, 0]
    assert found[6] == [0, 0, 1, 0]
    assert found[7] == [0, 0, 0, 1]


def test_who_was_active_the_day_before_the_range_returns_or_is_dormant(conn, project, add_events):
    add_events(project, *(f"{who} open 2026-03-01T10:00Z" for who in ("stays", "goes")))
    add_events(project, "stays open 2026-03-02T10:00Z")
    assert phases(conn, project)[2] == [0, 1, 0, 1]


def test_a_week_that_the_range_cuts_is_whole_as_the_week_before(conn, project, add_events):
    add_events(project, "u1 open 2026-02-24T10:00Z", "u1 open 2026-03-03T10:00Z")
    sunday = asking(project, date(2026, 3, 1), WEEK[1], grain="week")
    frame = lifecycle(conn, anyone(project), sunday)
    assert frame["complete"].tolist() == [False, True]
    assert frame["returning"].tolist() == [0, 1]
    assert frame["dormant"].tolist() == [0, 0]


def test_first_seen_is_first_ever_also_where_a_filter_keeps_only_some(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z platform=web", "u1 save 2026-03-05T10:00Z")
    assert phases(conn, project, event="save")[5] == [0, 0, 1, 0]


def test_the_quick_ratio_is_missing_where_nobody_is_dormant(conn, project, add_events):
    add_events(project, *(f"u{n} open 2026-03-02T10:00Z" for n in range(2)))
    add_events(project, *(f"v{n} open 2026-03-03T10:00Z" for n in range(3)))
    frame = lifecycle(conn, anyone(project), asking(project, *WEEK))
    assert frame["quick_ratio"].iloc[1] == pytest.approx(1.5)
    assert pd.isna(frame["quick_ratio"].iloc[0])
    assert frame["net"].tolist()[:3] == [2, 1, -3]


def test_the_text_that_is_shown_runs_by_itself(conn, project, add_events):
    add_events(project, "u1 it's 2026-03-02T10:00Z", "u2 it's 2026-03-03T10:00Z")
    query = lifecycle_sql(anyone(project), asking(project, *WEEK, event="it's"))
    pasted = conn.connection.cursor().execute(shown(query)).fetchall()
    assert pasted == [tuple(row) for row in conn.execute(query)] != []


def test_whole_periods_alone_have_a_quick_ratio_to_draw(conn, project, add_events):
    add_events(project, *(f"u1 open 2026-03-0{day}T10:00Z" for day in (1, 3, 8)))
    sunday = asking(project, date(2026, 3, 1), WEEK[1], grain="week")
    frame = lifecycle(conn, anyone(project), sunday)
    assert quick_ratios(frame)["period"].tolist() == [pd.Timestamp(2026, 3, 2)]


def test_without_ids_and_for_strangers_there_is_nothing_with_the_same_columns(
    conn, project, add_events
):
    anonymous = create_project(conn, "anon", consent="anonymous", retention_months=None)
    for each in (anonymous, project):
        add_events(each, "u1 open 2026-03-02T10:00Z")
    full = lifecycle(conn, anyone(project), asking(project, *WEEK))
    for viewer, each in ((anyone(anonymous), anonymous), (PUBLIC, project)):
        nothing = lifecycle(conn, viewer, asking(each, *WEEK))
        assert nothing.empty
        assert nothing.dtypes.to_dict() == full.dtypes.to_dict()


def test_hours_are_refused(conn, project):
    with pytest.raises(BadFilters):
        lifecycle(conn, anyone(project), asking(project, *WEEK, grain="hour"))

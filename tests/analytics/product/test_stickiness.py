"""On how many days people come: against loops over lists, its own SQL, and by hand."""

from datetime import date, datetime
from itertools import product

import pandas as pd
import pytest

from analytics.product.stickiness import active_days, active_days_sql
from analytics.scope import PUBLIC
from analytics.showing import shown
from tests.analytics.product import loops
from tests.analytics.product.packing import filters_of
from tests.analytics.reference import anyone, asking

WEEK = (date(2026, 3, 2), date(2026, 3, 9))
LOGS = list(product(range(8), loops.CLOCK_CHANGES))


@pytest.mark.parametrize("stored", LOGS, indirect=True, ids=str)
def test_random_logs_give_the_days_of_the_definition(conn, stored):
    viewer = anyone(stored.project)
    filters = filters_of(stored.asked, stored.project.id, stored.asked.back)
    frame = active_days(conn, viewer, filters)
    found = {row.days: row.actors for row in frame.itertuples() if row.actors}
    assert found == loops.active_days(stored.log, stored.asked)
    rows = pd.DataFrame(conn.execute(active_days_sql(viewer, filters)), columns=frame.columns)
    pd.testing.assert_frame_equal(rows.astype(frame.dtypes), frame)


def test_every_number_of_days_has_a_row_and_a_day_counts_once(conn, project, add_events):
    add_events(
        project,
        "u1 open 2026-03-02T10:00Z platform=web",
        "u1 open 2026-03-02T11:00Z platform=ios",
        "u2 open 2026-03-02T10:00Z",
        "u2 open 2026-03-04T10:00Z",
        "u2 open 2026-03-05T10:00Z",
    )
    frame = active_days(conn, anyone(project), asking(project, *WEEK))
    assert frame["days"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert frame["actors"].tolist() == [1, 0, 1, 0, 0, 0, 0]
    assert frame["share"].sum() == pytest.approx(1)


def test_days_that_have_not_begun_are_no_days_one_could_have_come(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z", "u1 open 2026-03-04T10:00Z")
    now = datetime.fromisoformat("2026-03-03T12:00Z")
    frame = active_days(conn, anyone(project), asking(project, *WEEK, now=now))
    assert frame["actors"].tolist() == [1, 0]


def test_the_text_that_is_shown_runs_by_itself(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z platform=100%")
    query = active_days_sql(anyone(project), asking(project, *WEEK, platform=("100%",)))
    pasted = conn.connection.cursor().execute(shown(query)).fetchall()
    assert pasted == [tuple(row) for row in conn.execute(query)] != []


def test_strangers_get_nothing_with_the_same_columns(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z")
    full = active_days(conn, anyone(project), asking(project, *WEEK))
    nothing = active_days(conn, PUBLIC, asking(project, *WEEK))
    assert nothing.empty
    assert nothing.dtypes.to_dict() == full.dtypes.to_dict()

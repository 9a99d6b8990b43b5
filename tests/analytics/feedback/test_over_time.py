"""A measure by period is counted from the answers of each period."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.feedback.metrics import MEASURES
from analytics.feedback.over_time import TREND, score_trend, score_trend_sql
from analytics.filters import BadFilters
from analytics.periods import periods
from analytics.scope import PUBLIC
from db.access import create_project
from tests.analytics.feedback import reference
from tests.analytics.feedback.reference import Said, answer, estimate, history, keep, values
from tests.analytics.reference import anyone, asking
from tests.conftest import undone
from tests.thorough import cases, thorough

MARCH = date(2026, 3, 20), date(2026, 4, 3)  # the clocks of Berlin go forward in between


def expected(said, filters, measure):
    """One row a period: label, value, low, high, n."""
    zone = ZoneInfo(filters.zone)
    inside = keep(said, filters)
    for period in periods(filters):
        ours = [each for each in inside if period.first <= each.day(zone) < period.last]
        yield period, estimate(values(ours, measure), measure)


@thorough
@settings(max_examples=cases(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    measure=st.sampled_from(sorted(MEASURES)),
    grain=st.sampled_from(["day", "week", "month"]),
    plan=st.sampled_from([(), ("pro",)]),
)
def test_every_period_is_that_of_the_reference(conn, seed, measure, grain, plan):
    with undone(conn):
        project = create_project(
            conn, "random", consent="opt-out", timezone="Europe/Berlin", retention_months=None
        )
        said = history(seed, date(2026, 2, 1), 70, 150)
        reference.store(conn, project, said)
        filters = asking(project, *MARCH, grain=grain, plan=plan, compare=True)
        found = score_trend(conn, anyone(project), filters, measure)
        for which, of in (("current", filters), ("previous", filters.previous())):
            rows = found[found["which"] == which].reset_index(drop=True)
            for place, (period, numbers) in enumerate(expected(said, of, measure)):
                label = period.label
                label = filters.compared_with(label) if which == "previous" else label
                row = rows.loc[place]
                assert (row["period"], row["complete"]) == (label, period.complete)
                assert tuple(row[["value", "low", "high", "n"]]) == pytest.approx(
                    numbers, nan_ok=True
                )
            assert len(rows) == place + 1


def test_a_day_ends_at_midnight_of_the_project(conn, berlin):
    at = datetime(2026, 3, 27, 23, 30, tzinfo=UTC)
    reference.store(conn, berlin, [Said(1, "nps", at, 9)])
    found = score_trend(conn, anyone(berlin), asking(berlin, *MARCH))
    days = found.loc[found["n"] > 0, "period"].dt.date.tolist()
    assert days == [date(2026, 3, 28)]


def test_an_empty_period_has_a_count_but_no_score(conn, project):
    for measure, value in (("nps", np.nan), ("said", 0.0)):
        found = score_trend(conn, anyone(project), asking(project, *MARCH), measure)
        assert len(found) == 14
        assert found["value"].tolist() == pytest.approx([value] * 14, nan_ok=True)
        assert found.dtypes.astype("str").to_dict() == TREND


def test_periods_that_have_not_begun_are_left_out(conn, project):
    now = datetime(2026, 3, 21, 12, tzinfo=UTC)
    filters = replace(asking(project, *MARCH), now=now)
    found = score_trend(conn, anyone(project), filters)
    assert found["complete"].tolist() == [True, False]


def test_hours_are_refused(conn, project):
    with pytest.raises(BadFilters):
        score_trend(conn, anyone(project), asking(project, *MARCH, grain="hour"))


def test_the_statement_gives_the_same_numbers(conn, berlin):
    reference.store(conn, berlin, history(3, MARCH[0] - timedelta(days=14), 28, 150))
    filters = asking(berlin, *MARCH, compare=True)
    found = score_trend(conn, anyone(berlin), filters, "rating")
    rows = answer(conn, score_trend_sql(anyone(berlin), filters, "rating")).astype(TREND)
    assert list(rows) == list(found)
    np.testing.assert_allclose(rows["value"], found["value"])
    assert rows["period"].tolist() == found["period"].tolist()


def test_a_stranger_gets_no_period(conn, project):
    assert score_trend(conn, PUBLIC, asking(project, *MARCH)).empty

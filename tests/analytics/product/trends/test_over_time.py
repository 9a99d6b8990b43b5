from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.filters import BadFilters
from analytics.measures import packs
from analytics.metrics import METRICS
from analytics.periods import periods
from analytics.product.trends import top_subjects, trend_sql
from analytics.product.trends.over_time import TREND, trend
from db.access import create_project
from db.errors import TooWide, UnknownMetric
from tests.analytics import reference
from tests.analytics.reference import anyone, asking, history, keep

START = date(2026, 3, 23)  # a Monday; the clocks of Berlin go forward six days later


def expected(metric, events, filters, period):
    """The value of a metric in one period, as the definitions have it."""
    inside = [e for e in keep(events, filters) if period.start <= e.at < period.end]
    last = period.last - timedelta(days=1)
    days = [period.first + timedelta(days=n) for n in range((period.last - period.first).days)]
    match metric:
        case "actors":
            return reference.actors(inside)
        case "new_actors":
            firsts = {}
            for event in sorted(events, key=lambda event: event.at):
                firsts.setdefault(event.who, event)
            return reference.actors([e for e in inside if e is firsts[e.who]])
        case "events":
            return len(inside)
        case "sessions":
            return len({event.session for event in inside})
        case "failures":
            return sum(not event.ok for event in inside)
        case "error_rate":
            return sum(not e.ok for e in inside) / len(inside) if inside else np.nan
        case "events_per_actor":
            return len(inside) / reference.actors(inside) if inside else np.nan
        case "wau" | "mau":
            return reference.trailing(events, filters, last, 7 if metric == "wau" else 28)
        case "stickiness":
            return mean_stickiness(events, filters, days)
        case "duration_p50" | "duration_p95":
            share = float(metric[-2:]) / 100
            return reference.percentile([e.duration for e in inside], share) if inside else np.nan


def mean_stickiness(events, filters, days):
    pairs = [[reference.trailing(events, filters, day, n) for n in (1, 28)] for day in days]
    shares = [daily / monthly for daily, monthly in pairs if monthly]
    return sum(shares) / len(shares) if shares else np.nan


def series(frame, name="All", which="current"):
    return frame[(frame["series"] == name) & (frame["which"] == which)]["value"].tolist()


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_every_metric_is_what_its_definition_says(conn, berlin, add_events, grain):
    events = history(1, START - timedelta(days=30), 45)
    add_events(berlin, *(event.line for event in events))
    days = 3 if grain == "hour" else 12
    filters = asking(berlin, START + timedelta(days=5), START + timedelta(days=5 + days))
    filters = replace(filters, grain=grain)
    for metric in (key for key in METRICS if grain in METRICS[key].grains):
        found = series(trend(conn, anyone(berlin), filters, metric))
        wanted = [expected(metric, events, filters, period) for period in periods(filters)]
        np.testing.assert_allclose(found, wanted, rtol=tolerance(metric), err_msg=metric)


def tolerance(metric):
    return 0.02 if "duration" in metric else 1e-12


@pytest.mark.parametrize("by", reference.DIMENSIONS)
def test_every_breakdown_counts_each_value_the_total_and_the_others_on_their_own(
    conn, berlin, add_events, by
):
    events = history(2, START - timedelta(days=4), 12)
    add_events(berlin, *(event.line for event in events))
    filters = asking(berlin, START, START + timedelta(days=6), country=("DE",))
    labels = {getattr(event, by) or "(not set)" for event in keep(events, filters)}
    for metric in METRICS:
        found = trend(conn, anyone(berlin), filters, metric, by=by, top=1)
        names = list(dict.fromkeys(found["series"]))
        members = {"All": labels, "Other": labels - set(names[1:2])}
        for name in names:
            inside = members.get(name, {name})
            theirs = [e for e in events if (getattr(e, by) or "(not set)") in inside]
            wanted = [within(metric, events, theirs, filters, p) for p in periods(filters)]
            np.testing.assert_allclose(
                series(found, name), wanted, rtol=tolerance(metric), err_msg=f"{metric} {name}"
            )


def within(metric, events, theirs, filters, period):
    """As `expected` of some events; who is new is decided by all of them."""
    if metric != "new_actors":
        return expected(metric, theirs, filters, period)
    firsts = {}
    for event in sorted(events, key=lambda event: event.at):
        firsts.setdefault(event.who, event)
    new = [e for e in keep(theirs, filters) if firsts[e.who] is e]
    return len([e for e in new if period.start <= e.at < period.end])


@pytest.mark.parametrize("metric", ["actors", "events", "sessions", "error_rate", "mau"])
@pytest.mark.parametrize(
    "dimensions",
    [
        {"platform": ("ios",)},
        {"platform": ("ios", "(not set)"), "country": ("US",)},
        {"app_version": ("1.0", "2.0"), "channel": ("ads",), "plan": ("pro", "free")},
        {"country": ("nowhere",)},
    ],
    ids=str,
)
def test_filters_on_dimensions_keep_just_what_matches(conn, berlin, add_events, metric, dimensions):
    events = history(3, START - timedelta(days=20), 30)
    add_events(berlin, *(event.line for event in events))
    filters = asking(berlin, START, START + timedelta(days=9), **dimensions)
    wanted = [expected(metric, events, filters, period) for period in periods(filters)]
    np.testing.assert_allclose(series(trend(conn, anyone(berlin), filters, metric)), wanted)


def test_the_total_of_a_breakdown_is_not_the_sum_of_its_values(conn, project, add_events):
    add_events(
        project,
        "u1 open 2026-03-02T10:00Z platform=web",
        "u1 open 2026-03-02T11:00Z platform=ios",
        "u2 open 2026-03-02T12:00Z platform=ios",
        "u1 open 2026-03-02T13:00Z platform=cli",
    )
    filters = asking(project, date(2026, 3, 2), date(2026, 3, 3))
    found = trend(conn, anyone(project), filters, "actors", by="platform", top=1)
    assert dict(zip(found["series"], found["value"], strict=True)) == {
        "All": 2.0,
        "ios": 2.0,
        "Other": 1.0,
    }


def test_a_week_is_not_the_sum_of_its_days(conn, project, add_events):
    add_events(project, *(f"u1 open 2026-03-0{day}T10:00Z" for day in range(2, 9)))
    week = replace(asking(project, date(2026, 3, 2), date(2026, 3, 9)), grain="week")
    assert series(trend(conn, anyone(project), week, "actors")) == [1.0]


def test_the_hour_that_comes_twice_counts_both(conn, berlin, add_events):
    add_events(berlin, "u1 open 2026-10-25T00:30Z", "u2 open 2026-10-25T01:30Z")
    filters = asking(berlin, date(2026, 10, 25), date(2026, 10, 26), grain="hour")
    for metric in ("events", "actors", "new_actors"):
        frame = trend(conn, anyone(berlin), filters, metric)
        assert frame["value"].sum() == 2
        assert frame.set_index("period")["value"][pd.Timestamp("2026-10-25 02:00")] == 2


def test_the_current_period_is_marked_as_not_over_and_later_ones_are_left_out(
    conn, project, add_events
):
    add_events(project, "u1 open 2026-03-03T10:00Z")
    noon = datetime(2026, 3, 3, 12, tzinfo=UTC)
    filters = asking(project, date(2026, 3, 1), date(2026, 3, 8), now=noon)
    found = trend(conn, anyone(project), filters, "events")
    assert found["complete"].tolist() == [True, True, False]
    assert found["value"].tolist() == [0.0, 0.0, 1.0]


def test_previous_rows_carry_the_period_they_are_compared_with(conn, project, add_events):
    add_events(project, "u1 open 2026-03-02T10:00Z", "u2 open 2026-03-09T10:00Z")
    filters = asking(project, date(2026, 3, 9), date(2026, 3, 12), compare=True)
    found = trend(conn, anyone(project), filters, "events")
    before = found[found["which"] == "previous"]
    assert before["period"].tolist() == list(pd.date_range("2026-03-09", periods=3))
    assert before["at"].tolist() == list(pd.date_range("2026-03-02", periods=3))
    assert before["value"].tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_the_previous_values_are_those_of_asking_about_the_previous_range(
    conn, berlin, add_events, grain
):
    events = history(4, START - timedelta(days=60), 80)
    add_events(berlin, *(event.line for event in events))
    days = 2 if grain == "hour" else 14
    filters = asking(berlin, START, START + timedelta(days=days), grain=grain, compare=True)
    for metric in ("actors", "wau", "new_actors", "events", "sessions", "duration_p95"):
        if grain not in METRICS[metric].grains:
            continue
        together = series(trend(conn, anyone(berlin), filters, metric), which="previous")
        alone = replace(filters.previous(), compare=False)
        np.testing.assert_equal(together, series(trend(conn, anyone(berlin), alone, metric)))


def test_periods_without_activity_are_zero_for_counts_and_missing_for_ratios(conn, project):
    filters = asking(project, date(2026, 3, 1), date(2026, 3, 3))
    for metric in METRICS.values():
        found = trend(conn, anyone(project), filters, metric.key)
        assert found["value"].isna().all() != metric.counts
        assert found["value"].fillna(0).eq(0).all()
        assert len(found) == 2


@pytest.mark.parametrize("by", [None, "country"])
def test_where_nothing_happened_a_breakdown_has_no_series(conn, project, by):
    filters = asking(project, date(2026, 3, 1), date(2026, 3, 3))
    for metric in METRICS.values():
        found = trend(conn, anyone(project), filters, metric.key, by)
        assert found["value"].fillna(0).eq(0).all(), metric.key


@pytest.mark.parametrize(("grain", "days"), [("hour", 49), ("hour", 92), ("day", 3_000)])
def test_the_longest_ranges_are_compared_with_those_before(conn, project, add_events, grain, days):
    add_events(project, "ann open 2026-03-01T10:00Z", "ann open 2025-10-20T10:00Z")
    end = date(2026, 3, 2)
    asked = asking(project, end - timedelta(days=days), end, grain=grain, compare=True)
    for metric in ("events", "actors"):
        found = trend(conn, anyone(project), asked, metric)
        assert sum(series(found)) == (2 if grain == "day" else 1)
        assert trend_sql(anyone(project), asked, metric) is not None
    top = top_subjects(conn, anyone(project), asked)
    assert top["events"].sum() == (2 if grain == "day" else 1)


def test_the_columns_and_types_are_always_the_same(conn, project):
    for compare in (True, False):
        filters = asking(project, date(2026, 3, 1), date(2026, 3, 3), compare=compare)
        assert trend(conn, anyone(project), filters, "events").dtypes.to_dict() == {
            name: pd.api.types.pandas_dtype(kind) for name, kind in TREND.items()
        }


def test_uniques_reach_over_more_than_one_word_of_days(conn, project, add_events):
    add_events(project, *(f"u{n % 3} open 2025-{n:02}-01T10:00Z" for n in range(1, 13)))
    year = asking(project, date(2025, 1, 1), date(2026, 1, 1), grain="month")
    found = trend(conn, anyone(project), year, "actors")
    assert found["value"].tolist() == [1.0] * 12
    month = replace(year, end=date(2025, 3, 2))
    assert series(trend(conn, anyone(project), month, "mau")) == [0.0, 1.0, 1.0]


def test_what_reads_every_event_is_refused_beyond_a_number_of_events(
    conn, project, add_events, monkeypatch
):
    add_events(project, *(f"u{n} open 2026-03-01T10:0{n}Z platform=web" for n in range(3)))
    hours = asking(project, date(2026, 3, 1), date(2026, 3, 2), grain="hour")
    assert sum(series(trend(conn, anyone(project), hours, "actors"))) == 3
    monkeypatch.setattr(packs, "MOST_EVENTS", 2)
    for metric, by in (("actors", None), ("sessions", None), ("events", "plan")):
        with pytest.raises(TooWide, match="there are 3 in the range"):
            trend(conn, anyone(project), hours, metric, by)
    assert sum(series(trend(conn, anyone(project), hours, "events"))) == 3


def test_unknown_metrics_breakdowns_and_hourly_months_are_refused(conn, project):
    filters = asking(project, date(2026, 3, 1), date(2026, 3, 2))
    with pytest.raises(UnknownMetric):
        trend(conn, anyone(project), filters, "happiness")
    with pytest.raises(BadFilters):
        trend(conn, anyone(project), filters, "events", by="email")
    with pytest.raises(BadFilters):
        trend(conn, anyone(project), replace(filters, grain="hour"), "mau")


@pytest.fixture
def anonymous(conn):
    return create_project(conn, "nobody", consent="anonymous", retention_months=None)


def test_without_ids_people_are_counted_by_calendar_day_week_and_month(conn, anonymous, add_events):
    add_events(
        anonymous,
        "x open 2026-03-02T10:00Z first_use=7 platform=web",
        "x open 2026-03-02T11:00Z first_use=0 platform=web",
        "y open 2026-03-02T12:00Z first_use=7 platform=ios",
        "x open 2026-03-03T10:00Z first_use=1 platform=web",
        "x open 2026-03-09T10:00Z first_use=3 platform=web",
    )
    filters = asking(anonymous, date(2026, 3, 1), date(2026, 4, 1))
    viewer = anyone(anonymous)
    assert series(trend(conn, viewer, filters, "actors"))[1:3] == [2.0, 1.0]
    assert series(trend(conn, viewer, replace(filters, grain="month"), "actors")) == [2.0]
    weeks = series(trend(conn, viewer, replace(filters, grain="week"), "actors"))
    np.testing.assert_equal(weeks, [0.0, 2.0, 1.0, 0.0, 0.0, np.nan])
    assert np.isnan(series(trend(conn, viewer, filters, "mau"))).all()
    for metric in ("actors", "events_per_actor"):
        assert "hour" not in METRICS[metric].grains_of(filters)
        with pytest.raises(BadFilters):
            trend(conn, viewer, replace(filters, grain="hour"), metric)
    assert sum(series(trend(conn, viewer, replace(filters, grain="hour"), "events"))) == 5
    by_platform = trend(conn, viewer, filters, "actors", by="platform")
    assert series(by_platform, "web")[1:3] == [1.0, 1.0]

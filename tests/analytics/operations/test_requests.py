"""Requests as servers and clients counted them: sums, percentiles, Apdex, by time and endpoint."""

import math
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.filters import Filters
from analytics.operations.requests.compared import Standing, endpoints, standing
from analytics.operations.requests.failing import error_kinds
from analytics.operations.requests.measured import LOOPLENS, Measured, sources
from analytics.operations.requests.series import APDEX_MS, request_series
from analytics.operations.requests.signals import (
    apdex_points,
    cache_hits,
    request_bins,
    request_errors,
    request_rates,
)
from analytics.operations.requests.spread import latency_spread
from analytics.operations.requests.statements import figures_sql, spread_sql
from analytics.operations.requests.totals import Totals, request_totals
from analytics.operations.requests.trends import request_trend
from analytics.operations.steps import Steps
from analytics.periods import periods, whole
from analytics.scope import PUBLIC, Viewer
from db.request_stats import Served, bin_of, record
from db.tables import INSTALLATION
from tests.analytics.reference import anyone
from tests.conftest import undone
from tests.thorough import cases

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
END = START + timedelta(hours=1)
SOMEBODY = Viewer(1, "op@example.org", "operations", frozenset())


def served(minute, *durations, endpoint="GET /runs", service="shop", **more):
    bins = Counter(bin_of(each) for each in durations)
    at = START + timedelta(minutes=minute)
    return Served(at, service, endpoint, len(durations), bins, **more)


def over_the_day(project, days=1, **chosen):
    """The day of START, as seen two hours later, or so many days until it."""
    first = date(2026, 3, 3) - timedelta(days=days)
    now = START + timedelta(hours=2)
    return Filters(project.id, "UTC", "opt-out", first, date(2026, 3, 3), now, **chosen)


def exact(values, share):
    """The value that this share of all did not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@settings(max_examples=cases(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=60), st.integers(1, 5))
def test_percentiles_are_within_2_percent_of_the_exact_ones(conn, project, durations, parts):
    with undone(conn):
        split = [durations[number::parts] for number in range(parts)]
        record(conn, project.id, [served(n, *part) for n, part in enumerate(split) if part])
        found = request_totals(conn, anyone(project), Measured(project.id), START, END)
    assert found.n == len(durations)
    for share, value in ((0.5, found.p50), (0.95, found.p95), (0.99, found.p99)):
        assert value == pytest.approx(exact(durations, share), rel=0.02)


def test_totals_by_hand(conn, project):
    durations = [100.0] * 6 + [500.0] * 2 + [2_000.0] * 2
    told = {"failures": 1, "refused": 2, "cache_hits": 3, "cache_misses": 1}
    record(conn, project.id, [served(0, *durations, **told), served(60, 1.0)])
    found = request_totals(conn, anyone(project), Measured(project.id), START, END, 200.0)
    assert (found.n, found.failures, found.refused, found.within) == (10, 1, 2, 6)
    assert found.per_second == pytest.approx(10 / 3600)
    assert (found.error_rate, found.refused_share) == (0.1, 0.2)
    assert found.apdex == pytest.approx((6 + 2 / 2) / 10)
    assert found.cache_hit_ratio == 0.75


def test_nothing_is_told_of_no_requests(conn, project):
    assert request_totals(conn, anyone(project), Measured(project.id), START, END) == Totals()
    found = request_series(conn, anyone(project), Measured(project.id), START, END, 1)
    assert found.empty
    assert str(found["at"].dtype) == "datetime64[us, UTC]"


def test_steps_begin_at_the_start_and_the_last_one_may_be_cut_off(conn, project):
    record(conn, project.id, [served(n, 10.0 * (n + 1)) for n in (0, 4, 5, 8, 9)])
    end = START + timedelta(minutes=9)
    found = request_series(conn, anyone(project), Measured(project.id), START, end, 5)
    assert found["at"].tolist() == [pd.Timestamp(START), pd.Timestamp(START) + pd.Timedelta("5min")]
    assert found["n"].tolist() == [2, 2]
    assert found["p99"].tolist() == pytest.approx([50.0, 90.0], rel=0.02)


def test_a_service_or_an_endpoint_can_be_asked_for_alone(conn, project):
    rows = [
        served(0, 10.0),
        served(0, 20.0, endpoint="POST /runs"),
        served(0, 30.0, service="mail"),
    ]
    record(conn, project.id, rows)
    viewer = anyone(project)
    asked = {"service": "shop"}, {"endpoint": "GET /runs"}, {"service": "mail", "endpoint": "no"}
    found = [
        request_totals(conn, viewer, Measured(project.id, **each), START, END).n for each in asked
    ]
    assert found == [2, 2, 0]


def test_the_slowest_endpoint_is_first(conn, project):
    record(conn, project.id, [served(0, 10.0, 11.0), served(0, 90.0, endpoint="POST /runs")])
    found = endpoints(conn, anyone(project), Measured(project.id), over_the_day(project))
    assert found["endpoint"].tolist() == ["POST /runs", "GET /runs"]
    assert found["n"].tolist() == [1, 2]
    assert math.isnan(found["cache_hit_ratio"][0])


def test_kinds_of_failures_are_counted_by_endpoint(conn, project):
    record(
        conn,
        project.id,
        [
            served(0, *[1.0] * 4, failures=1, refused=1, errors={"KeyError": 1, "404": 1}),
            served(1, *[1.0] * 4, failures=2, errors={"KeyError": 2}),
        ],
    )
    found = error_kinds(conn, anyone(project), Measured(project.id), over_the_day(project))
    assert found[["kind", "n", "share"]].values.tolist() == [
        ["KeyError", 3, 0.375],
        ["404", 1, 0.125],
    ]
    assert error_kinds(
        conn, anyone(project), Measured(project.id, "clients"), over_the_day(project)
    ).empty


def test_failures_come_before_refusals_however_many(conn, project):
    told = {"404": 8, "KeyError": 1}
    record(conn, project.id, [served(0, *[1.0] * 9, failures=1, refused=8, errors=told)])
    found = error_kinds(conn, anyone(project), Measured(project.id), over_the_day(project))
    assert found["kind"].tolist() == ["KeyError", "404"]


def test_clients_count_their_requests_by_the_hour(conn, project, add_events):
    lines = [
        f"u{n} api_request {START + timedelta(minutes=n):%Y-%m-%dT%H:%M}Z subject=GET-runs "
        f"duration={(n + 1) * 10} ok={int(n > 0)}"
        for n in range(4)
    ]
    view = f"u1 page_view {START:%Y-%m-%dT%H:%M}Z subject=home duration=900"
    add_events(project, *lines, view, f"u1 page_view {START:%Y-%m-%dT%H:%M}Z subject=home")
    viewer = anyone(project)
    found = request_totals(conn, viewer, Measured(project.id, "clients"), START, END)
    assert (found.n, found.failures, found.error_rate) == (4, 1, 0.25)
    assert found.p50 == pytest.approx(20.0, rel=0.02)
    assert found.cache_hit_ratio is None
    pages = endpoints(conn, viewer, Measured(project.id, "pages"), over_the_day(project))
    assert pages["endpoint"].tolist() == ["home"]
    assert pages["n"].tolist() == [2]
    assert pages["p95"][0] == pytest.approx(900.0, rel=0.02)
    by_minute = request_series(conn, viewer, Measured(project.id, "clients"), START, END, 10)
    assert by_minute["n"].tolist() == [4]


def test_a_trend_is_compared_with_the_time_before(conn, project):
    week = timedelta(days=7)
    record(conn, project.id, [served(0, 40.0), served(-7 * 1440, 20.0, 20.0)])
    now = START + timedelta(hours=2)
    filters = Filters(project.id, "UTC", "opt-out", date(2026, 3, 2), date(2026, 3, 3), now)
    found = request_trend(conn, anyone(project), Measured(project.id), filters, ("p95",))
    assert found["which"].tolist() == ["current", "previous"]
    assert found["period"].nunique() == 1
    assert found["at"].tolist()[1] == found["at"].tolist()[0] - week
    assert found["value"].tolist() == pytest.approx([40.0, 20.0], rel=0.02)
    assert found["complete"].tolist() == [False, True]


def test_requests_a_second_are_those_of_the_seconds_that_are_over(conn, project):
    record(conn, project.id, [served(0, *[1.0] * 36)])
    filters = Filters(
        project.id, "UTC", "opt-out", date(2026, 3, 2), date(2026, 3, 3),
        START + timedelta(seconds=36), "hour", compare=False,
    )  # fmt: skip
    asked = ("per_second", "p95")
    found = request_trend(conn, anyone(project), Measured(project.id), filters, asked)
    assert set(found["series"]) == set(asked)
    last = found[found["series"] == "per_second"].iloc[-1]
    assert last["value"] == 1.0
    assert not last["complete"]
    assert math.isnan(found[found["series"] == "p95"]["value"].iloc[0])


def test_signals_are_points_that_add_up(conn, project):
    told = {"failures": 1, "cache_hits": 1, "cache_misses": 3}
    record(conn, project.id, [served(0, 10.0, 10.0, 900.0, 10.0, **told), served(7, 10.0)])
    asked = (conn, anyone(project), Measured(project.id), Steps(START, END, 5))
    assert points(request_rates(*asked)) == [(0, 4.0, 4), (5, 1.0, 1)]
    assert points(request_errors(*asked)) == [(0, 0.25, 4), (5, 0.0, 1)]
    assert points(cache_hits(*asked)) == [(0, 0.25, 4)]
    assert points(apdex_points(*asked, apdex_ms=100.0)) == [(0, 0.75, 4), (5, 1.0, 1)]
    bins = request_bins(*asked)
    assert bins[["bin", "n"]].values.tolist() == [
        [bin_of(10), 3],
        [bin_of(900), 1],
        [bin_of(10), 1],
    ]


def points(frame):
    minutes = (frame["at"] - pd.Timestamp(START).tz_localize(None)) // pd.Timedelta("1min")
    return list(zip(minutes, frame["value"], frame["n"], strict=True))


def test_whoever_runs_looplens_sees_its_own_requests_and_nobody_elses(conn, project):
    record(conn, INSTALLATION, [served(0, 10.0, service="looplens")])
    record(conn, project.id, [served(0, 10.0)])
    assert request_totals(conn, SOMEBODY, LOOPLENS, START, END).n == 1
    assert request_totals(conn, PUBLIC, LOOPLENS, START, END).n == 0
    assert request_totals(conn, SOMEBODY, Measured(project.id), START, END).n == 0
    author = Viewer(2, "a@example.org", "author", frozenset({project.id}))
    assert request_totals(conn, author, LOOPLENS, START, END).n == 0


def test_sources_are_what_counted_in_the_time(conn, project, add_events):
    viewer = anyone(project)
    assert sources(conn, viewer, over_the_day(project)) == [LOOPLENS]
    record(conn, project.id, [served(0, 10.0)])
    assert sources(conn, viewer, over_the_day(project)) == [Measured(project.id), LOOPLENS]
    record(conn, project.id, [served(0, 10.0, service="mail")])
    add_events(project, f"u1 api_request {START:%Y-%m-%dT%H:%M}Z subject=GET-runs")
    assert sources(conn, viewer, over_the_day(project)) == [
        Measured(project.id),
        Measured(project.id, service="mail"),
        Measured(project.id, service="shop"),
        Measured(project.id, "clients"),
        LOOPLENS,
    ]
    assert sources(conn, PUBLIC, over_the_day(project)) == []


def test_the_spread_has_a_band_for_each_time_to_answer(conn, project):
    record(conn, project.id, [served(0, 0.4, 30.0, 30.0, 99_999.0), served(24 * 60, 7.0)])
    now = START + timedelta(days=2)
    filters = Filters(project.id, "UTC", "opt-out", date(2026, 3, 2), date(2026, 3, 4), now)
    found = latency_spread(conn, anyone(project), Measured(project.id), filters)
    rows = list(zip(found["period"].dt.day, found["band"], found["n"], found["share"], strict=True))
    assert rows == [(2, 0, 1, 0.25), (2, 5, 2, 0.5), (2, 13, 1, 0.25), (3, 3, 1, 1.0)]
    assert latency_spread(conn, PUBLIC, Measured(project.id), filters).empty


def test_the_statements_that_pages_show_give_the_same_numbers(conn, project, add_events):
    told = {"failures": 1, "cache_hits": 1, "cache_misses": 1}
    post = served(0, 250.0, endpoint="POST /runs")
    record(conn, project.id, [served(0, 0.0004, 9.0, 9.0, 300.0, **told), served(1440, 7.0), post])
    at = f"{START:%Y-%m-%dT%H:%M}Z"
    add_events(project, f"u1 page_view {at} subject=home duration=700", f"u2 page_view {at}")
    now = START + timedelta(days=3)
    filters = Filters(
        project.id, "UTC", "opt-out", date(2026, 3, 2), date(2026, 3, 5), now, compare=False
    )
    for measured in (Measured(project.id), Measured(project.id, "pages")):
        assert_same(conn, anyone(project), measured, filters)


def assert_same(conn, viewer, measured, filters):
    """Trend, table and spread by numpy and by the statement."""
    names = ("p50", "p95", "p99", "apdex", "error_rate", "cache_hit_ratio", "per_second")
    frame = request_trend(conn, viewer, measured, filters, names).dropna(subset="value")
    ours = {(row.period, row.series): row.value for row in frame.itertuples() if row.value}
    rows = conn.execute(figures_sql(viewer, measured, periods(filters), APDEX_MS)).mappings()
    theirs = {(row["period"], name): row[name] for row in rows for name in names if row[name]}
    assert ours == pytest.approx(theirs)

    span = whole(filters)
    table = endpoints(conn, viewer, measured, filters)
    names = [name for name in table if name not in ("refused_share", "change")]
    rows = conn.execute(figures_sql(viewer, measured, [span], APDEX_MS, apart=True)).mappings()
    found = pd.DataFrame([{name: row[name] for name in names} for row in rows])
    pd.testing.assert_frame_equal(table[names], found.astype(table.dtypes[names]))

    spread = latency_spread(conn, viewer, measured, filters)
    rows = conn.execute(spread_sql(viewer, measured, periods(filters))).all()
    assert [tuple(row) for row in rows] == list(spread.itertuples(index=False, name=None))


def test_what_is_compared_are_the_days_that_are_over(conn, project):
    week = 7 * 1440
    rows = [served(0, 900.0), served(-1440, 40.0, 40.0), served(-1440 - week, 20.0)]
    record(conn, project.id, [*rows, served(-1440, 5.0, endpoint="POST /runs")])
    asked = (conn, anyone(project), Measured(project.id))
    found = standing(*asked, over_the_day(project, days=2))
    assert (found.now.n, found.over.n, found.before.n) == (4, 3, 1)
    assert found.now.per_second == pytest.approx(4 / (36 * 3600))
    assert found.change("p95") == pytest.approx(1.0, rel=0.05)
    assert found.change("cache_hit_ratio") is None
    table = endpoints(*asked, over_the_day(project, days=2))
    assert table["endpoint"].tolist() == ["GET /runs", "POST /runs"]
    assert table["change"][0] == pytest.approx(1.0, rel=0.05)
    assert math.isnan(table["change"][1])


def test_nothing_is_compared_that_is_not_asked_for_or_not_over(conn, project):
    record(conn, project.id, [served(0, 900.0)])
    asked = (conn, anyone(project), Measured(project.id))
    for filters in (over_the_day(project), over_the_day(project, days=2, compare=False)):
        found = standing(*asked, filters)
        assert (found.now.n, found.before) == (1, None)
        assert found.change("p95") is None
        assert endpoints(*asked, filters)["change"].isna().all()
    assert standing(conn, PUBLIC, Measured(project.id), filters) == Standing()


def test_days_of_clients_end_at_midnight_of_the_project(conn, berlin, add_events):
    moments = ("28T22:30", "28T23:30", "29T21:59", "29T22:30")  # around a day of 23 hours
    add_events(
        berlin,
        *(
            f"u1 page_view 2026-03-{at}Z subject=home duration={10**number}"
            for number, at in enumerate(moments)
        ),
    )
    now = datetime(2026, 4, 1, tzinfo=UTC)
    filters = Filters(
        berlin.id, "Europe/Berlin", "opt-out", date(2026, 3, 28), date(2026, 3, 31), now,
        compare=False,
    )  # fmt: skip
    pages = Measured(berlin.id, "pages")
    found = request_trend(conn, anyone(berlin), pages, filters, ("p95", "n"))
    assert found[found["series"] == "n"]["value"].tolist() == [1, 2, 1]
    slow = found[found["series"] == "p95"]["value"].tolist()
    assert slow == pytest.approx([1, 100, 1_000], rel=0.02)
    assert_same(conn, anyone(berlin), pages, filters)

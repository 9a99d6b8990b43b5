"""The Performance page in words."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from analytics.filters import Filters
from analytics.operations.requests.compared import COMPARED, Standing
from analytics.operations.requests.failing import KINDS
from analytics.operations.requests.measured import LOOPLENS, Measured
from analytics.operations.requests.spread import LIMITS
from analytics.operations.requests.totals import Totals
from ui import words_performance as told

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
FILTERS = Filters(1, "UTC", "opt-out", date(2026, 3, 3), date(2026, 3, 10), NOW)
FOUND = Standing(
    now=Totals(n=1_200, failures=3, per_second=12.34, p50=20.0, p95=412.0, p99=900.0,
               error_rate=0.0025),
    over=Totals(n=1_100, per_second=12.0, p95=414.0, error_rate=0.002),
    before=Totals(n=1_000, per_second=12.0, p95=300.0, error_rate=0.004),
)  # fmt: skip


def rows(columns, *told):
    return pd.DataFrame(list(told), columns=list(columns)).astype(columns)


def test_findings_tell_a_figure_and_how_it_moved():
    assert told.latency(FOUND, FILTERS) == (
        "One request in twenty takes over 412 ms, up 38% on a week earlier"
    )
    assert told.load(FOUND, FILTERS) == "12.3/s requests, level with a week earlier"
    assert told.failing(FOUND, FILTERS) == "0.25% of requests fail, down 50% on a week earlier"
    assert told.spread(FOUND) == "Half within 20 ms, one in a hundred over 900 ms"


def test_nothing_is_told_of_nothing():
    nothing = Standing()
    assert told.latency(nothing, FILTERS) == "Time to answer"
    assert told.load(nothing, FILTERS) == "Requests"
    assert told.failing(nothing, FILTERS) == "Failed requests"
    assert told.spread(nothing) == "How the time to answer is spread"
    assert told.slowest(rows(COMPARED), FILTERS, "is") == "Endpoints"
    assert told.kinds(rows(KINDS)) == "Failures and refusals by kind"


def test_a_failure_is_named_before_more_frequent_refusals():
    refused = {"kind": "404", "service": "", "endpoint": "GET /a", "n": 9, "share": 0.1}
    failed = refused | {"kind": "KeyError", "n": 2}
    assert told.kinds(rows(KINDS, refused, failed)) == "KeyError at GET /a fails most: 2 times"
    assert told.kinds(rows(KINDS, refused)) == "404 at GET /a is refused most: 9 times"


def by_day(*failed):
    days = pd.date_range("2026-03-01", periods=len(failed))
    parts = {"error_rate": [share / 100 for share in failed], "per_second": [2.0] * len(failed)}
    return pd.concat(
        [
            pd.DataFrame({"period": days, "value": values, "series": name, "which": "current"})
            for name, values in parts.items()
        ]
    )


@pytest.mark.parametrize(
    ("failed", "said"),
    [
        ((0, 9, 1), ", most of them on 2 Mar"),
        ((1, 1, 1), ""),
        ((0, 0, 0), ""),
        ((0, 9), ""),
    ],
)
def test_failures_of_a_single_day_are_told_with_it(failed, said):
    told_now = told.failing(FOUND, replace(FILTERS, grain="day"), by_day(*failed))
    assert told_now == "0.25% of requests fail, down 50% on a week earlier" + said


def test_no_failure_is_good_news():
    assert told.failing(Standing(Totals(n=7, error_rate=0.0)), FILTERS) == (
        "None of 7 requests failed"
    )


def test_the_slowest_is_named_with_its_change():
    row = dict.fromkeys(COMPARED, 0) | {"endpoint": "POST /runs", "p95": 412.0, "change": 0.38}
    assert told.slowest(rows(COMPARED, row), FILTERS, "is") == (
        "POST /runs is slowest: p95 412 ms, up 38% on a week earlier"
    )
    new = row | {"change": float("nan"), "endpoint": ""}
    assert told.slowest(rows(COMPARED, new), FILTERS, "loads") == (
        "(no name) loads slowest: p95 412 ms"
    )


@pytest.mark.parametrize(
    ("per_second", "said"),
    [
        (None, "\u2013"),
        (0.0, "0.00/s"),
        (0.0004, "<0.01/s"),
        (0.05, "0.05/s"),
        (0.6433, "0.64/s"),
        (1.0, "1.0/s"),
        (1_234.5, "1,234.5/s"),
    ],
)
def test_requests_are_told_by_the_second_however_few(per_second, said):
    assert told.rate(per_second) == said


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        (Measured(1), "Servers"),
        (Measured(1, service="Clients"), "Service Clients"),
        (Measured(1, "clients"), "Clients"),
        (LOOPLENS, "Looplens itself"),
    ],
)
def test_no_two_sources_are_called_the_same(measured, said):
    assert told.source(measured) == said


def test_there_is_a_band_for_each_limit_and_one_beyond():
    bands = told.bands()
    assert len(bands) == len(LIMITS) + 1
    assert (bands[0], bands[1], bands[9]) == ("under 1 ms", "1 to 2 ms", "500 ms to 1 s")
    assert (bands[10], bands[-1]) == ("1 to 2 s", "over 10 s")

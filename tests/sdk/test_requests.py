"""What the client counts of requests: by minute and endpoint, within bounds."""

import math
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from looplens.requests import MOST_ENDPOINTS, MOST_KINDS, MOST_MINUTES, OTHER, Requests, bin_of

from db import request_stats

AT = 1_772_000_000.0


@given(st.floats(0, 1e12))
def test_the_client_and_the_server_have_the_same_bins(milliseconds):
    assert bin_of(milliseconds) == request_stats.bin_of(min(milliseconds, 1e10))


def test_requests_are_counted_by_minute_and_endpoint():
    counted = Requests("shop")
    counted.add("GET /a", 200, 10.0, at=AT, cached=True)
    counted.add("GET /a", 404, 20.0, at=AT + 19, cached=False)
    counted.add("GET /a", 500, 30.0, at=AT + 60, error="KeyError")
    counted.add("GET /b", 503, 40.0, at=AT)
    first, other, later = sorted(counted.take(), key=lambda row: (row["at"], row["endpoint"]))
    assert first | {"at": ""} == {
        "at": "",
        "endpoint": "GET /a",
        "n": 2,
        "failures": 0,
        "refused": 1,
        "cache_hits": 1,
        "cache_misses": 1,
        "duration_sum_ms": 30.0,
        "bins": [(bin_of(10.0), 1), (bin_of(20.0), 1)],
        "errors": {"404": 1},
    }
    assert other["errors"] == {"503": 1}
    assert (later["failures"], later["errors"]) == (1, {"KeyError": 1})
    assert counted.take() == []


def test_what_somebody_makes_up_has_an_end():
    counted = Requests("shop")
    for number in range(MOST_ENDPOINTS + 20):
        counted.add(f"GET /{number}", 200, 1.0, at=AT)
    for number in range(MOST_KINDS + 5):
        counted.add("GET /0", 500, 1.0, at=AT, error=f"Error{number}")
    rows = {row["endpoint"]: row for row in counted.take()}
    assert rows[OTHER]["n"] == 20
    assert rows["GET /0"]["errors"][OTHER] == 5


def test_the_oldest_minutes_are_lost_when_nobody_takes_them():
    counted = Requests("shop")
    for minute in range(MOST_MINUTES + 3):
        counted.add("GET /a", 200, 1.0, at=AT + 60 * minute)
    assert len(counted.take()) == MOST_MINUTES


def test_threads_lose_nothing():
    counted = Requests("shop")

    def work():
        for _ in range(500):
            counted.add("GET /a", 200, 1.0, at=AT)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row["n"] for row in counted.take()] == [2_000]


def test_switched_off_it_counts_nothing():
    counted = Requests("shop")
    counted.enabled = False
    counted.add("GET /a", 200, 1.0)
    assert counted.take() == []


@pytest.mark.parametrize("milliseconds", [0.0, 0.5, 1.0, 250.0, 1e9])
def test_the_middle_of_a_bin_is_within_2_percent(milliseconds):
    end = 1.04 ** bin_of(milliseconds)
    if milliseconds:
        assert 2 * end / 2.04 == pytest.approx(milliseconds, rel=0.02)
    assert math.isfinite(end)


@pytest.mark.parametrize(
    ("told", "kept"), [(math.nan, 0.0), (math.inf, 1e10), (-1.0, 0.0), (1e12, 1e10)]
)
def test_a_time_that_is_none_spoils_no_report(told, kept):
    counted = Requests("shop")
    counted.add("GET /a", 200, told, at=AT)
    (row,) = counted.take()
    assert row["duration_sum_ms"] == kept
    assert row["bins"] == [(bin_of(kept), 1)]

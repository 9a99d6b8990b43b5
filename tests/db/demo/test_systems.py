"""How the demo product's systems did: what is stored of it makes sense."""

from collections import Counter
from datetime import timedelta

import pytest

from db.demo.systems import probing, requests
from tests.db.demo.frames import SHAPE
from tests.db.demo.served import asked, told
from tests.thorough import thorough


@thorough
def test_requests_are_told_by_the_hour_and_lately_by_the_minute():
    for minutes, each in told():
        assert each.at <= SHAPE.now
        late = each.at >= SHAPE.now - requests.MINUTES_KEPT
        assert (minutes == 1) == late
        assert sum(each.bins.values()) == each.n >= each.failures + each.refused
        assert sum(each.errors.values()) == each.failures + each.refused
    last_day = [each for _, each in told() if each.at >= SHAPE.now - timedelta(days=1)]
    assert sum(each.n for each in last_day) == pytest.approx(requests.A_DAY, rel=0.25)


@thorough
def test_no_span_is_told_twice():
    spans = Counter((each.at, each.endpoint) for _, each in told())
    assert set(spans.values()) == {1}


def test_probes_say_why_they_failed_and_hours_add_up():
    watched = next(each for each in probing.WATCHED if each.name == probing.API)
    rows = [*probing.results(SHAPE, watched)]
    assert all(bool(row["reason"]) != row["ok"] for row in rows)
    hours = [*probing.by_hour(rows)]
    assert sum(hour["n"] for hour in hours) == len(rows)
    assert sum(hour["good"] for hour in hours) == sum(row["ok"] for row in rows)


def test_a_certificate_runs_out_day_by_day():
    rows = [*probing.results(SHAPE, probing.WATCHED[-1])]
    assert rows[0]["days_left"] - rows[-1]["days_left"] == pytest.approx(SHAPE.days - 0.5, abs=1)
    assert rows[-1]["days_left"] == pytest.approx(probing.DAYS_LEFT, abs=0.1)


def test_tickets_are_opened_answered_and_solved_in_order_and_never_after_now():
    assert len({row["ticket_id"] for row in asked()}) == len(asked()) > 200
    for row in asked():
        times = [row["opened_at"], row["first_response_at"], row["resolved_at"]]
        there = [time for time in times if time]
        assert there == sorted(there)
        assert there[-1] < SHAPE.now
        assert row["csat"] is None or row["resolved_at"]

"""What alerts look at is what the pages count, as fine as it is kept."""

import uuid
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import insert, update

from analytics.operations.signals.catalogue import ALL_SIGNALS, SIGNALS, find_signal, signals_of
from analytics.operations.signals.points import minute_of
from analytics.operations.steps import Steps
from analytics.scope import PUBLIC
from db import tables
from db.access import create_project
from db.business_settings import BusinessSettings, set_business_settings
from db.errors import UnknownMetric
from db.probe_results import Result, keep_results
from db.probes import Draft, save_probe
from db.request_stats import Served, record
from tests.analytics.operations.signals.looking import MINUTE, NOW, START, at, window
from tests.analytics.reference import anyone

ADDRESSES = {"tcp": "host:1", "postgres": "postgresql://user:secret@host/name"}


def test_events_and_failures_are_counted_by_the_minute(conn, project):
    for minute, name, n, failures in ((0, "open", 4, 0), (4, "open", 1, 1), (4, "save", 1, 1)):
        row = {"project_id": project.id, "minute": START + minute * MINUTE, "name": name}
        conn.execute(insert(tables.event_minutes).values(row | {"n": n, "failures": failures}))
    five = START + 5 * MINUTE
    assert window(conn, project, "events", five, 5) == (6, 6)
    assert window(conn, project, "failures", five, 1) == (2, 2)
    assert window(conn, project, "error_rate", five, 5, event="open") == (0.2, 5)


def test_farther_back_events_are_counted_by_the_hour(conn, project, add_events):
    add_events(project, f"u1 open {at(0)}", f"u1 open {at(59)} ok=0", f"u1 open {at(60)}")
    months = timedelta(days=40)
    found = window(conn, project, "error_rate", START + 90 * MINUTE, 60, start=START - months)
    assert found == (0.5, 2)


def test_an_hour_begins_where_the_projects_hours_do(conn, add_events):
    kathmandu = create_project(conn, "k", consent="opt-out", timezone="Asia/Kathmandu")
    add_events(kathmandu, f"u1 open {at(14)}", f"u1 open {at(16)}", f"u1 open {at(74)}")
    months = timedelta(days=40)
    end = START + 80 * MINUTE
    assert window(conn, kathmandu, "events", end, 60, start=START - months) == (2, 2)


def test_durations_are_percentiles_of_their_hours(conn, project, add_events):
    add_events(project, *(f"u1 open {at(n % 50)} duration={n}" for n in range(1, 101)))
    value, n = window(conn, project, "duration_p95", START + 60 * MINUTE, 60)
    assert value == pytest.approx(95, rel=0.02)
    assert n == 100


def test_people_are_counted_by_days_that_are_over(conn, berlin, add_events):
    add_events(berlin, "u1 open 2026-03-01T22:30Z", "u2 open 2026-03-01T22:30Z")
    add_events(berlin, "u1 open 2026-03-02T09:00Z")
    week = START - timedelta(days=7)
    found = window(conn, berlin, "actors", START, 1_440, now=START, start=week)
    assert found == (2, 2)


def test_scores_are_of_all_answers_in_the_window(conn, project):
    for days, scores in ((3, (5, 5, 1)), (2, (4,))):
        for score in scores:
            said = {"project_id": project.id, "actor_key": 1, "kind": "csat", "score": score}
            said["said_at"] = START - timedelta(days=days)
            conn.execute(insert(tables.feedback).values(said))
    month = START - timedelta(days=28)
    value, n = window(conn, project, "csat", START, 10_080, now=START, start=month)
    assert (value, n) == (0.75, 4)


def test_conversion_is_of_the_events_that_settings_name(conn, project, add_events):
    set_business_settings(
        conn, project.id, BusinessSettings(visit_event="visit", signup_event="join")
    )
    add_events(project, *(f"u{n} visit {at(n)}" for n in range(4)), f"u1 join {at(9)}")
    hour = START + 60 * MINUTE
    assert window(conn, project, "conversion", hour, 60) == (0.25, 4)
    assert window(conn, project, "conversion", hour, 60, from_event="join", event="visit")[0] == 4


def test_payments_that_failed_are_counted_by_the_minute(conn, project):
    for minute, status, kind in ((0, "failed", "payment"), (1, "succeeded", "payment")):
        paid = {"project_id": project.id, "payment_id": uuid.uuid4(), "customer_key": 1}
        paid |= {"occurred_at": START + minute * MINUTE, "received_at": START, "kind": kind}
        paid |= {"status": status, "currency": "EUR", "amount": 900}
        conn.execute(insert(tables.payments).values(paid))
    assert window(conn, project, "failed_payments", START + 5 * MINUTE, 5) == (1, 2)


def test_revenue_is_that_of_the_last_months_end_and_of_today(conn, project):
    for month, amount in ((2, 900), (3, 300)):
        row = {"project_id": project.id, "currency": "EUR", "month": date(2026, month, 1)}
        row |= {"kind": "new" if month == 2 else "expansion", "amount": amount, "customers": 1}
        conn.execute(insert(tables.mrr_months).values(row | {"country": "", "channel": ""}))
    winter, spring = datetime(2026, 2, 10, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC)
    march = datetime(2026, 3, 1, 6, tzinfo=UTC)
    assert window(conn, project, "mrr", march, 1_440, now=spring, start=winter)[0] == 900
    assert window(conn, project, "mrr", spring, 1_440, now=spring, start=winter)[0] == 1_200


def test_tickets_are_counted_as_they_are_opened(conn, project):
    for number, topic in enumerate(("billing", "login", "login")):
        ticket = {"project_id": project.id, "ticket_id": str(number), "topic": topic}
        ticket |= {"opened_at": START + number * MINUTE, "updated_at": START}
        conn.execute(insert(tables.tickets).values(ticket))
    end = START + 5 * MINUTE
    assert window(conn, project, "tickets", end, 30) == (3, 3)
    assert window(conn, project, "tickets", end, 30, topic="login") == (2, 2)


def test_what_is_refused_counts_from_the_first_minute_of_its_hour(conn, project):
    for kind, n in (("failed_sign_in", 7), ("unknown_key", 2), ("exports", 50)):
        hour = {"project_id": project.id, "hour": START, "kind": kind, "n": n}
        conn.execute(insert(tables.security_hours).values(hour))
    for minutes, expected in ((0, 0), (1, 9), (60, 9), (61, 0)):
        found = window(conn, project, "refused_attempts", START + minutes * MINUTE, 60)
        assert found == (expected, expected)


def test_probes_that_failed_are_those_of_the_project_by_kind(conn, project):
    for name, kind, ok in (("Shop", "tcp", False), ("Data", "postgres", True)):
        probe = save_probe(conn, project.id, Draft(name, kind, ADDRESSES[kind]))
        keep_results(conn, [Result(probe, START + MINUTE, ok=ok)])
    end = START + 5 * MINUTE
    assert window(conn, project, "failed_probes", end, 5) == (1, 2)
    assert window(conn, project, "failed_probes", end, 5, probe_kind="postgres") == (0, 1)
    assert window(conn, project, "uptime", end, 5) == (0.5, 2)


def test_what_stands_is_down_until_the_next_look_or_for_three_of_them(conn, project):
    probe = save_probe(conn, project.id, Draft("Shop", "tcp", "host:1", 300, timeout_seconds=10))
    conn.execute(update(tables.probes).values(created_at=START))
    for minute, ok in ((0, True), (5, False), (10, False), (15, True), (20, False), (40, False)):
        keep_results(conn, [Result(probe, START + minute * MINUTE + MINUTE / 2, ok=ok)])
    unknown = float("nan")
    expected = {1: 0, 5: 0, 6: unknown, 10: unknown, 11: 1, 15: 1, 16: 1, 17: 0, 20: 0, 21: unknown}
    for minute, value in (expected | {41: unknown, 60: unknown}).items():
        found, _ = window(conn, project, "probes_down", START + minute * MINUTE, 1)
        assert found == value or (np.isnan(found) and np.isnan(value)), minute
    for minute, value in {6: 1, 15: 1, 17: 0, 21: 1, 36: 1, 37: unknown, 41: 1}.items():
        found, _ = window(conn, project, "failing_probes", START + minute * MINUTE, 1)
        assert found == value or (np.isnan(found) and np.isnan(value)), minute


def test_what_stood_long_ago_is_known_by_the_hour(conn, project):
    probe = save_probe(conn, project.id, Draft("Shop", "tcp", "host:1"))
    for minute in range(3):
        keep_results(conn, [Result(probe, START + minute * MINUTE, ok=minute == 0)])
    later = START + timedelta(days=20)
    assert window(conn, project, "probes_down", START + 90 * MINUTE, 1, now=later) == (1, 1)
    assert np.isnan(window(conn, project, "probes_down", START + 150 * MINUTE, 1, now=later)[0])


def test_new_errors_are_counted_when_they_are_first_seen(conn, project, add_events):
    add_events(project, f"u1 error {at(0)} error=Gone", f"u1 error {at(3)} error=Gone")
    add_events(project, f"u1 error {at(4)} error=Slow")
    assert window(conn, project, "new_errors", START + 5 * MINUTE, 15) == (2, 2)
    assert window(conn, project, "new_errors", START + 5 * MINUTE, 2) == (1, 1)


@pytest.mark.parametrize("key", SIGNALS)
def test_a_signal_without_anything_has_no_figure_or_zero(conn, project, key):
    signal = SIGNALS[key]
    steps = Steps(START, NOW, signal.finest_minutes)
    frame = signal.series(conn, anyone(project), project.id, steps)
    assert isinstance(frame, pd.DataFrame)
    value, n = window(conn, project, key, NOW, 60)
    assert n == 0
    assert np.isnan(value) or value == 0


@pytest.mark.parametrize("key", SIGNALS)
def test_a_stranger_learns_nothing_from_a_signal(conn, project, add_events, key):
    add_events(project, f"u1 open {at(0)} ok=0 duration=5")
    signal = SIGNALS[key]
    points = signal.points(conn, PUBLIC, project.id, {}, START, NOW, NOW)
    assert points.over(np.array([minute_of(NOW)]), 10_080).n.tolist() == [0]


def test_a_role_looks_at_what_it_may_ask(project):
    theirs = {signal.key for signal in signals_of(anyone(project, role="operations"))}
    assert "error_rate" in theirs
    assert "failed_payments" not in theirs
    assert len(ALL_SIGNALS) == len(SIGNALS)
    with pytest.raises(UnknownMetric):
        find_signal("weather")


def test_how_fine_a_signal_is_depends_on_how_far_back_it_is_asked():
    signal = SIGNALS["request_p95"]
    assert signal.stretch(NOW - timedelta(days=1), NOW) == 1
    assert signal.stretch(NOW - timedelta(days=3), NOW) == 60
    assert SIGNALS["nps"].stretch(NOW - timedelta(days=300), NOW) == 1_440


@pytest.mark.parametrize(("made", "known"), [(0, 0), (30, 7)])
def test_counts_are_known_since_the_project_or_its_first_count(conn, project, made, known):
    row = {"project_id": project.id, "name": "open", "n": 1, "failures": 0}
    conn.execute(insert(tables.event_minutes).values(row | {"minute": START + 7 * MINUTE}))
    ours = update(tables.projects).where(tables.projects.c.id == project.id)
    conn.execute(ours.values(created_at=START + made * MINUTE))
    points = find_signal("events").points(conn, anyone(project), project.id, {}, START, NOW, NOW)
    assert points.since == minute_of(START) + known


def test_requests_a_second_are_of_the_whole_window(conn, project):
    for minute in (0, 3):
        record(conn, project.id, [Served(START + minute * MINUTE, "shop", "GET /", 60, {10: 60})])
    assert window(conn, project, "request_rate", START + 4 * MINUTE, 4) == (0.5, 120)
    assert window(conn, project, "request_rate", START + 4 * MINUTE, 4, service="x") == (0, 0)


def test_events_in_ten_seconds_are_those_of_a_window_on_average(conn, project):
    row = {"project_id": project.id, "minute": START, "name": "open", "n": 12, "failures": 0}
    conn.execute(insert(tables.event_minutes).values(row))
    assert window(conn, project, "events_now", START + MINUTE, 1) == (2, 12)
    assert window(conn, project, "events_now", START + 2 * MINUTE, 2) == (1, 12)


def test_pages_are_as_slow_as_the_slowest_of_twenty(conn, project, add_events):
    pages = (f"u1 page_view {at(n % 50)} subject=home duration={n}" for n in range(1, 101))
    add_events(project, *pages, f"u1 open {at(0)} duration=9000")
    hour = START + 60 * MINUTE
    assert window(conn, project, "page_load_p95", hour, 60) == (pytest.approx(95, rel=0.02), 100)
    assert window(conn, project, "page_load_p95", hour, 60, endpoint="away")[1] == 0


def test_failures_are_of_what_went_wrong_and_of_errors(conn, project, add_events):
    add_events(project, f"u1 open {at(0)} ok=0", f"u1 error {at(5)} error=Gone")
    add_events(project, f"u1 open {at(10)}", f"u1 open {at(70)} ok=0")
    assert window(conn, project, "failed", START + 60 * MINUTE, 60) == (2, 2)
    assert window(conn, project, "failed", START + 120 * MINUTE, 120) == (3, 3)


def test_what_a_signal_can_not_be_narrowed_to_counts_for_nothing(conn, project, add_events):
    add_events(project, f"u1 open {at(0)} ok=0")
    assert window(conn, project, "failed", START + 60 * MINUTE, 60, event="save") == (1, 1)

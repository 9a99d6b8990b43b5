"""Objectives as they stand: of probes and of requests, with their budgets and burns."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from analytics.operations.health.objectives import burn_series, slo_series, slos_of, standings
from analytics.scope import PUBLIC
from db.probe_results import Result, keep_results
from db.probes import Draft, save_probe
from db.request_stats import Served, bin_of, record
from db.slos import SloDraft, save_slo
from db.tables import INSTALLATION, probes, slos
from tests.analytics.reference import anyone

NOW = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def only_ours(conn):
    """Without what every installation begins with."""
    conn.execute(delete(slos))
    conn.execute(delete(probes))


@pytest.fixture
def shop_is_up(conn, project):
    """An uptime objective of a probe that failed twice in the last hour of a day."""
    probe = save_probe(conn, project.id, Draft("Shop", "tcp", "host:1"))
    start = NOW.replace(second=0) - timedelta(days=1)
    times = [start + MINUTE * minute for minute in range(1440)]
    keep_results(conn, [Result(probe, at, number not in (1436, 1438)) for number, at in
                        enumerate(times)])  # fmt: skip
    return save_slo(conn, project.id, SloDraft("Up", "uptime", 0.999, probe_id=probe))


def test_an_uptime_has_its_budget_and_burns_by_hand(conn, project, shop_is_up):
    """2 of 1,440 bad: of the allowed 1.44 that is 1.389. 1 h: 2/60; 5 min: 2/5; 6 h: 2/360."""
    (found,) = standings(conn, anyone(project), project.id, NOW)
    assert (found.slo.id, found.budget.n, found.budget.bad) == (shop_is_up, 1440, 2)
    assert found.budget.used == pytest.approx(2 / 1.44)
    assert found.budget.minutes_left == pytest.approx(43.2 * (1 - 2 / 1.44))
    rates = [each.long_rate for each in found.burns]
    assert rates == pytest.approx([2 / 60 / 0.001, 2 / 360 / 0.001, 2 / 1440 / 0.001])
    short = [each.short_rate for each in found.burns]
    assert short == pytest.approx([2 / 5 / 0.001, 2 / 30 / 0.001, 2 / 360 / 0.001])
    assert [each.window.factor for each in found.burning] == [14.4, 1.0]


def test_each_uptime_counts_its_own_probe_over_its_own_days(conn, project, shop_is_up):
    other = save_probe(conn, project.id, Draft("Mail", "tcp", "host:2"))
    at = NOW.replace(second=0)
    looks = [(timedelta(days=20), False), (timedelta(minutes=30), False), (MINUTE, True)]
    keep_results(conn, [Result(other, at - before, ok) for before, ok in looks])
    for name, days in (("Month", 30), ("Week", 7)):
        save_slo(conn, project.id, SloDraft(name, "uptime", 0.9, days, probe_id=other))
    found = {each.slo.name: each for each in standings(conn, anyone(project), project.id, NOW)}
    counted = {name: (each.budget.n, each.budget.bad) for name, each in found.items()}
    assert counted == {"Month": (3, 2), "Week": (2, 1), "Up": (1440, 2)}
    assert [(each.n, each.bad) for each in found["Month"].burns] == [(2, 1)] * 3


def served(at, n, slow=0, failures=0):
    bins = {int(bin_of(100.0)): n - slow} | ({int(bin_of(900.0)): slow} if slow else {})
    return Served(at, "shop", "GET /", n, bins, failures=failures)


def test_errors_and_latencies_are_counted_from_requests(conn, project):
    at = NOW.replace(second=0) - 10 * MINUTE
    record(conn, project.id, [served(at, 100, slow=20, failures=3), served(at + MINUTE, 100)])
    save_slo(conn, project.id, SloDraft("Errors", "errors", 0.99, service="shop"))
    fast = SloDraft("Fast", "latency", 0.95, endpoint="GET /", threshold_ms=300.0)
    save_slo(conn, project.id, fast)
    save_slo(conn, project.id, SloDraft("None", "errors", 0.99, service="other"))
    errors, quick, nothing = standings(conn, anyone(project), project.id, NOW)
    assert (errors.budget.n, errors.budget.bad) == (200, 3)
    assert errors.budget.used == pytest.approx(1.5)
    assert (quick.budget.n, quick.budget.bad) == (200, 20)
    assert quick.burns[0].long_rate == pytest.approx(2.0)
    assert (nothing.budget.n, nothing.budget.used, nothing.burning) == (0, None, ())


def test_series_tell_what_was_good_and_how_fast_it_burnt(conn, project, shop_is_up):
    end = NOW.replace(second=0)
    asked = conn, anyone(project), project.id, shop_is_up, end - 10 * MINUTE, end, 5
    counts = slo_series(*asked)
    assert counts[["good", "n"]].to_numpy().tolist() == [[5, 5], [3, 5]]
    assert burn_series(*asked)["value"].tolist() == pytest.approx([0.0, 400.0])


def test_a_stranger_sees_no_objective_and_a_member_those_of_looplens_too(
    conn, project, berlin, shop_is_up
):
    own = save_slo(conn, INSTALLATION, SloDraft("Own", "errors", 0.999, service="looplens"))
    listed = slos_of(conn, anyone(project), project.id)
    assert [each.id for each in listed] == [shop_is_up, own]
    assert [each.of_looplens for each in listed] == [False, True]
    assert [each.id for each in slos_of(conn, anyone(berlin), berlin.id)] == [own]
    for viewer, place in ((PUBLIC, project), (anyone(berlin), project)):
        assert slos_of(conn, viewer, place.id) == []
        assert standings(conn, viewer, place.id, NOW) == ()
        end = NOW - timedelta(hours=1)
        assert slo_series(conn, viewer, place.id, shop_is_up, end, NOW, 5).empty
        assert burn_series(conn, viewer, place.id, shop_is_up, end, NOW, 5).empty

"""The state of systems in a few numbers, and whether to worry."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, update

from analytics.operations.health.reasons import reasons
from analytics.operations.health.system import SystemHealth, system_health
from analytics.operations.overview import overview
from analytics.scope import PUBLIC
from db.probe_results import Result, keep_results
from db.probes import Draft, save_probe
from db.request_stats import Served, bin_of, record
from db.slos import SloDraft, save_slo
from db.tables import INSTALLATION, gauges, probes, slos
from tests.analytics.reference import anyone

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def only_ours(conn):
    """Without what every installation begins with."""
    conn.execute(delete(slos))
    conn.execute(delete(probes))


def look(conn, place, name, good=(), bad=()):
    probe = save_probe(conn, place, Draft(name, "tcp", "host:1"))
    results = [Result(probe, NOW - timedelta(minutes=ago), True) for ago in good]
    results += [Result(probe, NOW - timedelta(minutes=ago), False) for ago in bad]
    keep_results(conn, results)


def serve(conn, place, hours_ago, n, failures=0):
    at = NOW - timedelta(hours=hours_ago)
    bins = {int(bin_of(100.0)): n}
    record(conn, place, [Served(at, "shop", "GET /", n, bins, failures=failures)])


def test_of_a_day_it_tells_uptime_latency_errors_and_what_is_down(conn, project):
    look(conn, project.id, "Shop", good=[2, 3, 4], bad=[1])
    look(conn, project.id, "Mail", good=[1, 2, 3, 1500])
    serve(conn, project.id, 1, 200, failures=3)
    serve(conn, project.id, 30, 200, failures=200)
    found = system_health(conn, anyone(project), project.id, NOW)
    assert (found.probed, found.probes, found.uptime) == ("project", 7, pytest.approx(6 / 7))
    assert (found.down, found.silent, found.worry) == (("Shop",), (), "act")
    assert (found.served, found.requests, found.error_rate) == ("project", 200, 0.015)
    assert found.p95_ms == pytest.approx(100, rel=0.02)


def test_where_nothing_of_the_project_is_measured_it_is_of_looplens(conn, project):
    look(conn, INSTALLATION, "API", good=[1, 2])
    serve(conn, INSTALLATION, 1, 50)
    found = system_health(conn, anyone(project), project.id, NOW)
    assert (found.probed, found.uptime, found.probes) == ("Looplens", 1.0, 2)
    assert (found.served, found.requests, found.worry) == ("Looplens", 50, "none")


def test_a_probe_of_looplens_does_not_mix_with_the_uptime_of_the_project(conn, project):
    look(conn, INSTALLATION, "API", bad=[1, 2])
    look(conn, project.id, "Shop", good=[1])
    found = system_health(conn, anyone(project), project.id, NOW)
    assert (found.uptime, found.probes) == (1.0, 1)


def test_what_is_down_or_silent_is_named_also_of_looplens_as_the_page_on_health_does(conn, project):
    look(conn, INSTALLATION, "API", bad=[1])
    look(conn, INSTALLATION, "Worker", good=[60])
    look(conn, project.id, "API", good=[1])
    found = system_health(conn, anyone(project), project.id, NOW)
    assert (found.down, found.silent) == (("API (Looplens)",), ("Worker (Looplens)",))
    assert found.worry == "act"


@pytest.mark.parametrize(
    ("found", "worry"),
    [
        (SystemHealth(), "unknown"),
        (SystemHealth(firing=1), "watch"),
        (SystemHealth(uptime=1.0), "none"),
        (SystemHealth(uptime=0.9989), "watch"),
        (SystemHealth(uptime=0.999), "none"),
        (SystemHealth(uptime=1.0, silent=("A",)), "watch"),
        (SystemHealth(uptime=1.0, down=("A",)), "act"),
        (SystemHealth(uptime=1.0, firing=1, critical=1), "act"),
        (SystemHealth(p95_ms=10.0, open_incidents=1), "act"),
        (SystemHealth(p95_ms=10.0), "none"),
        (SystemHealth(uptime=1.0, missed=("Up",)), "watch"),
        (SystemHealth(uptime=1.0, burning=("Up",)), "act"),
        (SystemHealth(uptime=1.0, paused=("A",), watching=3), "watch"),
        (SystemHealth(uptime=1.0, disk=0.851), "watch"),
        (SystemHealth(uptime=1.0, disk=0.85), "none"),
    ],
)
def test_what_is_worst_decides_whether_to_worry(found, worry):
    assert found.worry == worry


def promise(conn, place, name, objective=0.999):
    save_slo(conn, place, SloDraft(name, "errors", objective, service="shop"))


def test_it_names_what_is_missed_and_what_burns_and_whose_it_is(conn, project):
    serve(conn, project.id, 200, 10_000, failures=100)
    promise(conn, project.id, "Requests succeed")
    serve(conn, INSTALLATION, 0.5, 1_000, failures=500)
    serve(conn, INSTALLATION, 0.05, 1_000, failures=500)
    promise(conn, INSTALLATION, "API answers")
    found = system_health(conn, anyone(project), project.id, NOW)
    assert (found.missed, found.burning) == (("Requests succeed",), ("API answers (Looplens)",))
    assert found.worry == "act"


def test_paused_probes_are_named_and_uptime_is_what_was_known_last(conn, project):
    look(conn, project.id, "Shop", good=[30])
    conn.execute(update(probes).values(is_paused=True))
    found = system_health(conn, anyone(project), project.id, NOW)
    assert (found.paused, found.watching, found.uptime) == (("Shop",), 0, 1.0)
    assert (found.is_unwatched, found.worry) == (True, "watch")
    look(conn, project.id, "Mail", good=[1])
    found = system_health(conn, anyone(project), project.id, NOW)
    assert (found.paused, found.is_unwatched, found.worry) == (("Shop",), False, "watch")


def test_a_disk_that_is_nearly_full_is_to_be_watched(conn, project):
    look(conn, project.id, "Shop", good=[1])
    rows = [{"name": "disk", "host": "a", "subject": path, "value": value, "at": NOW}
            for path, value in (("/", 0.2), ("/data", 0.89))]  # fmt: skip
    conn.execute(insert(gauges), rows)
    found = system_health(conn, anyone(project), project.id, NOW)
    assert (found.disk, found.worry) == (0.89, "watch")


def test_strangers_learn_nothing_not_even_of_looplens(conn, project, berlin):
    look(conn, INSTALLATION, "API", bad=[1])
    serve(conn, INSTALLATION, 1, 50)
    look(conn, project.id, "Shop", good=[1])
    for viewer in (PUBLIC, anyone(berlin), anyone(project, role="member")):
        assert system_health(conn, viewer, project.id, NOW) == SystemHealth()
        found = overview(conn, viewer, project.id, NOW)
        assert (found.health, found.requests.n) == (SystemHealth(), 0)
        assert found.measured is None


def test_the_overview_compares_with_the_day_before(conn, project):
    serve(conn, project.id, 1, 200)
    serve(conn, project.id, 30, 100)
    serve(conn, project.id, 50, 900)
    found = overview(conn, anyone(project), project.id, NOW)
    assert (found.requests.n, found.before.n) == (200, 100)
    assert found.measured.project_id == project.id


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (SystemHealth(uptime=1.0), []),
        (
            SystemHealth(missed=("API",), paused=("A", "B")),
            ["\u201cAPI\u201d is missed", "2 probes are paused"],
        ),
        (SystemHealth(paused=("A",), watching=3), ["1 of 4 probes is paused"]),
        (SystemHealth(burning=("API",)), ["\u201cAPI\u201d burns its error budget"]),
        (SystemHealth(missed=("A", "B", "C", "D")), ["4 objectives are missed"]),
        (SystemHealth(firing=3, critical=1), ["1 critical alert firing", "2 alerts firing"]),
        (SystemHealth(disk=0.9), ["a disk is 90.0% full"]),
    ],
)
def test_the_reasons_are_named_and_the_worst_comes_first(found, said):
    assert reasons(found) == said

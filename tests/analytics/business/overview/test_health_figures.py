"""The figures on systems: as exact as it takes to see what is missing."""

from analytics.business.overview import health_figures
from analytics.operations.health.system import SystemHealth

WELL = SystemHealth(uptime=1.0, p95_ms=338.0, error_rate=0.001)
FIGURES = "p95 338 ms, 0.1% errors, no incidents."


def test_where_all_is_well_all_is_up():
    assert health_figures(WELL) == f"100% uptime, {FIGURES}"


def test_where_nobody_looks_uptime_is_what_was_known_last():
    found = SystemHealth(uptime=1.0, p95_ms=338.0, error_rate=0.001, paused=("A", "B"))
    assert health_figures(found) == f"100% uptime as last known, {FIGURES}"


def test_an_incident_that_is_open_is_counted():
    assert health_figures(SystemHealth(uptime=0.99953, open_incidents=1)) == (
        "99.953% uptime, p95 \u2013, \u2013 errors, 1 open incident."
    )

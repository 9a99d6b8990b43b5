"""The line on systems: the reasons to worry come before the figures."""

from analytics.business.overview import health_line
from analytics.operations.health.system import SystemHealth

WELL = SystemHealth(uptime=1.0, p95_ms=338.0, error_rate=0.001)
FIGURES = "p95 338 ms, 0.1% errors, no incidents."


def test_where_all_is_well_it_tells_the_figures():
    assert health_line(WELL) == f"100.0% uptime, {FIGURES}"


def test_what_is_missed_and_paused_is_named_before_the_figures():
    found = SystemHealth(
        uptime=1.0, p95_ms=338.0, error_rate=0.001,
        missed=("The API answers",), paused=("A", "B", "C", "D"),
    )  # fmt: skip
    assert health_line(found) == (
        f"The API answers is missed; 4 probes are paused; 100.0% uptime as last known, {FIGURES}"
    )


def test_an_alert_that_fires_and_a_budget_that_burns_are_named_first():
    found = SystemHealth(uptime=1.0, firing=1, critical=1, burning=("Requests succeed",))
    assert health_line(found).startswith(
        "1 critical alert firing; Requests succeed burns its error budget; "
    )

"""The overview of operations: one line that says whether to worry, and why."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, update

from db.probe_results import Result, keep_results
from db.probes import Draft, save_probe
from db.request_stats import Served, bin_of, record
from db.slos import SloDraft, save_slo
from db.tables import alert_episodes, alert_rules, incidents, probes, slos
from tests.pages.reading import figures, texts


def now():
    """The present: what is looked at must have been heard of lately, whenever the test runs."""
    return datetime.now(UTC)


HOSTILE = "[Pay](https://evil.example.org) *now*"


@pytest.fixture(autouse=True)
def only_ours(conn):
    """Without what every installation begins with."""
    conn.execute(delete(probes))
    conn.execute(delete(slos))
    conn.commit()


def titles(shown):
    return [each.value.replace("\\", "") for each in shown.subheader]


def served(hours_ago, n, ms, failures=0):
    at = (now() - timedelta(hours=hours_ago)).replace(second=0, microsecond=0)
    return Served(at, "shop", "GET /", n, {int(bin_of(ms)): n}, failures=failures)


@pytest.fixture
def shop(conn, project):
    """A probe that answers, and requests of today and yesterday: today twice as slow."""
    probe = save_probe(conn, project.id, Draft("Shop", "tcp", "host:1"))
    keep_results(
        conn, [Result(probe, now() - timedelta(seconds=60 + ago), True) for ago in range(9)]
    )
    record(conn, project.id, [served(2, 1_000, 200.0, failures=1), served(30, 1_000, 100.0)])
    conn.commit()
    return project


def down(conn, project):
    probe = save_probe(conn, project.id, Draft("Mail", "tcp", "host:1"))
    keep_results(conn, [Result(probe, now(), False, reason="Why.")])
    conn.commit()


def fire(conn, project, name="Slow"):
    rule = {"project_id": project.id, "name": name, "metric": "error_rate", "kind": "threshold"}
    rule |= {"window_minutes": 5, "severity": "critical", "value": 0.1}
    made = conn.execute(insert(alert_rules).values(rule).returning(alert_rules.c.id)).scalar_one()
    episode = {"rule_id": made, "project_id": project.id, "severity": "critical"}
    conn.execute(insert(alert_episodes).values(episode | {"started_at": now()}))
    opened = {"project_id": project.id, "title": HOSTILE, "severity": "critical"}
    conn.execute(insert(incidents).values(opened | {"started_at": now()}))
    conn.commit()


@pytest.mark.parametrize("role", ["admin", "executive", "product", "operations"])
def test_when_all_is_well_it_says_not_to_worry(show, shop, role):
    shown = show("operations", role, shop)
    assert not shown.exception
    assert titles(shown)[0] == "No need to worry: all answers, and no alert fires"
    assert "Uptime is of this project, requests are of this project" in texts(shown)


def test_the_figures_are_those_of_24_hours_against_the_day_before(show, shop):
    shown = show("operations", "operations", shop)
    told = figures(shown)
    assert (told["Uptime, 24 h"], told["Failed, 24 h"]) == ("100%", "0.1%")
    assert abs(int(told["p95, 24 h"].split()[0]) - 200) <= 4  # within 2 %
    assert "p95 +1" in texts(shown)
    assert (told["Alerts"], told["Incidents"], told["Open errors"]) == ("0", "0", "0")


def test_what_is_down_fires_and_is_open_is_said_first(show, shop, conn):
    down(conn, shop)
    fire(conn, shop)
    shown = show("operations", "operations", shop)
    assert titles(shown)[0] == "Act now: Mail is down, 1 incident open and 1 critical alert firing"
    told = figures(shown)
    assert (told["Alerts"], told["Incidents"]) == ("1", "1")
    assert "1 alert not resolved" in titles(shown)


def test_what_users_wrote_is_shown_as_text(show, shop, conn):
    fire(conn, shop, HOSTILE)
    shown = show("operations", "operations", shop)
    said = "\n".join(each.value for each in [*shown.markdown, *shown.subheader])
    assert "[Pay](https://evil" not in said


def test_of_a_project_without_anything_it_says_so_and_teaches(show, project):
    shown = show("operations", "operations", project)
    assert not shown.exception
    assert titles(shown)[0] == "Nothing is measured yet"
    assert "Add a probe on the page of health" in texts(shown)
    assert "docs/monitoring.md" in texts(shown)


@pytest.mark.parametrize("role", ["author", "member", "org_admin"])
def test_roles_without_the_field_learn_nothing(show, shop, role):
    shown = show("operations", role, shop)
    assert "does not include this page" in shown.info[0].value
    assert not shown.subheader


def test_paused_probes_and_missed_objectives_are_a_worry_that_is_named(show, shop, conn):
    conn.execute(update(probes).values(is_paused=True))
    record(conn, shop.id, [served(200, 10_000, 100.0, failures=500)])
    save_slo(conn, shop.id, SloDraft("Shop answers", "errors", 0.999, service="shop"))
    conn.commit()
    shown = show("operations", "operations", shop)
    assert titles(shown)[0] == "Watch: \u201cShop answers\u201d is missed and 1 probe is paused"
    assert "Nobody looks at Shop" in texts(shown)
    assert "Missed: Shop answers" in texts(shown)
    assert "last known" in shown.metric[0].delta


def test_charts_are_headed_by_what_they_draw(show, shop):
    told = titles(show("operations", "operations", shop))
    assert any(each.startswith("p95 by the day: ") for each in told)

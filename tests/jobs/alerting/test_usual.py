"""Every project has the usual rules, once, and keeps what it changed of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import func, insert, select

from analytics.operations.alerts.defaults import OF_LOOPLENS, USUAL
from analytics.operations.alerts.following import State, follow
from analytics.operations.signals.catalogue import SIGNALS
from analytics.operations.signals.points import Totals
from db.alert_rules import Rule, add_rule, change_rule, checked, remove_rule
from db.errors import BadAlertRule
from db.tables import INSTALLATION, alert_episodes, alert_rules, event_minutes, messages
from db.targets import set_target
from jobs.alerting import add_usual, replay
from tests.thorough import thorough

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROMISED = {  # minutes, as people who answer for a service want to be told
    "slow_requests": 5,
    "failed_requests": 15,
    "error_rate": 15,
    "down": 3,
    "database_down": 2,
    "tickets": 30,
}


def held(engine, project_id):
    ours = select(alert_rules).where(alert_rules.c.project_id == project_id)
    with engine.connect() as conn:
        return conn.execute(ours).all()


def test_every_project_and_looplens_itself_has_them_once(own_engine, shop):
    assert add_usual(own_engine, NOW) > 0
    assert add_usual(own_engine, NOW) == 0
    assert {row.default_key for row in held(own_engine, shop.id)} == set(USUAL)
    assert {row.default_key for row in held(own_engine, INSTALLATION)} == set(OF_LOOPLENS)


def test_what_was_changed_stays_and_none_can_be_removed(own_engine, shop):
    add_usual(own_engine, NOW)
    row = next(row for row in held(own_engine, shop.id) if row.default_key == "down")
    with own_engine.begin() as conn:
        change_rule(conn, shop.id, row.id, replace(USUAL["down"], name="Ours", value=3), NOW)
        with pytest.raises(BadAlertRule):
            remove_rule(conn, shop.id, row.id)
    assert add_usual(own_engine, NOW) == 0
    assert "Ours" in [row.name for row in held(own_engine, shop.id)]


def test_a_name_that_is_taken_stays_whose_it_is(own_engine, shop):
    with own_engine.begin() as conn:
        add_rule(conn, shop.id, Rule("Down", "events", "no_data", above=False), NOW)
    add_usual(own_engine, NOW)
    assert {"Down", "Down (usual)"} <= {row.name for row in held(own_engine, shop.id)}


@pytest.mark.parametrize("key", PROMISED)
def test_what_is_planted_is_told_within_the_time_that_is_promised(key):
    assert USUAL[key].promise_minutes <= PROMISED[key]


@pytest.mark.parametrize("key", ["new_errors", "regressed_errors", "failed_payments"])
def test_what_is_told_at_once_is_told_at_the_next_look(key):
    one = pd.DataFrame({"at": [pd.Timestamp("2026-03-02 12:07")], "value": [1], "n": [1]})
    followed = follow(USUAL[key], Totals.of(one, 1), State(NOW), NOW + 30 * MINUTE, "UTC")
    assert followed.turns[0].at == NOW + 8 * MINUTE


def test_new_errors_of_a_day_are_one_warning():
    rule = USUAL["new_errors"]
    at = [pd.Timestamp("2026-03-02 12:07") + hours * pd.Timedelta(hours=1) for hours in (0, 5, 11)]
    found = pd.DataFrame({"at": at, "value": 1, "n": 1})
    followed = follow(rule, Totals.of(found, 1), State(NOW), NOW + 1_440 * MINUTE, "UTC")
    assert [turn.act for turn in followed.turns] == ["fired", "resolved"]
    assert (rule.severity, rule.escalate_minutes) == ("warning", None)


@pytest.mark.parametrize(
    "rule",
    [*USUAL.values(), *OF_LOOPLENS.values()],
    ids=[*USUAL, *(f"looplens_{key}" for key in OF_LOOPLENS)],
)
def test_the_usual_rules_make_sense(rule):
    assert checked(rule) == rule
    assert rule.metric in SIGNALS
    assert set(rule.asked) <= set(SIGNALS[rule.metric].asks)


@thorough
def test_a_demo_has_the_episodes_of_its_past_without_messages(own_engine, shop):
    rows = [
        {"project_id": shop.id, "minute": NOW - (600 - k) * MINUTE, "name": "open"}
        | {"n": 100, "failures": 60 if 200 <= k < 260 else 1}
        for k in range(600)
    ]
    with own_engine.begin() as conn:
        set_target(conn, shop.id, "team", "json://127.0.0.1:9/alerts", ("alert",))
        conn.execute(insert(event_minutes), rows)
        assert replay(conn, shop, NOW) == 1
        episode = conn.execute(select(alert_episodes)).one()
        assert conn.execute(select(func.count()).select_from(messages)).scalar_one() == 0
    assert NOW - 400 * MINUTE < episode.started_at <= NOW - 385 * MINUTE
    assert episode.resolved_at <= NOW - 320 * MINUTE
    assert episode.notified_at == episode.started_at
